using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// The videos of a csv file: <c>path,frames</c> or <c>path,frames,label</c>, one video a row; in any order, with other
/// columns between, if a header row names them. Rows separated by spaces or tabs, quotes, blank lines, CRLF and a byte
/// order mark are read too.
/// </summary>
public sealed class VideoList
{
    private VideoList(string file, IReadOnlyList<VideoEntry> videos) => (File, Videos) = (file, videos);

    /// <summary>The csv file, as the user named it.</summary>
    public string File { get; }

    /// <summary>
    /// The videos in the file's order; never empty; either all labelled or none. They are held packed: each look at
    /// one makes an entry of it, the same in value.
    /// </summary>
    public IReadOnlyList<VideoEntry> Videos { get; }

    /// <summary>Reads a list. Whether the folders exist is not looked at.</summary>
    /// <param name="csvPath">The csv file.</param>
    /// <param name="root">What relative paths are relative to; by default the folder of the csv file.</param>
    /// <param name="requireLabels">Whether a list without labels is an error.</param>
    /// <param name="acrossCuts">Whether clips may reach across cuts: files of cuts beside the frames are not
    /// looked for.</param>
    /// <exception cref="BadInputException">The file is missing, empty or malformed; the message names the line. Or a
    /// <see cref="CutsFile"/> is.</exception>
    public static VideoList Read(string csvPath, string? root = null, bool requireLabels = false,
        bool acrossCuts = false)
    {
        VideoList list = ReadTelling(csvPath, root, requireLabels, null);
        if (!acrossCuts) ((PackedVideos)list.Videos).FindCuts();
        return list;
    }

    /// <param name="onFault">Told of each malformed row by its line, which is then left out; null: the first one is
    /// thrown.</param>
    internal static VideoList ReadTelling(
        string csvPath, string? root, bool requireLabels, Action<int, BadInputException>? onFault)
    {
        if (string.IsNullOrWhiteSpace(csvPath))
            throw new BadInputException("the name of a video list is empty; give its path");
        if (root is not null && string.IsNullOrWhiteSpace(root))
            throw new BadInputException("‹root› is empty: name a folder or leave the option out.");
        if (!System.IO.File.Exists(csvPath))
            throw new BadInputException($"{csvPath}: there is no such file; check the path of the video list");

        ReadableFile.Check(csvPath);
        string baseFolder = Path.GetFullPath(root ?? Path.GetDirectoryName(Path.GetFullPath(csvPath))!);
        try
        {
            return new VideoList(csvPath,
                new VideoListReader(csvPath, baseFolder, requireLabels) { OnFault = onFault }.ReadAll());
        }
        catch (DecoderFallbackException e)
        {
            throw new BadInputException($"{csvPath}: the file is not UTF-8 text; save the list as UTF-8", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{csvPath}: the file cannot be read ({e.Message}); check its permissions", e);
        }
    }

    /// <summary>SHA-256 of the file, and of the cuts of its videos where there are any.</summary>
    public string Hash()
    {
        string rows = FileHash.Of(File), cuts = CutsHash();
        return cuts.Length == 0 ? rows : FileHash.OfText(rows + "\n" + cuts);
    }

    /// <summary>
    /// SHA-256 of the cuts of its videos; empty where there are none, or where it is read across them.
    /// </summary>
    public string CutsHash() => ((PackedVideos)Videos).CutsText() is { Length: > 0 } cuts ? FileHash.OfText(cuts) : "";

    /// <summary>
    /// Writes a list that <see cref="Read"/> reads back, quoting where needed. The file appears complete or not at
    /// all: it is written aside and renamed, and what stood there before stays if anything fails.
    /// </summary>
    /// <exception cref="BadInputException">There is no row, or a row that a list cannot hold.</exception>
    public static void Write(string path, IEnumerable<VideoRow> rows)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(rows);
        AsideFile.Write(path, stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            WriteRows(path, rows, text);
        });
    }

    /// <summary>The bytes that <see cref="Write"/> writes.</summary>
    /// <param name="name">What messages call the list.</param>
    /// <param name="rows">The videos.</param>
    /// <exception cref="BadInputException">As <see cref="Write"/>.</exception>
    internal static byte[] ToBytes(string name, IEnumerable<VideoRow> rows)
    {
        using var text = new StringWriter();
        WriteRows(name, rows, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteRows(string path, IEnumerable<VideoRow> rows, TextWriter text)
    {
        var format = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            HasHeaderRecord = false,
            NewLine = "\n",
            // unquoted at the file's beginning, it would be taken for a byte order mark
            ShouldQuote = field => ConfigurationFunctions.ShouldQuote(field) || field.Field is ['\uFEFF', ..],
        };
        using var csv = new CsvWriter(text, format, leaveOpen: true);
        bool? labelled = null;
        int line = 0;
        foreach (VideoRow row in rows)
        {
            line++;
            if (Fault(row, labelled) is { } fault)
                throw new BadInputException($"{path}:{line}: {fault}; nothing was written");
            labelled = row.Label is not null;
            csv.WriteField(row.Path);
            csv.WriteField(row.FrameCount);
            if (row.Label is { } label) csv.WriteField(label);
            csv.NextRecord();
        }
        if (line == 0) throw new BadInputException($"{path}: there are no videos to list; nothing was written");
    }

    private static string? Fault(VideoRow row, bool? labelled)
    {
        if (string.IsNullOrWhiteSpace(row.Path)) return "the row has no path";
        if (row.Path.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            return "the path holds a line break or a null character; rename the folder";
        if (row.Path.Trim() != row.Path) return $"the path '{row.Path}' begins or ends with a space; rename the folder";
        if (row.FrameCount < 0) return $"the number of frames is negative ({row.FrameCount})";
        if (row.Label is { } label && VideoEntry.LabelFault(label) is { } fault) return fault;
        return labelled is { } before && before != row.Label is not null
            ? "labelled and unlabelled rows are mixed" : null;
    }
}
