using System.Globalization;
using System.Text.RegularExpressions;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// UCF-101: classInd.txt (`1 ApplyEyeMakeup`, from 1) fixes the classes; trainlist0N.txt (`Class/v_X.avi 1`) and
/// testlist0N.txt (`Class/v_X.avi`) name the videos of split N. The class of a video is the folder in its line.
/// </summary>
internal static partial class Ucf101Dataset
{
    public static DatasetPlan Plan(PreparationOptions options)
    {
        IReadOnlyList<string> files = OfficialList.Find(options.Lists!,
            name => SplitFile().IsMatch(name) || name == "classInd.txt");
        string index = files.FirstOrDefault(file => Path.GetFileName(file) == "classInd.txt")
            ?? throw new BadInputException(
                $"{options.Lists}: there is no classInd.txt; "
                + "unpack UCF101TrainTestSplits-RecognitionTask.zip and give its folder with ‹lists›.");
        IReadOnlyList<string> classes = ReadClasses(index);
        string[] splits = [.. files.Where(file => file != index)];
        if (splits.Length == 0)
            throw new BadInputException(
                $"{options.Lists}: there is no trainlist01.txt or testlist01.txt; "
                + "give the folder that holds them with ‹lists›.");

        var videos = new ListedVideos(options);
        var labels = ClassNames.Index(classes);
        List<PlannedList> lists = [];
        foreach (string file in splits)
        {
            Match name = SplitFile().Match(Path.GetFileName(file));
            lists.AddRange(OfficialList.Split(
                name.Groups[1].Value + name.Groups[2].Value, [.. Rows(file, videos, labels)]));
        }
        return videos.Plan(classes, lists);
    }

    private static string[] ReadClasses(string file)
    {
        var classes = new SortedDictionary<int, string>();
        foreach ((int number, string text) in OfficialList.Lines(file))
        {
            string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 2
                || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                || !classes.TryAdd(index, fields[1]))
                throw new BadInputException(
                    $"{file}:{number}: '{text}' is not a new index and a class name, such as `1 ApplyEyeMakeup`.");
        }
        if (classes.Count == 0 || classes.Keys.First() != 1 || classes.Keys.Last() != classes.Count)
            throw new BadInputException(
                $"{file}: the indices do not run from 1 to {classes.Count}; take the file as it was published.");
        return [.. classes.Values];
    }

    private static IEnumerable<ListedVideo> Rows(
        string file, ListedVideos videos, IReadOnlyDictionary<string, int> labels)
    {
        foreach ((int number, string text) in OfficialList.Lines(file))
        {
            string path = text.Split((char[]?)null, 2)[0], name = Path.GetFileNameWithoutExtension(path);
            string className = path.Split('/')[0];
            if (!path.Contains('/') || !labels.TryGetValue(className, out int label))
                throw new BadInputException(
                    $"{file}:{number}: '{text}' does not begin with a class of classInd.txt and a slash.");
            if (videos.Find(name, className, path) is { } video) yield return new ListedVideo(video, label);
        }
    }

    [GeneratedRegex(@"^(train|test)list(\d+)\.txt$")]
    private static partial Regex SplitFile();
}
