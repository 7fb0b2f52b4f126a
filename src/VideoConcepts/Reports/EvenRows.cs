namespace VideoConcepts.Reports;

/// <summary>
/// Chooses what to show of many, the same each time: not the beginning, which is often all of one class.
/// </summary>
internal static class EvenRows
{
    /// <summary>The places in the middle of equal parts, rising and no place twice.</summary>
    /// <param name="length">How many places there are.</param>
    /// <param name="count">How many are wanted; all places where there are no more.</param>
    public static int[] Of(int length, int count)
    {
        int parts = Math.Min(length, count);
        return [.. Enumerable.Range(0, parts).Select(i => (int)(((2L * i) + 1) * length / (2L * parts)))];
    }

    /// <summary>
    /// Rows of all classes in turn, those of each class spread over its rows; where there are more classes than rows
    /// are wanted, of some that are spread over the classes.
    /// </summary>
    /// <param name="labels">The class of each row; null everywhere where there are none.</param>
    /// <param name="count">How many are wanted; all rows where there are no more.</param>
    public static int[] OfClasses(IReadOnlyList<int?> labels, int count)
    {
        int[][] classes = [.. Enumerable.Range(0, labels.Count).GroupBy(row => labels[row]).OrderBy(rows => rows.Key)
            .Select(rows => rows.ToArray())];
        classes = [.. Of(classes.Length, count).Select(place => classes[place])];
        var share = new int[classes.Length];
        for (int left = Math.Min(count, classes.Sum(rows => rows.Length)); left > 0;)
            for (int c = 0; c < classes.Length && left > 0; c++)
                if (share[c] < classes[c].Length) (share[c], left) = (share[c] + 1, left - 1);
        int[][] chosen = [.. classes.Select((rows, c) => Of(rows.Length, share[c]).Select(i => rows[i]).ToArray())];
        return [.. from turn in Enumerable.Range(0, share.DefaultIfEmpty().Max())
                   from rows in chosen
                   where turn < rows.Length
                   select rows[turn]];
    }
}
