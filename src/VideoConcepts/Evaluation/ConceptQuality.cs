namespace VideoConcepts.Evaluation;

/// <summary>How good a set of K concepts is, each video counting for the concept that it scores highest.</summary>
/// <param name="Spread">Entropy of how often each concept leads, over ln K: 1 if all lead alike.</param>
/// <param name="Dead">Concepts that lead for no video.</param>
/// <param name="Duplicates">Concepts whose scores follow those of an earlier one: correlation above 0.95.</param>
/// <param name="Purity">Share of videos whose class is the most frequent one of their concept; null without
/// labels.</param>
/// <param name="MutualInformation">Normalised mutual information of concept and class (arithmetic mean of both
/// entropies); null without labels.</param>
/// <param name="AdjustedInformation">The same less what chance gives: 0 of shuffled labels, 1 of equal groups; null
/// without labels.</param>
public sealed record ConceptFigures(double Spread, int Dead, int Duplicates, double? Purity, double? MutualInformation,
    double? AdjustedInformation);

/// <summary>Measures of concept assignments. N videos, K concepts, C classes.</summary>
public static class ConceptQuality
{
    private const double SameScores = 0.95;

    /// <param name="scores">Row-major (N, K).</param>
    /// <param name="concepts">K.</param>
    /// <param name="labels">The class of every video, or null.</param>
    public static ConceptFigures Measure(ReadOnlySpan<float> scores, int concepts, IReadOnlyList<int>? labels)
    {
        int[] leading = Metrics.Predictions(scores, concepts);
        int[] counts = Counts(leading, concepts);
        return new ConceptFigures(Spread(counts), counts.Count(n => n == 0), Duplicates(scores, concepts),
            labels is null ? null : Purity(leading, labels),
            labels is null ? null : NormalizedMutualInformation(leading, labels),
            labels is null ? null : AdjustedMutualInformation(leading, labels));
    }

    /// <summary>How many videos each concept leads.</summary>
    internal static int[] Counts(IReadOnlyList<int> leading, int concepts)
    {
        var counts = new int[concepts];
        foreach (int c in leading) counts[c]++;
        return counts;
    }

    /// <summary>Entropy of such counts over that of equal ones.</summary>
    internal static double Spread(int[] counts) => counts.Length > 1 ? Entropy(counts) / Math.Log(counts.Length) : 1;

    /// <summary>Σ over clusters of their most frequent class, over N.</summary>
    public static double Purity(IReadOnlyList<int> clusters, IReadOnlyList<int> labels) =>
        clusters.Zip(labels)
            .GroupBy(p => p.First)
            .Sum(cluster => cluster.GroupBy(p => p.Second).Max(g => g.Count())) / (double)Math.Max(1, labels.Count);

    /// <summary>
    /// Mutual information over the mean of both entropies; 1 if both groupings are one group, 0 if one of them is.
    /// </summary>
    public static double NormalizedMutualInformation(IReadOnlyList<int> a, IReadOnlyList<int> b)
    {
        int[] pairs = [.. a.Zip(b).GroupBy(p => p).Select(g => g.Count())];
        double entropyA = Entropy([.. a.GroupBy(x => x).Select(g => g.Count())]);
        double entropyB = Entropy([.. b.GroupBy(x => x).Select(g => g.Count())]);
        if (entropyA + entropyB == 0) return 1;
        return Math.Max(0, entropyA + entropyB - Entropy(pairs)) / ((entropyA + entropyB) / 2);
    }

    /// <summary>
    /// (I - E) / ((H(a) + H(b)) / 2 - E) in nats, E being the mean of I over all ways to deal out the same group sizes
    /// anew. It is 0 on average of groupings that know nothing of each other, however many groups there are, where
    /// <see cref="NormalizedMutualInformation"/> grows with their number. Source: Vinh, Epps, Bailey, "Information
    /// Theoretic Measures for Clusterings Comparison", JMLR 2010, equation 24a for E; scikit-learn's
    /// adjusted_mutual_info_score.
    /// </summary>
    public static double AdjustedMutualInformation(IReadOnlyList<int> a, IReadOnlyList<int> b) =>
        AdjustedMutualInformation(a, b, ExpectedInformation(a, b));

    /// <summary>The same where E is known: it is the same however the members of <paramref name="b"/> are dealt out.
    /// </summary>
    internal static double AdjustedMutualInformation(IReadOnlyList<int> a, IReadOnlyList<int> b, double expected)
    {
        int[] sizesA = Sizes(a), sizesB = Sizes(b);
        if (sizesA.Length <= 1 && sizesB.Length <= 1) return 1;
        double mean = (Entropy(sizesA) + Entropy(sizesB)) / 2;
        double together = Entropy([.. a.Zip(b).CountBy(p => p).Select(g => g.Value)]);
        double information = Entropy(sizesA) + Entropy(sizesB) - together;
        double range = mean - expected;
        return (information - expected) / (Math.Abs(range) < double.Epsilon ? double.Epsilon : range);
    }

    /// <summary>
    /// E of <see cref="AdjustedMutualInformation(IReadOnlyList{int}, IReadOnlyList{int})"/>, in nats.
    /// </summary>
    internal static double ExpectedInformation(IReadOnlyList<int> a, IReadOnlyList<int> b) =>
        ExpectedInformation(Sizes(a), Sizes(b), a.Count);

    // Of each pair of groups, the hypergeometric probability of n common members.
    private static double ExpectedInformation(int[] sizesA, int[] sizesB, int count)
    {
        var logFactorial = new double[count + 1];
        for (int i = 2; i <= count; i++) logFactorial[i] = logFactorial[i - 1] + Math.Log(i);
        double sum = 0;
        foreach (int x in sizesA)
        {
            foreach (int y in sizesB)
            {
                double all = logFactorial[x] + logFactorial[y] + logFactorial[count - x] + logFactorial[count - y]
                    - logFactorial[count];
                for (int n = Math.Max(1, x + y - count); n <= Math.Min(x, y); n++)
                {
                    double probability = Math.Exp(all - logFactorial[n] - logFactorial[x - n] - logFactorial[y - n]
                        - logFactorial[count - x - y + n]);
                    sum += (double)n / count * Math.Log((double)count * n / ((double)x * y)) * probability;
                }
            }
        }
        return sum;
    }

    private static int[] Sizes(IReadOnlyList<int> groups) => [.. groups.CountBy(x => x).Select(g => g.Value)];

    private static double Entropy(IReadOnlyList<int> counts)
    {
        double total = counts.Sum();
        // of a single group, 0 and not -0
        return Math.Max(0, -counts.Where(n => n > 0).Sum(n => n / total * Math.Log(n / total)));
    }

    private static int Duplicates(ReadOnlySpan<float> scores, int concepts)
    {
        int rows = scores.Length / concepts, duplicates = 0;
        var columns = new double[concepts][];
        for (int c = 0; c < concepts; c++)
        {
            double[] column = columns[c] = new double[rows];
            for (int r = 0; r < rows; r++) column[r] = scores[(r * concepts) + c];
            double mean = column.Average(), length = Math.Sqrt(column.Sum(x => (x - mean) * (x - mean)));
            for (int r = 0; r < rows; r++) column[r] = length > 0 ? (column[r] - mean) / length : 0;
            if (Enumerable.Range(0, c)
                .Any(before => columns[before].Zip(column, (x, y) => x * y).Sum() > SameScores)) duplicates++;
        }
        return duplicates;
    }
}
