using System.Globalization;
using Microsoft.Win32.SafeHandles;
using VideoConcepts.Augmentation;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// Reads frame files into a buffer that is kept from file to file, and words what a user needs to know when a frame
/// cannot be had.
/// </summary>
internal sealed class FrameFile : IDisposable
{
    /// <summary>A picture of 64 megapixels takes less, however little it is compressed.</summary>
    public const int LongestFile = 1 << 28;

    private const int FewestDigits = 5;

    private readonly FrameArchives _archives = new();
    private byte[] _bytes = new byte[64 * 1024];

    /// <summary>Path of a frame by its number, from 1; below a ZIP's own path where it is in one.</summary>
    public static string PathOf(string video, int number) => Path.Combine(video, NameOf(number));

    /// <summary>Name of a frame by its number, from 1.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"image_{number:D5}.jpg");

    /// <summary>The number in a frame's name, in UTF-8; null of another name.</summary>
    public static int? NumberOf(ReadOnlySpan<byte> name)
    {
        if (!name.StartsWith("image_"u8) || !name.EndsWith(".jpg"u8)) return null;
        ReadOnlySpan<byte> digits = name["image_"u8.Length..^".jpg"u8.Length];
        bool canonical = digits.Length == FewestDigits || (digits.Length > FewestDigits && digits[0] != (byte)'0');
        return canonical && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && int.TryParse(digits, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    /// <summary>
    /// The contents of a frame's file, valid until the next call; its header says that it can be decoded.
    /// </summary>
    public ReadOnlySpan<byte> Load(VideoEntry video, int position)
    {
        try
        {
            ReadOnlySpan<byte> bytes = FrameArchive.IsNamed(video.Path) && FrameArchive.Is(video.Path)
                ? _archives.Of(video.Path).Read(position + 1, ref _bytes) : LoadFile(video, position);
            return JpegHeader.Fault(bytes) is { } fault ? throw Unreadable(video, position, fault) : bytes;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            string count = $"{video.FrameCount} {(video.FrameCount == 1 ? "frame" : "frames")}";
            throw new BadInputException(
                $"{video.FramePath(position)}: no such file, though {video.Origin} lists {count}; "
                + "extract the video again or correct the row.", missing);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw Unreadable(video, position, error.Message, error);
        }
    }

    public void Dispose() => _archives.Dispose();

    private ReadOnlySpan<byte> LoadFile(VideoEntry video, int position)
    {
        string path = video.FramePath(position);
        if (FileStatus.Of(path) is { Kind: not FileKind.Regular })
            throw Unreadable(video, position, "not a regular file (a pipe, a socket, a device or a folder)");
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long length = RandomAccess.GetLength(file);
        if (length is 0 or > LongestFile)
            throw Unreadable(video, position, $"{length} bytes are not a JPEG picture");
        if (_bytes.Length < length) _bytes = new byte[length];
        int read = 0;
        while (read < length)
        {
            int more = RandomAccess.Read(file, _bytes.AsSpan(read, (int)length - read), read);
            if (more == 0) throw Unreadable(video, position, "the file got shorter while it was read");
            read += more;
        }
        return _bytes.AsSpan(0, read);
    }

    /// <summary>The error for a frame that is there but cannot be decoded.</summary>
    public static BadInputException Unreadable(VideoEntry video, int position, string reason, Exception? inner = null)
    {
        string line = reason.ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return new BadInputException(
            $"{video.FramePath(position)}: {line} ({video.Origin}); extract the video again or remove the row.", inner);
    }

    /// <summary>
    /// Sets the size of the destination, shrunk, after a check that the whole picture can be held; returns it.
    /// </summary>
    public static (int Width, int Height) Resize(
        FrameImage destination, int width, int height, int shrink, VideoEntry video, int position)
    {
        if (width < 1 || height < 1 || (long)width * height > JpegHeader.LargestPicture)
            throw Unreadable(video, position, $"a picture of {width}x{height} cannot be decoded");
        destination.Resize((width + shrink - 1) / shrink, (height + shrink - 1) / shrink);
        return (destination.Width, destination.Height);
    }
}
