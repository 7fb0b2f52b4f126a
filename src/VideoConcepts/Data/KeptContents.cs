using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>What was found of a folder, or a ZIP, of frames.</summary>
/// <param name="Hash">Of its contents.</param>
/// <param name="Frames">Numbers of the first, the middle and the last frame file.</param>
/// <param name="Stamp">Which folder and files these were, and when they last changed.</param>
internal sealed record ContentRecord(string Hash, int[] Frames, FolderStamp Stamp)
{
    /// <summary>Null if one of them is not there.</summary>
    public static FolderStamp? StampOf(string folder, int[] frames)
    {
        if (FileStatus.Of(folder) is not { Kind: FileKind.Folder or FileKind.Regular } own) return null;
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{own.Device}.{own.Inode}.{own.Changed}");
        long newest = own.Changed;
        if (own.Kind == FileKind.Regular) frames = []; // a ZIP changes as a whole
        foreach (int frame in frames)
        {
            if (FileStatus.Of(FrameFile.PathOf(folder, frame)) is not { } file) return null;
            text.Append(CultureInfo.InvariantCulture, $",{file.Inode}.{file.Length}.{file.Changed}");
            newest = Math.Max(newest, file.Changed);
        }
        return new FolderStamp(text.ToString(), newest);
    }
}

/// <param name="Text">Another one once the folder or a file in it is another or has changed.</param>
/// <param name="Newest">When the last change was, in nanoseconds since 1970.</param>
internal readonly record struct FolderStamp(string Text, long Newest);

/// <summary>
/// The hidden file beside a list with what <see cref="VideoContents"/> found. A file of another list, of another
/// version or with another checksum counts as none; so does a record whose folder is not as it was. Where it cannot be
/// written, nothing is kept.
/// </summary>
internal sealed class KeptContents
{
    private const string Title = "videoconcepts contents 1";
    // ns; a change within the clock's tick of the look itself would not be seen
    private const long Settled = 2_000_000_000;
    private readonly ConcurrentDictionary<string, ContentRecord> _records = new(StringComparer.Ordinal);
    private readonly string _path, _list;
    private readonly string? _hash;
    private readonly long _written;
    private bool _changed;

    private KeptContents(string list, long older)
    {
        (_list, _path) = (list, PathOf(list));
        try
        {
            if (FileStatus.Of(list) is not { Kind: FileKind.Regular }) return; // a pipe is read only once
            _hash = FileHash.Of(list);
            _written = FileStatus.Of(_path) is { Kind: FileKind.Regular } file ? file.Changed + older : 0;
            if (_written > 0) Parse(File.ReadAllText(_path));
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            _records.Clear();
        }
    }

    /// <summary>Where it lies.</summary>
    public static string PathOf(string list)
    {
        string full = Path.GetFullPath(list);
        return Path.Combine(Path.GetDirectoryName(full)!, FileNames.Shortened($".{Path.GetFileName(full)}.contents"));
    }

    /// <param name="list">The list that it lies beside.</param>
    /// <param name="older">Nanoseconds by which to take what is kept for older than it is, for tests.</param>
    public static KeptContents Read(string list, long older = 0) => new(list, older);

    /// <summary>The hash of a folder's contents, if it is as it was when they were looked at.</summary>
    public string? Find(string folder) =>
        _records.TryGetValue(folder, out ContentRecord? record) && record.Stamp.Newest + Settled <= _written
        && ContentRecord.StampOf(folder, record.Frames) == record.Stamp ? record.Hash : null;

    public void Add(string folder, ContentRecord record)
    {
        _records[folder] = record;
        _changed = true;
    }

    /// <summary>Keeps what is new.</summary>
    public void Write()
    {
        if (!_changed || _hash is null) return;
        var text = new StringBuilder($"{Title} {_hash}\n");
        foreach ((string folder, ContentRecord r) in _records.OrderBy(r => r.Key, StringComparer.Ordinal))
            if (folder.AsSpan().IndexOfAny('\n', '\t') < 0)
                text.Append(CultureInfo.InvariantCulture,
                    $"{r.Hash}\t{string.Join(',', r.Frames)}\t{r.Stamp.Newest}\t{r.Stamp.Text}\t{folder}\n");
        try
        {
            if (FileHash.Of(_list) == _hash) AsideFile.WriteText(_path, text + FileHash.OfText(text.ToString()) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It will be computed again.
        }
    }

    private void Parse(string text)
    {
        string[] lines = text.Split('\n');
        if (lines.Length < 3 || lines[0] != $"{Title} {_hash}" || lines[^1].Length > 0
            || FileHash.OfText(text[..^(lines[^2].Length + 1)]) != lines[^2]) return;
        foreach (string line in lines[1..^2])
        {
            if (line.Split('\t') is not [var hash, var frames, var newest, var stamp, var folder])
                throw new FormatException();
            int[] numbers = [.. frames.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
            _records[folder] = new ContentRecord(hash, numbers,
                new FolderStamp(stamp, long.Parse(newest, CultureInfo.InvariantCulture)));
        }
    }
}
