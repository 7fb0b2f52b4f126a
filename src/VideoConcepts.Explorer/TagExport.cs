using System.IO.Compression;
using System.Text;
using VideoConcepts.Data;
using VideoConcepts.Files;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Tags as tables that other programs read.</summary>
internal static class TagExport
{
    /// <summary>Whether labelled lists can be made: those name frames.</summary>
    public static bool CanList(LibraryView view) =>
        view.Videos.Any(video => video.Kind == VideoKind.Frames && video.Moments > 0);

    /// <summary>video,start,end,tag.</summary>
    public static string Csv(TagView tags)
    {
        var table = new CsvText("video", "start", "end", "tag");
        foreach (TagMark mark in tags.Marks.Values.OrderBy(mark => mark.Video, StringComparer.Ordinal)
            .ThenBy(mark => mark.Start).ThenBy(mark => mark.Tag, StringComparer.Ordinal))
            table.Row(mark.Video, mark.Start, mark.End, mark.Tag);
        return table.Take();
    }

    /// <summary>A ZIP of classes.txt and labelled.csv (path,frames,label): videos of which more than half has a tag,
    /// each with the tag that most of it has.</summary>
    public static byte[] Lists(Request request)
    {
        LibraryView view = request.View;
        if (!CanList(view))
            throw new RefusedException(409, "Labelled lists name frames: index lists (--csv_file) to have them.");
        string[] tags = [.. request.Tags.Tags];
        List<Data.VideoRow> rows = [];
        for (int v = 0; v < view.Videos.Length; v++)
        {
            LibraryVideo video = view.Videos[v];
            (int first, int end) = view.Span(v);
            if (video.Kind != VideoKind.Frames || first == end) continue;
            var most = Enumerable.Range(first, end - first).SelectMany(request.Tags.Of).CountBy(tag => tag)
                .OrderByDescending(tag => tag.Value).ThenBy(tag => tag.Key, StringComparer.Ordinal).FirstOrDefault();
            if (most.Key is not null && 2 * most.Value > end - first)
                rows.Add(new(request.Lease.Library.FileOf(video), video.Frames, Array.IndexOf(tags, most.Key)));
        }
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("classes.txt", Encoding.UTF8.GetBytes(string.Concat(tags.Select(tag => VisibleText.Of(tag) + "\n"))));
            if (rows.Count > 0) Add("labelled.csv", VideoList.ToBytes("labelled.csv", rows));

            void Add(string name, byte[] text)
            {
                using Stream to = zip.CreateEntry(name).Open();
                to.Write(text);
            }
        }
        return bytes.ToArray();
    }
}
