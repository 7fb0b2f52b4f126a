using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using VideoConcepts.Augmentation;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// Reads frame files into a buffer that is kept from file to file, and words what a user needs to know when a frame
/// cannot be had.
/// </summary>
internal sealed partial class FrameFile
{
    // A picture of 64 megapixels takes less, however little it is compressed.
    private const int LongestFile = 1 << 28;

    private byte[] _bytes = new byte[64 * 1024];

    /// <summary>Path of a frame by its number, from 1.</summary>
    public static string PathOf(string folder, int number) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"image_{number:D5}.jpg"));

    /// <summary>Numbers of the frame files in a folder, in no order.</summary>
    public static IEnumerable<int> Numbers(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            Match name = Name().Match(Path.GetFileName(file));
            if (name.Success && int.TryParse(name.Groups[1].ValueSpan, out int number)) yield return number;
        }
    }

    [GeneratedRegex(@"^image_(\d{5,})\.jpg$")]
    private static partial Regex Name();

    /// <summary>
    /// The contents of a frame's file, valid until the next call; its header says that it can be decoded.
    /// </summary>
    public ReadOnlySpan<byte> Load(VideoEntry video, int position)
    {
        string path = video.FramePath(position);
        try
        {
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
            if (JpegHeader.Fault(_bytes.AsSpan(0, read)) is { } fault) throw Unreadable(video, position, fault);
            return _bytes.AsSpan(0, read);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            string count = $"{video.FrameCount} {(video.FrameCount == 1 ? "frame" : "frames")}";
            throw new BadInputException(
                $"{path}: no such file, though {video.Origin} lists {count}; "
                + "extract the video again or correct the row.", missing);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(video, position, error.Message, error);
        }
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
