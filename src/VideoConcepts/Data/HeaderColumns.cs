using System.Globalization;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>A column that a csv file may have.</summary>
/// <param name="Meaning">What it holds, for messages.</param>
/// <param name="Needed">Whether there is nothing to read without it.</param>
/// <param name="Words">What header rows call it, the usual word first; small letters alone are compared.</param>
internal sealed record CsvColumn(string Meaning, bool Needed, params string[] Words);

/// <summary>Tells a header row from a row of data by its words, and which column holds what, in any order.</summary>
internal static class HeaderColumns
{
    /// <summary>
    /// Place of each of the columns in the row, -1 for one that it has not; null if the row is no header: it names no
    /// column, or has a number in it.
    /// </summary>
    /// <param name="row">The first row's fields.</param>
    /// <param name="columns">What the file may have. An unknown word stands for the first of them where nothing else
    /// can: it alone is missing, and one word is left.</param>
    /// <exception cref="FormatException">A header without a column that is needed, or with two of one meaning; the
    /// message has the columns.</exception>
    public static int[]? Find(IReadOnlyList<string> row, IReadOnlyList<CsvColumn> columns)
    {
        if (row.Count < 2 || row.Any(IsNumber)) return null;
        int[] meanings = [.. row.Select(field => MeaningOf(field, columns))];
        if (meanings.All(m => m < 0)) return null;
        if (!meanings.Contains(0) && meanings.Count(m => m < 0) == 1) meanings[Array.IndexOf(meanings, -1)] = 0;
        var places = new int[columns.Count];
        for (int m = 0; m < columns.Count; m++)
        {
            places[m] = Array.IndexOf(meanings, m);
            if (Array.LastIndexOf(meanings, m) != places[m])
                throw Fault(row,
                    $"two of them say {columns[m].Meaning}, {row[places[m]]} and "
                    + $"{row[Array.LastIndexOf(meanings, m)]}; rename one");
            if (places[m] < 0 && columns[m].Needed)
                throw Fault(row, $"none says {columns[m].Meaning}; call that column {columns[m].Words[0]}");
        }
        return places;
    }

    private static int MeaningOf(string field, IReadOnlyList<CsvColumn> columns)
    {
        string word = string.Concat(field.Where(char.IsLetter)).ToLowerInvariant();
        for (int m = 0; m < columns.Count; m++)
            if (columns[m].Words.Contains(word)) return m;
        return -1;
    }

    private static bool IsNumber(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static FormatException Fault(IReadOnlyList<string> row, string what)
    {
        string names = string.Join(',', row.Select(field => field.Length > 30 ? field[..30] + "…" : field));
        return new($"the columns are {VisibleText.Of(names)}, and {what}");
    }
}
