using System.Runtime.InteropServices;
using System.Text;

namespace VideoConcepts.Files;

/// <summary>A file below a folder.</summary>
/// <param name="Path">Absolute, in bytes as the file system has it, without a zero at the end.</param>
/// <param name="Name">Its parts below the folder, by <see cref="RawName.Decode"/>.</param>
internal sealed record WalkedFile(byte[] Path, IReadOnlyList<string> Name);

/// <summary>Something that was found and is not among the files.</summary>
/// <param name="Name">Its name below the folder, visible.</param>
/// <param name="Reason">Why, in one line.</param>
internal sealed record LeftOut(string Name, string Reason);

/// <summary>
/// All files below a folder, each once, links followed: a file or folder is known by device and inode, whatever its
/// names, and found under the first of them in ordinal order. What begins with a dot is passed over.
/// </summary>
internal sealed partial class FolderWalk
{
    private const int NameOffset = 19; // of d_name in Linux's struct dirent64, after inode, offset, length and kind

    private readonly Func<string, bool> _wanted;
    private readonly List<WalkedFile> _files = [];
    private readonly List<LeftOut> _leftOut = [];
    private readonly Dictionary<(ulong Device, ulong Inode), string> _known = [];
    private readonly PriorityQueue<Entry, byte[]> _open = new(Comparer<byte[]>.Create((a, b) =>
        a.AsSpan().SequenceCompareTo(b)));

    private FolderWalk(Func<string, bool> wanted) => _wanted = wanted;

    /// <param name="folder">Where to look.</param>
    /// <param name="wanted">Whether a file of such a name is asked for; others are passed over in silence.</param>
    /// <exception cref="UnauthorizedAccessException">A folder cannot be read.</exception>
    public static (IReadOnlyList<WalkedFile> Files, IReadOnlyList<LeftOut> LeftOut) Of(string folder,
        Func<string, bool> wanted)
    {
        var walk = new FolderWalk(wanted);
        byte[] root = Encoding.UTF8.GetBytes(
            System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder)));
        walk._open.Enqueue(new Entry(root, [], true), root);
        // The smallest name first, a folder's with its slash: what is below a folder comes after it.
        while (walk._open.TryDequeue(out Entry? entry, out _)) walk.Visit(entry);
        return (walk._files, walk._leftOut);
    }

    private void Visit(Entry entry)
    {
        if (FileStatus.Of([.. entry.Path, 0]) is { } status)
        {
            if (!entry.IsFolder && status.Kind != FileKind.Regular)
            {
                Leave(entry, "a pipe, a socket or a device, not a file");
                return;
            }
            if (!_known.TryAdd((status.Device, status.Inode), entry.Shown))
            {
                string first = _known[(status.Device, status.Inode)];
                bool loop = entry.IsFolder
                    && (first.Length == 0 || entry.Shown.StartsWith(first + "/", StringComparison.Ordinal));
                Leave(entry, loop ? "a link that leads back to a folder above it"
                    : $"the same {(entry.IsFolder ? "folder" : "file")} as {first}");
                return;
            }
        }
        if (entry.IsFolder) Open(entry);
        else _files.Add(new WalkedFile(entry.Path, entry.Name)); // a link to nothing too: its reader says so
    }

    private void Leave(Entry entry, string reason) => _leftOut.Add(new LeftOut(entry.Shown, reason));

    private void Open(Entry folder)
    {
        foreach (byte[] name in Read(folder))
        {
            byte[] path = [.. folder.Path, (byte)'/', .. name];
            bool isFolder = FileStatus.Of([.. path, 0]) is { Kind: FileKind.Folder };
            string text = RawName.Decode(name);
            if (isFolder || _wanted(text))
                _open.Enqueue(new Entry(path, [.. folder.Name, text], isFolder), isFolder ? [.. path, (byte)'/']
                    : path);
        }
    }

    private static unsafe List<byte[]> Read(Entry folder)
    {
        byte[] path = [.. folder.Path, 0];
        nint stream;
        fixed (byte* start = path) stream = OpenFolder(start);
        if (stream == 0)
            throw new UnauthorizedAccessException(
                $"{RawName.Show(RawName.Decode(folder.Path))}: "
                + $"{Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        try
        {
            List<byte[]> names = [];
            for (byte* entry = ReadFolder(stream); entry is not null; entry = ReadFolder(stream))
            {
                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
                if (name[0] != (byte)'.') names.Add(name.ToArray());
            }
            return names;
        }
        finally
        {
            _ = CloseFolder(stream);
        }
    }

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    private static unsafe partial nint OpenFolder(byte* path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static unsafe partial byte* ReadFolder(nint stream);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint stream);

    private sealed record Entry(byte[] Path, string[] Name, bool IsFolder)
    {
        public string Shown { get; } = string.Join('/', Name.Select(RawName.Show));
    }
}
