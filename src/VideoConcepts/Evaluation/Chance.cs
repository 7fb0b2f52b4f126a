namespace VideoConcepts.Evaluation;

/// <summary>What blind guessing reaches.</summary>
internal static class Chance
{
    /// <summary>
    /// R@k if the k nearest were drawn without looking: mean over the queries of 1 - C(N-n, k) / C(N, k), n rows of the
    /// query's class among N.
    /// </summary>
    public static double Recall(IReadOnlyList<int> queries, IReadOnlyList<int> gallery, int k, bool leaveOneOut) =>
        Recall(queries, gallery, k, leaveOneOut ? OwnVideo.Alone(queries.Count) : null);

    /// <summary>As above; N and n are without the rows that a query does not search.</summary>
    public static double Recall(IReadOnlyList<int> queries, IReadOnlyList<int> gallery, int k, OwnVideo? own)
    {
        int[] sizes = new int[Math.Max(queries.Max(), gallery.Max()) + 1];
        foreach (int label in gallery) sizes[label]++;
        double sum = 0;
        for (int q = 0; q < queries.Count; q++)
        {
            IReadOnlyList<int> without = own?.LeftOutOf(q) ?? [];
            int all = gallery.Count - without.Count,
                same = sizes[queries[q]] - without.Count(row => gallery[row] == queries[q]);
            sum += 1 - Misses(same, all, Math.Min(k, all));
        }
        return sum / queries.Count;
    }

    /// <summary>Figures of a guess among C classes, as <see cref="ClassificationResult.Figures"/> has them.</summary>
    public static IEnumerable<(string Name, double Value)> Classification(int classes) =>
        ClassificationResult.Named(classes, TopK(classes, 1), TopK(classes, 5), TopK(classes, 1));

    /// <summary>Top-k of a guess among C classes.</summary>
    public static double TopK(int classes, int k) => Math.Min(1, k / (double)classes);

    private static double Misses(int own, int all, int k)
    {
        double probability = 1;
        for (int i = 0; i < k; i++) probability *= Math.Max(0, all - own - i) / (double)Math.Max(1, all - i);
        return probability;
    }
}
