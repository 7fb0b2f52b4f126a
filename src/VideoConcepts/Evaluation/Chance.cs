namespace VideoConcepts.Evaluation;

/// <summary>What blind guessing reaches.</summary>
public static class Chance
{
    /// <summary>R@k if the k nearest were drawn without looking: mean over the queries of 1 - C(N-n, k) / C(N, k), n rows of the query's class among N.</summary>
    public static double Recall(IReadOnlyList<int> queries, IReadOnlyList<int> gallery, int k, bool leaveOneOut)
    {
        int[] sizes = new int[Math.Max(queries.Max(), gallery.Max()) + 1];
        foreach (int label in gallery) sizes[label]++;
        int all = gallery.Count - (leaveOneOut ? 1 : 0), own = leaveOneOut ? 1 : 0;
        return queries.GroupBy(q => q).Sum(g => g.Count() * (1 - Misses(sizes[g.Key] - own, all, Math.Min(k, all)))) / queries.Count;
    }

    /// <summary>Top-k of a guess among C classes.</summary>
    public static double TopK(int classes, int k) => Math.Min(1, k / (double)classes);

    private static double Misses(int own, int all, int k)
    {
        double probability = 1;
        for (int i = 0; i < k; i++) probability *= Math.Max(0, all - own - i) / (double)Math.Max(1, all - i);
        return probability;
    }
}
