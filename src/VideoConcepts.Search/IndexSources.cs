using System.Text;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>Something to index: a video file, or a row of a list of frames.</summary>
/// <param name="Path">Below the library's root, separated by <c>/</c>, as it is shown.</param>
/// <param name="File">The file; of a row the folder or the ZIP file.</param>
/// <param name="Row">The row, or null.</param>
/// <param name="Tag">Its class, or null.</param>
internal sealed record IndexSource(string Path, RawFile File, VideoEntry? Row, string? Tag)
{
    /// <summary>The name below the root in bytes, where the text does not tell it.</summary>
    public byte[]? RawPath { get; init; }

    /// <summary>Size and time, without looking at the contents; null: it is not there.</summary>
    public (long Size, long Modified)? Stamp() => File.Status is { } status
        ? (Row?.FrameCount ?? status.Length, status.Modified.Ticks) : null;
}

/// <summary>Finds what is to be indexed, and names it below the library's root.</summary>
internal static class IndexSources
{
    /// <summary>All of it, in ordinal order of the paths, each once.</summary>
    /// <param name="options">Names a folder or lists.</param>
    /// <param name="root">The library's, an absolute path.</param>
    /// <param name="say">Told what is left out.</param>
    /// <exception cref="BadInputException">There is none, or one is not below the root.</exception>
    public static IReadOnlyList<IndexSource> Find(IndexOptions options, string root, Action<string> say)
    {
        IEnumerable<IndexSource> sources = options.Videos is { } folder ? OfFolder(folder, root, say)
            : options.Lists.SelectMany(list => OfList(list, options.Root, root, say));
        return [.. sources.DistinctBy(source => source.Path).OrderBy(source => source.Path, StringComparer.Ordinal)];
    }

    /// <summary>Where the paths of a new library start: in the folder of the videos, or of the first list, or where its
    /// rows lie elsewhere in the one that all rows are below.</summary>
    /// <exception cref="BadInputException">A list cannot be read.</exception>
    public static string Root(IndexOptions options)
    {
        if ((options.Root ?? options.Videos) is { } named)
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
        string root = Path.GetDirectoryName(Path.GetFullPath(options.Lists[0]))!;
        foreach (string list in options.Lists)
            foreach (VideoEntry row in VideoList.Read(list, null, requireLabels: false).Videos)
                while (!SlashPath.IsBelow(root, Path.GetFullPath(row.Path))) root = Path.GetDirectoryName(root)!;
        return root;
    }

    /// <summary>The part of the library that an indexing looks at: what is not found below it has vanished.</summary>
    public static string? Scope(IndexOptions options, string root) => options.Videos is { } folder
        ? Below(root, Path.GetFullPath(folder), "") : null;

    private static IEnumerable<IndexSource> OfFolder(string folder, string root, Action<string> say)
    {
        string prefix = Directory.Exists(folder) ? Below(root, Path.GetFullPath(folder), folder) : "";
        FoundVideos found = VideoFolder.Search(folder);
        foreach (LeftOut what in found.LeftOut) say($"left out: {what.Name}: {what.Reason}");
        if (found.Others.Total > 0) say($"{found.Others}");
        byte[] rootBytes = Encoding.UTF8.GetBytes(SlashPath.Prefix(root));
        foreach (SourceVideo video in found.Videos)
        {
            string path = prefix.Length == 0 ? video.Name : $"{prefix}/{video.Name}";
            yield return new(path, video.File, null, path.Contains('/') ? path[..path.IndexOf('/')] : null)
            {
                RawPath = video.File.Bytes is { } bytes ? bytes[rootBytes.Length..]
                    : SlashPath.Of(video.File.Path) == SlashPath.Prefix(root) + path ? null
                    : Encoding.UTF8.GetBytes(video.File.Path)[rootBytes.Length..],
            };
        }
    }

    private static IEnumerable<IndexSource> OfList(string list, string? start, string root, Action<string> say)
    {
        VideoList rows = VideoList.Read(list, start, requireLabels: false);
        var titles = ClassTitles.Beside(list, say);
        foreach (VideoEntry row in rows.Videos)
        {
            string path = Below(root, Path.GetFullPath(row.Path), row.Origin);
            yield return new(VisibleText.Of(path), new RawFile(row.Path), row,
                row.Label is { } label ? titles[label] : null)
            {
                RawPath = VisibleText.Of(path) == path ? null : Encoding.UTF8.GetBytes(path),
            };
        }
    }

    private static string Below(string root, string path, string named)
    {
        if (string.Equals(path, root, HostSystem.PathComparison)) return "";
        return SlashPath.IsBelow(root, path) ? SlashPath.Of(path)[SlashPath.Prefix(root).Length..].TrimEnd('/')
            : throw new BadInputException($"{named}: is not below {root}, where the paths of this library start. If "
                + "its videos moved, say with ‹root› where those paths start now; else use another library, or give "
                + "‹root› a folder that all videos are below when you make one.");
    }
}
