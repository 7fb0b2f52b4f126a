using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>Reads the rows of one video list, and says in which line what is wrong with them.</summary>
internal sealed class VideoListReader(string file, string baseFolder, bool requireLabels)
{
    private const string Wanted = "each row is path,frames or path,frames,label";
    private const int MostFields = 3;

    private static readonly CsvColumn[] Columns =
    [
        new("where the frames are", true, "path", "paths", "dir", "directory", "folder", "video", "videopath", "name",
            "file", "filename", "filepath"),
        new("the number of frames", true, "frames", "frame", "framecount", "framescount", "framenum", "nframes",
            "nframe", "numframes", "numframe", "numberofframes", "totalframes", "n", "num", "count"),
        new("the label", false, "label", "labels", "labelid", "class", "classid", "classindex", "target"),
    ];

    private readonly PackedVideos.Builder _videos = new(file, baseFolder);
    private readonly List<string> _fields = new(MostFields);
    private int[] _places = [0, 1, 2]; // of path, frames and label; -1: there is no such column
    private int? _named; // columns that the header row names
    private int _line;
    private (int? Label, int Line) _first; // the first row's

    /// <summary>
    /// Told of what is wrong with a row, which is then left out; null: the first fault ends the reading.
    /// </summary>
    public Action<int, BadInputException>? OnFault { get; init; }

    public IReadOnlyList<VideoEntry> ReadAll()
    {
        char separator = FindSeparator();
        using var text = Open();
        using var csv = new CsvParser(text, Format(separator));
        bool first = true;
        for (_line = 1; csv.Read(); _line = csv.RawRow + 1)
        {
            if (csv.RawRow > _line) throw Fault("a quoted field runs over the end of the line; close the quote");
            TakeFields(csv, separator);
            if (_fields.Count == 0 || (first && IsHeader()))
            {
                first &= _fields.Count == 0;
                continue;
            }
            try
            {
                CheckCount(separator);
                Add();
            }
            catch (BadInputException fault) when (OnFault is not null)
            {
                OnFault(_line, fault);
            }
            first = false;
        }
        return _videos.Count > 0 ? _videos.Build()
            : throw new BadInputException($"{file}: the list holds no videos; {Wanted}");
    }

    private StreamReader Open() => new(file, new UTF8Encoding(false, throwOnInvalidBytes: true),
        detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);

    /// <summary>A comma if the first row has one outside quotes, else a tab, else a space.</summary>
    private char FindSeparator()
    {
        using var text = Open();
        string? line;
        do line = text.ReadLine();
        while (line is not null && string.IsNullOrWhiteSpace(line));

        char separator = ' ';
        bool quoted = false;
        foreach (char c in line.AsSpan().Trim())
        {
            if (c == '"') quoted = !quoted;
            else if (!quoted && c == ',') return ',';
            else if (!quoted && c == '\t') separator = '\t';
        }
        return separator;
    }

    private CsvConfiguration Format(char separator) => new(CultureInfo.InvariantCulture)
    {
        HasHeaderRecord = false,
        BufferSize = 1 << 16,
        Delimiter = separator.ToString(),
        TrimOptions = separator == ',' ? TrimOptions.Trim : TrimOptions.None,
        WhiteSpaceChars = separator == ',' ? [' ', '\t'] : [],
        IgnoreBlankLines = false, // so that the line numbers are right
        BadDataFound = _ => throw Fault(
            "a quote is not closed or stands inside a field; quote the whole field and double the quotes in it"),
    };

    /// <summary>
    /// Fills the row's fields; none for a blank line. Empty ones count only between or before commas.
    /// </summary>
    private void TakeFields(CsvParser csv, char separator)
    {
        _fields.Clear();
        for (int i = 0; i < csv.Count; i++)
        {
            string field = separator == '\t' ? csv[i].Trim() : csv[i];
            if (separator == ',' || field.Length > 0) _fields.Add(field);
        }
        while (_fields.Count > 0 && _fields[^1].Length == 0) _fields.RemoveAt(_fields.Count - 1);
    }

    private void CheckCount(char separator)
    {
        if (_fields.Count <= (_named ?? MostFields)) return;
        string name = separator switch { ',' => "commas", '\t' => "tabs", _ => "spaces" };
        string wanted = _named is null ? Wanted : $"the header row names {_named}";
        throw Fault($"{_fields.Count} fields, but {wanted}; put quotes around a path that holds {name}");
    }

    /// <summary>Whether the first row is a header; then its words say which column holds what.</summary>
    private bool IsHeader()
    {
        try
        {
            if (HeaderColumns.Find(_fields, Columns) is not { } places) return false;
            (_places, _named) = (places, _fields.Count);
            return true;
        }
        catch (FormatException e)
        {
            throw Fault($"{e.Message}; or leave the header row out, then {Wanted}");
        }
    }

    private void Add()
    {
        if (_fields.Count < 2) throw Fault($"only one field, '{Shown(_fields[0])}', but {Wanted}");
        string path = Field(0), count = Field(1);
        if (path.Length == 0 || path.Contains('\0')) throw Fault($"the path is empty or not a path; {Wanted}");
        if (!TryParse(count, out int frames))
            throw Fault($"the number of frames, '{Shown(count)}', is not a whole number; {Wanted}");
        if (frames < 0)
            throw Fault($"the number of frames is negative ({frames}); count the frames again or remove the row");
        string full = FullPath(path);
        int? label = Label();
        if (_videos.Count == 0) _first = (label, _line);
        _videos.Add(full, frames, label, _line);
    }

    /// <summary>
    /// Of the path (0), the number of frames (1) or the label (2); empty if the row does not reach so far.
    /// </summary>
    private string Field(int column) => _places[column] is var place && place >= 0 && place < _fields.Count
        ? _fields[place] : "";

    private int? Label()
    {
        int? label = null;
        if (Field(2) is { Length: > 0 } field)
        {
            if (!TryParse(field, out int parsed))
                throw Fault($"the label, '{Shown(field)}', is not a whole number; write the class index, from 0");
            if (VideoEntry.LabelFault(parsed) is { } fault) throw Fault(fault);
            label = parsed;
        }
        if (requireLabels && label is null)
            throw Fault("the row has no label, and labels are needed here; use a list of path,frames,label");
        if (_videos.Count > 0 && _first.Label is null != label is null)
        {
            string has = label is null
                ? "no label, but the row of line {0} has one" : "a label, but the row of line {0} has none";
            throw Fault($"the row has {string.Format(CultureInfo.InvariantCulture, has, _first.Line)}; "
                + "label all rows or none");
        }
        return label;
    }

    private string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, baseFolder));

    private static bool TryParse(string field, out int value) =>
        int.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>A field as a message can show it: short, and on one line.</summary>
    private static string Shown(string field) => VisibleText.Of(field.Length > 60 ? field[..60] + "…" : field);

    private BadInputException Fault(string what) => new($"{file}:{_line}: {what}");
}
