using System.Runtime.InteropServices;
using System.Runtime.Versioning;
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

/// <summary>What the contents of a file say of it, where its name does not.</summary>
/// <param name="IsWanted">Whether it is one of the files that are asked for.</param>
/// <param name="Reason">Why it is not and is to be named; null: passed over in silence.</param>
internal readonly record struct FileVerdict(bool IsWanted, string? Reason = null);

/// <summary>
/// All files below a folder, each once, links followed: a file or folder is known by device and inode, whatever its
/// names, and found under the first of them in ordinal order; a file that is wanted for one of its names, under the
/// first of those. What begins with a dot is passed over.
/// </summary>
internal sealed partial class FolderWalk
{
    private const int NameOffset = 19; // of d_name in Linux's struct dirent64, after inode, offset, length and kind

    private readonly Func<string, bool> _wanted;
    private readonly Func<WalkedFile, FileVerdict>? _look;
    private readonly FileStatus? _results;
    private readonly List<WalkedFile> _files = [];
    private readonly List<(byte[] Path, LeftOut What)> _leftOut = [];
    private readonly Dictionary<(ulong Device, ulong Inode), string> _folders = [];
    private readonly OrderedDictionary<(ulong Device, ulong Inode), List<Entry>> _names = [];
    private readonly PriorityQueue<Entry, byte[]> _open = new(s_order);

    private static readonly Comparer<byte[]> s_order =
        Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private FolderWalk(Func<string, bool> wanted, Func<WalkedFile, FileVerdict>? look, FileStatus? results) =>
        (_wanted, _look, _results) = (wanted, look, results);

    /// <param name="folder">Where to look.</param>
    /// <param name="wanted">Whether a file of such a name is asked for.</param>
    /// <param name="look">Asked about every other regular file, once; null: they are passed over in silence.</param>
    /// <param name="results">A folder that is not looked into, since this program's results are in it.</param>
    /// <exception cref="UnauthorizedAccessException">A folder cannot be read.</exception>
    public static (IReadOnlyList<WalkedFile> Files, IReadOnlyList<LeftOut> LeftOut) Of(string folder,
        Func<string, bool> wanted, Func<WalkedFile, FileVerdict>? look = null, string? results = null)
    {
        var walk = new FolderWalk(wanted, look, results is null ? null : FileStatus.Of(results));
        byte[] root = Encoding.UTF8.GetBytes(
            System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder)));
        walk._open.Enqueue(new Entry(root, [], true), root);
        // The smallest name first, a folder's with its slash: what is below a folder comes after it.
        while (walk._open.TryDequeue(out Entry? entry, out _)) walk.Visit(entry);
        foreach (List<Entry> names in walk._names.Values) walk.Choose(names);
        return ([.. walk._files.OrderBy(file => file.Path, s_order)],
            [.. walk._leftOut.OrderBy(what => what.Path, s_order).Select(what => what.What)]);
    }

    private void Visit(Entry entry)
    {
        FileStatus? status = FileStatus.Of([.. entry.Path, 0]);
        if (entry.IsFolder)
        {
            if (status is { } folder && !IsNew(entry, folder)) return;
            Open(entry);
        }
        else if (status is not { } file)
        {
            Choose([entry]); // a link to nothing: its reader says so
        }
        else if (file.Kind == FileKind.Regular)
        {
            if (_names.TryGetValue((file.Device, file.Inode), out List<Entry>? names)) names.Add(entry);
            else _names.Add((file.Device, file.Inode), [entry]);
        }
        else if (_wanted(entry.Name[^1]))
        {
            Leave(entry, "a pipe, a socket or a device, not a file");
        }
    }

    private bool IsNew(Entry folder, FileStatus status)
    {
        if (_results is { } results && (status.Device, status.Inode) == (results.Device, results.Inode))
        {
            Leave(folder, "the folder of the results");
            return false;
        }
        if (_folders.TryAdd((status.Device, status.Inode), folder.Shown)) return true;
        string first = _folders[(status.Device, status.Inode)];
        bool loop = first.Length == 0 || folder.Shown.StartsWith(first + "/", StringComparison.Ordinal);
        Leave(folder, loop ? "a link that leads back to a folder above it" : $"the same folder as {first}");
        return false;
    }

    // Of a file's names, which come in ordinal order, one.
    private void Choose(IReadOnlyList<Entry> names)
    {
        Entry[] wanted = [.. names.Where(name => _wanted(name.Name[^1]))];
        if (wanted.Length == 0)
        {
            FileVerdict verdict = _look?.Invoke(new WalkedFile(names[0].Path, names[0].Name)) ?? default;
            if (verdict.Reason is { } reason) Leave(names[0], reason);
            if (!verdict.IsWanted) return;
            wanted = [.. names];
        }
        _files.Add(new WalkedFile(wanted[0].Path, wanted[0].Name));
        foreach (Entry other in wanted.Skip(1)) Leave(other, $"the same file as {wanted[0].Shown}");
    }

    private void Leave(Entry entry, string reason) => _leftOut.Add((entry.Path, new LeftOut(entry.Shown, reason)));

    private void Open(Entry folder)
    {
        foreach (byte[] name in OperatingSystem.IsLinux() ? Read(folder) : ReadManaged(folder.Path))
        {
            byte[] path = [.. folder.Path, (byte)'/', .. name];
            bool isFolder = FileStatus.Of([.. path, 0]) is { Kind: FileKind.Folder };
            string text = RawName.Decode(name);
            if (isFolder || _look is not null || _wanted(text))
                _open.Enqueue(new Entry(path, [.. folder.Name, text], isFolder), isFolder ? [.. path, (byte)'/']
                    : path);
        }
    }

    // Where names are text.
    internal static List<byte[]> ReadManaged(byte[] folder)
    {
        string path = Encoding.UTF8.GetString(folder);
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName)
                .Where(name => !name!.StartsWith('.')).Select(name => Encoding.UTF8.GetBytes(name!))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnauthorizedAccessException($"{VisibleText.Of(path)}: {e.Message.TrimEnd('.')}", e);
        }
    }

    [SupportedOSPlatform("linux")]
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

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true)]
    private static unsafe partial nint OpenFolder(byte* path);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "readdir")]
    private static unsafe partial byte* ReadFolder(nint stream);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint stream);

    private sealed record Entry(byte[] Path, string[] Name, bool IsFolder)
    {
        public string Shown { get; } = string.Join('/', Name.Select(RawName.Show));
    }
}
