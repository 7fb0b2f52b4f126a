namespace VideoConcepts.Data.Synthetic;

/// <summary>
/// Which pair of classes each video shows. Every run of 8 videos has each appearance and each motion once, and pairs
/// are used equally often, as far as the held-out ones allow.
/// </summary>
internal sealed class PairPlan
{
    /// <summary>Classes of each factor.</summary>
    public const int Classes = 8;

    /// <summary>With more, some class would have fewer than 5 partners.</summary>
    public const int MaxHeldOut = 3 * Classes;

    private readonly bool[,] _heldOut = new bool[Classes, Classes];

    public PairPlan(long seed, int heldOutPairs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(heldOutPairs, MaxHeldOut);
        var random = RandomStream.For(seed, Streams.HeldOut);
        int[] appearances = random.NextPermutation(Classes), motions = random.NextPermutation(Classes);
        // Along shuffled diagonals no class is held out twice more often than another.
        for (int i = 0; i < heldOutPairs; i++)
            _heldOut[appearances[i % Classes], motions[(i + (i / Classes)) % Classes]] = true;
    }

    /// <summary>Whether the pair never occurs in training.</summary>
    public bool IsHeldOut(AppearanceClass appearance, MotionClass motion) => _heldOut[(int)appearance, (int)motion];

    /// <summary>The pairs of <paramref name="count"/> videos.</summary>
    public (AppearanceClass Appearance, MotionClass Motion)[] Assign(int count, bool withHeldOut, RandomStream random)
    {
        var pairs = new (AppearanceClass, MotionClass)[count];
        var uses = new int[Classes, Classes];
        for (int start = 0; start < count; start += Classes)
        {
            var cost = new double[Classes, Classes];
            for (int a = 0; a < Classes; a++)
                for (int m = 0; m < Classes; m++)
                {
                    double tieBreak = random.NextDouble() / Classes;
                    bool allowed = withHeldOut || !_heldOut[a, m];
                    cost[a, m] = allowed ? uses[a, m] + tieBreak : double.PositiveInfinity;
                }

            int[] motionOf = CheapestMatching(cost);
            int[] order = random.NextPermutation(Classes);
            for (int i = 0; i < Classes && start + i < count; i++)
            {
                int a = order[i];
                uses[a, motionOf[a]]++;
                pairs[start + i] = ((AppearanceClass)a, (MotionClass)motionOf[a]);
            }
        }

        return pairs;
    }

    // Row r goes to the column result[r]; exact, over all subsets of columns for the first rows.
    private static int[] CheapestMatching(double[,] cost)
    {
        var best = new double[1 << Classes];
        var last = new int[1 << Classes];
        Array.Fill(best, double.PositiveInfinity);
        best[0] = 0;
        for (int columns = 1; columns < best.Length; columns++)
        {
            int row = int.PopCount(columns) - 1;
            for (int column = 0; column < Classes; column++)
            {
                if ((columns & (1 << column)) == 0) continue;
                double total = best[columns ^ (1 << column)] + cost[row, column];
                if (total < best[columns]) (best[columns], last[columns]) = (total, column);
            }
        }

        var match = new int[Classes];
        int left = best.Length - 1;
        for (int row = Classes - 1; row >= 0; row--)
        {
            match[row] = last[left];
            left ^= 1 << last[left];
        }

        return match;
    }
}
