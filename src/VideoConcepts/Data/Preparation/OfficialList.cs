using System.Text;

namespace VideoConcepts.Data.Preparation;

/// <summary>Finds and reads the text files that datasets come with.</summary>
internal static class OfficialList
{
    /// <summary>The files of a folder whose names match, in ordinal order; a file given instead of a folder stands for its folder.</summary>
    /// <exception cref="BadInputException">There is no such folder.</exception>
    public static IReadOnlyList<string> Find(string lists, Func<string, bool> matches)
    {
        string folder = File.Exists(lists) ? Path.GetDirectoryName(Path.GetFullPath(lists))! : lists;
        if (!Directory.Exists(folder)) throw new BadInputException($"There is no folder {lists}; give the folder of the official lists with --lists.");
        return [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => matches(Path.GetFileName(file)))
            .DistinctBy(Path.GetFileName, StringComparer.Ordinal).OrderBy(Path.GetFileName, StringComparer.Ordinal)];
    }

    /// <summary>The lines that are not blank, trimmed, with their numbers from 1.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public static IReadOnlyList<(int Number, string Text)> Lines(string file)
    {
        try
        {
            return [.. File.ReadAllLines(file, Encoding.UTF8).Select((text, i) => (i + 1, text.Trim())).Where(line => line.Item2.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>`train01`, `test02` … → an unlabelled list to train on and a labelled one; of test videos only what there is.</summary>
    public static IEnumerable<PlannedList> Split(string name, IReadOnlyList<ListedVideo> rows)
    {
        ListedVideo[] labelled = [.. rows.Where(row => row.Label is not null)];
        if (labelled.Length == 0 || !name.StartsWith("test", StringComparison.Ordinal)) yield return new PlannedList($"{name}.csv", false, rows);
        if (labelled.Length > 0) yield return new PlannedList($"{name}-labelled.csv", true, labelled);
    }
}
