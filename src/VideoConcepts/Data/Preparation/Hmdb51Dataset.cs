using System.Text.RegularExpressions;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// HMDB-51: a file CLASS_test_splitN.txt for each class and split, with lines `name.avi id` (1 training, 2 test,
/// 0 unused). The dataset has no list of its classes; their order is the ordinal one of the names in the file names.
/// </summary>
internal static partial class Hmdb51Dataset
{
    public static DatasetPlan Plan(PreparationOptions options)
    {
        IReadOnlyList<string> files = OfficialList.Find(options.Lists!, name => SplitFile().IsMatch(name));
        if (files.Count == 0)
            throw new BadInputException(
                $"{options.Lists}: there is no file such as brush_hair_test_split1.txt; "
                + "unpack test_train_splits.rar and give its folder with ‹lists›.");
        string[] classes = [.. files.Select(ClassOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (options.ClassList is { } given) classes = ClassNames.ReadCovering(given, classes);
        var labels = ClassNames.Index(classes);
        var videos = new ListedVideos(options);
        List<PlannedList> lists = [];
        foreach (var split in files.GroupBy(SplitOf).OrderBy(split => split.Key))
        {
            List<ListedVideo> train = [], test = [];
            foreach (string file in split)
                foreach ((string name, int use) in Read(file))
                {
                    string className = ClassOf(file);
                    if (use == 0 || videos.Find(Path.GetFileNameWithoutExtension(name), className,
                        $"{className}/{name}") is not { } video)
                        continue;
                    (use == 1 ? train : test).Add(new ListedVideo(video, labels[className]));
                }
            lists.AddRange(OfficialList.Split($"train{split.Key:D2}", train));
            lists.AddRange(OfficialList.Split($"test{split.Key:D2}", test));
        }
        return videos.Plan(classes, lists);
    }

    private static string ClassOf(string file) => SplitFile().Match(Path.GetFileName(file)).Groups[1].Value;

    private static int SplitOf(string file) => SplitFile().Match(Path.GetFileName(file)).Groups[2].Value[0] - '0';

    // The name may hold spaces: the use is what follows the last one.
    private static IEnumerable<(string Name, int Use)> Read(string file)
    {
        foreach ((int number, string text) in OfficialList.Lines(file))
        {
            int space = text.LastIndexOf(' ');
            if (space < 0 || text[(space + 1)..] is not ("0" or "1" or "2"))
                throw new BadInputException($"{file}:{number}: '{text}' is not a file name and 0, 1 or 2.");
            yield return (text[..space].TrimEnd(), text[^1] - '0');
        }
    }

    [GeneratedRegex(@"^(.+)_test_split(\d)\.txt$")]
    private static partial Regex SplitFile();
}
