namespace VideoConcepts.Evaluation;

/// <summary>Entropies and mutual information of groupings by their counts, in nats, of at most N rows.</summary>
internal sealed class PlugInInformation
{
    private readonly double[] _nLogN;

    /// <param name="count">N.</param>
    public PlugInInformation(int count)
    {
        _nLogN = new double[count + 1];
        for (int n = 2; n <= count; n++) _nLogN[n] = n * Math.Log(n);
    }

    /// <summary>H(a) = ln N - Σ n ln n / N.</summary>
    public double Entropy(int[] a) => Entropy(a, Rows(a));

    /// <summary>The same of some rows, N of them.</summary>
    public double Entropy(int[] a, int[] rows) => Math.Log(rows.Length) - (Sum(a, rows) / rows.Length);

    /// <summary>I(a; b) = H(a) + H(b) - H(a, b), as scikit-learn's mutual_info_score has it.</summary>
    /// <param name="a">A group of each row, from 0.</param>
    /// <param name="b">Another.</param>
    /// <param name="rows">N rows, some of them several times.</param>
    public double Information(int[] a, int[] b, int[] rows)
    {
        int width = b.Max() + 1;
        var both = new int[(a.Max() + 1) * width];
        foreach (int row in rows) both[(a[row] * width) + b[row]]++;
        double information = Math.Log(rows.Length)
            + ((Sum(both) - Sum(a, rows) - Sum(b, rows)) / rows.Length);
        return Math.Max(0, information);
    }

    /// <summary>
    /// I(a; b | c) = H(a, c) + H(b, c) - H(c) - H(a, b, c): what a tells of b where c is known. Source: Cover, Thomas,
    /// "Elements of Information Theory", 2.5.
    /// </summary>
    public double Information(int[] a, int[] b, int[] c, int[] rows)
    {
        int[] ac = Pairs(a, c), bc = Pairs(b, c);
        double sums = Sum(Pairs(ac, b), rows) + Sum(c, rows) - Sum(ac, rows) - Sum(bc, rows);
        return Math.Max(0, sums / rows.Length);
    }

    /// <summary>H(a | c) = H(a, c) - H(c).</summary>
    public double Entropy(int[] a, int[] c, int[] rows) =>
        Math.Max(0, (Sum(c, rows) - Sum(Pairs(a, c), rows)) / rows.Length);

    /// <summary>A group for each pair of groups that occurs, from 0.</summary>
    public static int[] Pairs(int[] a, int[] b)
    {
        Dictionary<(int, int), int> known = [];
        var pairs = new int[a.Length];
        for (int row = 0; row < a.Length; row++)
        {
            if (!known.TryGetValue((a[row], b[row]), out int pair))
                known.Add((a[row], b[row]), pair = known.Count);
            pairs[row] = pair;
        }
        return pairs;
    }

    /// <summary>All rows of a list.</summary>
    public static int[] Rows(int[] of) => [.. Enumerable.Range(0, of.Length)];

    private double Sum(int[] groups, int[] rows)
    {
        var counts = new int[groups.Max() + 1];
        foreach (int row in rows) counts[groups[row]]++;
        return Sum(counts);
    }

    private double Sum(int[] counts)
    {
        double sum = 0;
        foreach (int n in counts) sum += _nLogN[n];
        return sum;
    }
}
