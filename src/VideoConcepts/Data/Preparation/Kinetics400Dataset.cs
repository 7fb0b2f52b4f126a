using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// Kinetics-400: annotation files train.csv, val.csv (or validate.csv) and test.csv with the header
/// `label,youtube_id,time_start,time_end,split[,is_cc]`; the test file may lack `label`. A video is called
/// youtubeid_START_END, six digits each. Classes are those of `--class_list`, else all labels in ordinal order, which is
/// the order of the published index (all labels are lower case).
/// </summary>
internal static class Kinetics400Dataset
{
    private sealed record Annotation(string? Label, string Name, string Split);

    public static DatasetPlan Plan(PreparationOptions options)
    {
        IReadOnlyList<string> files = OfficialList.Find(options.Lists!, name => name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase));
        List<Annotation> annotations = [.. files.SelectMany(Read)];
        if (annotations.Count == 0)
            throw new BadInputException($"{options.Lists}: there is no annotation file, such as train.csv with the header label,youtube_id,time_start,time_end,split; give its folder with --lists.");
        string[] classes = [.. annotations.Select(a => a.Label).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (options.ClassList is { } given) classes = ClassNames.ReadCovering(given, classes);
        var labels = ClassNames.Index(classes);
        var videos = new ListedVideos(options.Videos);
        List<PlannedList> lists = [];
        foreach (var split in annotations.GroupBy(a => a.Split, StringComparer.Ordinal).OrderByDescending(s => s.Key, StringComparer.Ordinal))
        {
            List<ListedVideo> rows = [];
            foreach (Annotation a in split)
                if (videos.Find(a.Name, split.Key, $"{split.Key}/{(a.Label is null ? "" : a.Label + "/")}{a.Name}.mp4") is { } video)
                    rows.Add(new ListedVideo(video, a.Label is null ? null : labels[a.Label]));
            lists.AddRange(OfficialList.Split(split.Key, rows));
        }
        return videos.Plan(classes, lists);
    }

    private static IEnumerable<Annotation> Read(string file)
    {
        var format = new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim, MissingFieldFound = null, BadDataFound = null };
        using var csv = new CsvReader(new StreamReader(file, Encoding.UTF8), format);
        if (!csv.Read() || !csv.ReadHeader() || csv.HeaderRecord is not { } header || !header.Contains("youtube_id")) yield break; // another csv
        string fallback = Path.GetFileNameWithoutExtension(file).ToLowerInvariant();
        while (csv.Read())
        {
            string? id = csv.GetField("youtube_id");
            if (string.IsNullOrEmpty(id) || !TryWhole(csv.GetField("time_start"), out int start) || !TryWhole(csv.GetField("time_end"), out int end))
                throw new BadInputException($"{file}:{csv.Context.Parser!.RawRow}: the row has no youtube_id, time_start and time_end.");
            string? label = header.Contains("label") ? csv.GetField("label") : null;
            string split = header.Contains("split") && csv.GetField("split") is { Length: > 0 } named ? named : fallback;
            yield return new Annotation(string.IsNullOrEmpty(label) ? null : label.Replace('_', ' '), $"{id}_{start:D6}_{end:D6}", SplitName(split));
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
        bool number = double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) && real is >= 0 and < 1e6;
        value = number ? (int)real : 0;
        return number;
    }
}
