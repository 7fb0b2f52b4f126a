using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// Kinetics-400: annotation files train.csv, val.csv (or validate.csv) and test.csv with the header
/// `label,youtube_id,time_start,time_end,split[,is_cc]`; the test file may lack `label`. A video is called
/// youtubeid_START_END, six digits each. Classes are those of `--class_list`, else all labels in ordinal order, which
/// is the order of the published index (all labels are lower case).
/// </summary>
internal static class Kinetics400Dataset
{
    private sealed record Annotation(string? Label, string Name, string Split, string File);

    public static DatasetPlan Plan(PreparationOptions options)
    {
        IReadOnlyList<string> files = OfficialList.FindAll(options.Lists!,
            name => name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase));
        List<Annotation> annotations = [.. OfficialList.OneOfEachName([.. files.Where(IsAnnotation)]).SelectMany(Read)];
        RefuseSplitsTwice(annotations);
        annotations = Visible(annotations);
        if (annotations.Count == 0)
            throw new BadInputException(
                $"{options.Lists}: there is no annotation file, such as train.csv with the header "
                + "label,youtube_id,time_start,time_end,split; give its folder with ‹lists›.");
        string[] classes = [.. annotations.Select(a => a.Label).OfType<string>()
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (options.ClassList is { } given) classes = ClassNames.ReadCovering(given, classes);
        var labels = ClassNames.Index(classes);
        var videos = new ListedVideos(options);
        List<PlannedList> lists = [];
        foreach (var split in annotations.GroupBy(a => a.Split, StringComparer.Ordinal)
            .OrderByDescending(s => s.Key, StringComparer.Ordinal))
        {
            List<ListedVideo> rows = [];
            foreach (Annotation a in split)
                if (videos.Find(a.Name, split.Key,
                    $"{split.Key}/{(a.Label is null ? "" : a.Label + "/")}{a.Name}.mp4") is { } video)
                    rows.Add(new ListedVideo(video, a.Label is null ? null : labels[a.Label]));
            lists.AddRange(OfficialList.Split(split.Key, rows));
        }
        return videos.Plan(classes, lists);
    }

    /// <summary>
    /// Two files of one split, such as val.csv and validate.csv, may be two parts of it, but not twice the same.
    /// </summary>
    private static void RefuseSplitsTwice(IEnumerable<Annotation> annotations)
    {
        var known = new Dictionary<(string Split, string Name), Annotation>();
        foreach (Annotation a in annotations)
            if (!known.TryAdd((a.Split, a.Name), a) && known[(a.Split, a.Name)].File != a.File)
                throw OfficialList.Ambiguous(known[(a.Split, a.Name)].File, a.File,
                    $"both name the video {a.Name} of the split {a.Split}");
    }

    /// <summary>
    /// Class names without line breaks and other control characters: classes.txt has a line for each.
    /// </summary>
    private static List<Annotation> Visible(List<Annotation> annotations)
    {
        Dictionary<string, string> shown = RawName.Visible(annotations.Select(a => a.Label).OfType<string>());
        return [.. annotations.Select(a => a.Label is null ? a : a with { Label = shown[a.Label] })];
    }

    private static CsvConfiguration Format { get; } =
        new(CultureInfo.InvariantCulture)
        {
            TrimOptions = TrimOptions.Trim,
            MissingFieldFound = null,
            BadDataFound = null,
        };

    /// <summary>Other csv files, such as lists that were written earlier, are passed over.</summary>
    private static bool IsAnnotation(string file)
    {
        ReadableFile.Check(file);
        using var csv = new CsvReader(new StreamReader(file, Encoding.UTF8), Format);
        return csv.Read() && csv.ReadHeader() && csv.HeaderRecord is { } header && header.Contains("youtube_id");
    }

    private static IEnumerable<Annotation> Read(string file)
    {
        ReadableFile.Check(file);
        using var csv = new CsvReader(new StreamReader(file, Encoding.UTF8), Format);
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header) yield break;
        string fallback = Path.GetFileNameWithoutExtension(file).ToLowerInvariant();
        while (csv.Read())
        {
            string? id = csv.GetField("youtube_id");
            if (string.IsNullOrEmpty(id)
                || !TryWhole(csv.GetField("time_start"), out int start)
                || !TryWhole(csv.GetField("time_end"), out int end))
                throw new BadInputException(
                    $"{file}:{csv.Context.Parser!.RawRow}: the row has no youtube_id, time_start and time_end.");
            string? label = header.Contains("label") ? csv.GetField("label") : null;
            string split = header.Contains("split") && csv.GetField("split") is { Length: > 0 } named
                ? named : fallback;
            yield return new Annotation(string.IsNullOrEmpty(label) ? null : label.Replace('_', ' '),
                $"{id}_{start:D6}_{end:D6}", SplitName(split), file);
        }
    }

    // Published files say validate, val and test1.
    private static string SplitName(string split) => split.ToLowerInvariant() switch
    {
        var s when s.StartsWith("val", StringComparison.Ordinal) => "val",
        var s when s.StartsWith("test", StringComparison.Ordinal) => "test",
        var s when s.StartsWith("train", StringComparison.Ordinal) => "train",
        var s => string.Concat(s.Select(c => char.IsLetterOrDigit(c) ? c : '_')),
    };

    private static bool TryWhole(string? field, out int value)
    {
        bool number = double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
            && real is >= 0 and < 1e6;
        value = number ? (int)real : 0;
        return number;
    }
}
