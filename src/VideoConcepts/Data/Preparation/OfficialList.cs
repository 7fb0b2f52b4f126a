using System.Text;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>Finds and reads the text files that datasets come with.</summary>
internal static class OfficialList
{
    /// <summary>
    /// The files below a folder whose names match, in ordinal order of their names; a file given instead of a folder
    /// stands for its folder.
    /// </summary>
    /// <exception cref="BadInputException">There is no such folder, or two files of one name with different
    /// contents.</exception>
    public static IReadOnlyList<string> Find(string lists, Func<string, bool> matches) =>
        OneOfEachName(FindAll(lists, matches));

    /// <summary>As <see cref="Find"/>, but with all files of one name.</summary>
    /// <exception cref="BadInputException">There is no such folder.</exception>
    public static IReadOnlyList<string> FindAll(string lists, Func<string, bool> matches)
    {
        string folder = File.Exists(lists) ? Path.GetDirectoryName(Path.GetFullPath(lists))! : lists;
        if (!Directory.Exists(folder))
            throw new BadInputException(
                $"There is no folder {lists}; give the folder of the official lists with ‹lists›.");
        return [.. FolderWalk.Of(folder, matches).Files.Select(file =>
            Path.Combine(folder, string.Join('/', file.Name)))
            .OrderBy(Path.GetFileName, StringComparer.Ordinal).ThenBy(file => file, StringComparer.Ordinal)];
    }

    /// <summary>One file of each name: copies with the same contents count once.</summary>
    /// <exception cref="BadInputException">Two files of one name differ: nothing says which is meant.</exception>
    public static IReadOnlyList<string> OneOfEachName(IReadOnlyList<string> files)
    {
        List<string> chosen = [];
        foreach (IGrouping<string, string> named in files.GroupBy(file => Path.GetFileName(file),
            StringComparer.Ordinal))
        {
            chosen.Add(named.First());
            foreach (string other in named.Skip(1))
                if (!FileHash.Of(chosen[^1]).Equals(FileHash.Of(other), StringComparison.Ordinal))
                    throw Ambiguous(chosen[^1], other, "have one name");
        }
        return chosen;
    }

    /// <summary>The only file whose name ends so, or null.</summary>
    /// <exception cref="BadInputException">There are two.</exception>
    public static string? Only(IReadOnlyList<string> files, string end)
    {
        string[] matching = [.. files.Where(file => file.EndsWith(end, StringComparison.Ordinal))];
        return matching is [string first, string second, ..] ? throw Ambiguous(first, second, $"both end with {end}")
            : matching.FirstOrDefault();
    }

    /// <summary>Two files that cannot both be meant.</summary>
    public static BadInputException Ambiguous(string first, string second, string why) =>
        new($"{first} and {second} {why}; leave only the one that is meant below ‹lists›.");

    /// <summary>The lines that are not blank, trimmed, with their numbers from 1.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public static IReadOnlyList<(int Number, string Text)> Lines(string file)
    {
        try
        {
            ReadableFile.Check(file);
            return [.. File.ReadAllLines(file, Encoding.UTF8).Select((text, i) => (i + 1, text.Trim()))
                .Where(line => line.Item2.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// `train01`, `test02` … → an unlabelled list to train on and a labelled one; of test videos only what there is.
    /// </summary>
    public static IEnumerable<PlannedList> Split(string name, IReadOnlyList<ListedVideo> rows)
    {
        ListedVideo[] labelled = [.. rows.Where(row => row.Label is not null)];
        if (labelled.Length == 0 || !name.StartsWith("test", StringComparison.Ordinal))
            yield return new PlannedList($"{name}.csv", false, rows);
        if (labelled.Length > 0) yield return new PlannedList($"{name}-labelled.csv", true, labelled);
    }
}
