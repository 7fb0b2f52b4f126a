using System.Text;
using Microsoft.Win32.SafeHandles;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// The frames of one video in one ZIP file: image_00001.jpg … stored as they are, and cuts.txt where there are cuts.
/// Any tool makes such a file (<c>zip -0 -r video.zip folder</c>) and opens it. One instance serves one thread.
/// </summary>
internal sealed class FrameArchive : IDisposable
{
    /// <summary>The end of its name.</summary>
    public const string Extension = ".zip";

    private const int LongestText = 1 << 26; // of cuts.txt and the like, in bytes
    private const int MostOthers = 16;

    private readonly SafeFileHandle _file;
    private readonly List<int> _numbers = [];
    private readonly List<ZipEntry> _frames = [];
    private readonly List<string> _others = [];
    private byte[]? _folder; // that all frames lie in, inside the file
    private bool _inOrder = true; // image_00001.jpg comes first, then image_00002.jpg …

    private FrameArchive(SafeFileHandle file) => _file = file;

    /// <summary>How many frames it has.</summary>
    public int Count => _frames.Count;

    /// <summary>Numbers of the frames, from 1, in the order of the file.</summary>
    public IReadOnlyList<int> Numbers => _numbers;

    /// <summary>Names of other entries, some of them where there are many.</summary>
    public IReadOnlyList<string> Others => _others;

    /// <summary>Whether a path names a ZIP of frames: by its ending, and unless it is a folder.</summary>
    public static bool Is(string path) => IsNamed(path) && FileStatus.Of(path) is { Kind: FileKind.Regular };

    /// <summary>Whether a path ends as that of a ZIP.</summary>
    public static bool IsNamed(string path) => path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="InvalidDataException">It is no ZIP of frames; the message has no path.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FrameArchive Open(string path)
    {
        var archive = new FrameArchive(File.OpenHandle(path, options: FileOptions.RandomAccess));
        try
        {
            ZipDirectory.Read(archive._file).Visit(archive.Add);
            if (!archive._inOrder) archive.Sort();
            return archive;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>A text beside the frames, such as cuts.txt, without a look at those; null without it.</summary>
    /// <exception cref="InvalidDataException">As <see cref="Open"/>.</exception>
    public static string? ReadText(string path, string name)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        return ReadText(file, name);
    }

    /// <summary>A text beside the frames, or null.</summary>
    public string? ReadText(string name) => ReadText(_file, name);

    /// <summary>Bytes of a frame's file; null if there is no frame of this number.</summary>
    public long? LengthOf(int number) => Find(number)?.Length;

    /// <summary>The contents of a frame's file; the buffer grows where it is too small.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="buffer">Holds them until it is used again.</param>
    /// <exception cref="FileNotFoundException">There is no such frame.</exception>
    /// <exception cref="InvalidDataException">The file is damaged there.</exception>
    public ReadOnlySpan<byte> Read(int number, ref byte[] buffer) =>
        Find(number) is { } entry ? ZipDirectory.ReadContents(_file, entry, ref buffer)
            : throw new FileNotFoundException("there is no such frame in the ZIP file");

    public void Dispose() => _file.Dispose();

    private ZipEntry? Find(int number)
    {
        int at = _inOrder ? number - 1 : _numbers.BinarySearch(number);
        return at >= 0 && at < _frames.Count ? _frames[at] : null;
    }

    private void Add(ReadOnlySpan<byte> path, ZipEntry entry)
    {
        ReadOnlySpan<byte> name = NameOf(path), folder = path[..^name.Length];
        if (FrameFile.NumberOf(name) is not { } number)
        {
            if (name.Length > 0 && _others.Count < MostOthers) _others.Add(Encoding.UTF8.GetString(name));
            return;
        }
        if (!entry.IsStored)
            throw new InvalidDataException("its frames are compressed or encrypted; frames are stored as they are "
                + "(zip -0, or prepare pack)");
        if (entry.Length > FrameFile.LongestFile)
            throw new InvalidDataException($"frame {number} of {entry.Length} bytes is no JPEG picture");
        _folder ??= folder.ToArray();
        if (!folder.SequenceEqual(_folder))
            throw new InvalidDataException("its frames lie in several folders; make one file for each video");
        _inOrder &= number == _numbers.Count + 1;
        _numbers.Add(number);
        _frames.Add(entry);
    }

    private void Sort()
    {
        int[] numbers = [.. _numbers];
        ZipEntry[] frames = [.. _frames];
        Array.Sort(numbers, frames);
        for (int i = 1; i < numbers.Length; i++)
            if (numbers[i] == numbers[i - 1]) throw new InvalidDataException($"it holds frame {numbers[i]} twice");
        _numbers.Clear();
        _frames.Clear();
        _numbers.AddRange(numbers);
        _frames.AddRange(frames);
        _inOrder = numbers.Length > 0 && numbers[0] == 1 && numbers[^1] == numbers.Length;
    }

    private static string? ReadText(SafeFileHandle file, string name)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(name), buffer = [];
        ZipEntry? found = null;
        ZipDirectory.Read(file).Visit((path, place) =>
        {
            if (path.EndsWith(wanted) && NameOf(path).SequenceEqual(wanted)) found = place;
        });
        if (found is not { } entry) return null;
        if (!entry.IsStored || entry.Length > LongestText)
            throw new InvalidDataException($"its {name} is compressed, encrypted or too long");
        return Encoding.UTF8.GetString(ZipDirectory.ReadContents(file, entry, ref buffer));
    }

    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'/') + 1)..];
}
