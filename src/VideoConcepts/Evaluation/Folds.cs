using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>How the videos of a training list are divided to choose a number by.</summary>
internal static class Folds
{
    private const int Count = 5;

    /// <summary>
    /// A training list by the test lists of the other splits, each video in the fold of the one that holds it: where
    /// splits leave out a place or a person each, so do the folds.
    /// </summary>
    /// <param name="train">The videos.</param>
    /// <param name="others">Test lists of the other splits.</param>
    /// <returns>The fold of each video; null where they are not two folds or more that hold all videos.</returns>
    public static int[]? BySplits(IReadOnlyList<VideoEntry> train, IReadOnlyList<IReadOnlyList<VideoEntry>> others)
    {
        Dictionary<string, int> foldOf = new(StringComparer.Ordinal);
        for (int fold = 0; fold < others.Count; fold++)
            foreach (VideoEntry video in others[fold]) foldOf.TryAdd(video.Path, fold);
        int[] folds = [.. train.Select(video => foldOf.GetValueOrDefault(video.Path, -1))];
        return folds.Distinct().Count() > 1 && !folds.Contains(-1) ? folds : null;
    }

    /// <summary>Five folds of a training list, each with its share of every class.</summary>
    /// <param name="train">The videos with their labels.</param>
    /// <param name="seed">Decides which video is in which.</param>
    public static int[] AtRandom(IReadOnlyList<VideoEntry> train, long seed)
    {
        var folds = new int[train.Count];
        RandomStream random = RandomStream.For(seed);
        int next = 0; // goes on from class to class: folds are of one size
        foreach (var ofClass in train.Select((video, row) => (video.Label, row)).GroupBy(v => v.Label, v => v.row)
            .OrderBy(group => group.Key))
        {
            int[] rows = [.. ofClass];
            foreach (int place in random.NextPermutation(rows.Length)) folds[rows[place]] = next++ % Count;
        }
        return folds;
    }
}
