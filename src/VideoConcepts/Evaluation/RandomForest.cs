namespace VideoConcepts.Evaluation;

/// <summary>
/// Classification trees on codes, each grown from videos drawn with replacement, with Gini importances. Source:
/// Breiman, "Random Forests", Machine Learning 2001. As where DCI was defined (<see cref="DciScores"/>), a split
/// chooses among all codes, and the depth is the one that predicts best, here the videos that a tree did not draw.
/// scikit-learn: RandomForestClassifier(max_features=None, max_depth=Depth).
/// </summary>
internal sealed class RandomForest
{
    /// <summary>No tree is deeper.</summary>
    public const int LargestDepth = 16;

    private readonly ClassificationTree[] _trees;
    private readonly int _classes;

    private RandomForest(ClassificationTree[] trees, int classes) => (_trees, _classes) = (trees, classes);

    /// <summary>Splits from the root to a leaf, at most.</summary>
    public int Depth { get; private init; }

    /// <summary>
    /// Of each code the share of a tree's decrease of Gini impurity, Σ n/N (g - n_l/n g_l - n_r/n g_r) over its splits
    /// by this code, g = 1 - Σ p²; the mean over trees. (D), sums to 1, or is 0 where nothing could be split.
    /// </summary>
    public required double[] Importances { get; init; }

    /// <summary>Grows a forest.</summary>
    /// <param name="codes">Codes of the videos.</param>
    /// <param name="labels">The class of each video.</param>
    /// <param name="classes">C.</param>
    /// <param name="trees">How many trees.</param>
    /// <param name="depth">The depth, or null: the least of those, 1 to 16, whose votes are most often right on videos
    /// that their trees did not draw.</param>
    /// <param name="seed">Draws videos and breaks ties.</param>
    /// <param name="stop">Stops between trees.</param>
    /// <param name="sample">The videos to draw from, some of them several times; null: each once.</param>
    public static RandomForest Grow(ConceptCodes codes, int[] labels, int classes, int trees, int? depth, long seed,
        CancellationToken stop, int[]? sample = null)
    {
        int[] from = sample ?? PlugInInformation.Rows(labels);
        _ = codes.Order; // once, before several threads ask
        var grown = new ClassificationTree[trees];
        Parallel.For(0, trees, new ParallelOptions { CancellationToken = stop }, t =>
        {
            RandomStream random = RandomStream.For(seed, t);
            var drawn = new int[labels.Length];
            foreach (int _ in from) drawn[from[random.NextInt(0, from.Length - 1)]]++;
            grown[t] = ClassificationTree.Grow(codes, labels, classes, drawn, depth ?? LargestDepth, random);
        });
        int chosen = depth ?? BestDepth(grown, codes, labels, classes);
        return new RandomForest(grown, classes)
        {
            Depth = chosen,
            Importances = MeanOf([.. grown.Select(tree => tree.Importances(chosen))]),
        };
    }

    /// <summary>The class that most trees vote for, of each video.</summary>
    public int[] Predict(ConceptCodes codes)
    {
        var votes = new int[codes.Videos * _classes];
        foreach (ClassificationTree tree in _trees)
            for (int row = 0; row < codes.Videos; row++)
                votes[(row * _classes) + tree.Predict(codes.Columns, row, Depth)]++;
        return MostVotes(votes, _classes);
    }

    private static int BestDepth(ClassificationTree[] trees, ConceptCodes codes, int[] labels, int classes)
    {
        int best = 1, most = -1;
        for (int depth = 1; depth <= LargestDepth; depth++)
        {
            var votes = new int[labels.Length * classes];
            foreach (ClassificationTree tree in trees)
                foreach (int row in tree.NotDrawn) votes[(row * classes) + tree.Predict(codes.Columns, row, depth)]++;
            int[] predicted = MostVotes(votes, classes);
            int right = predicted.Zip(labels).Count(pair => pair.First == pair.Second);
            if (right > most) (best, most) = (depth, right);
        }
        return best;
    }

    private static int[] MostVotes(int[] votes, int classes)
    {
        var result = new int[votes.Length / classes];
        for (int row = 0; row < result.Length; row++)
            for (int c = 1; c < classes; c++)
                if (votes[(row * classes) + c] > votes[(row * classes) + result[row]]) result[row] = c;
        return result;
    }

    private static double[] MeanOf(double[][] trees)
    {
        double[] sum = new double[trees[0].Length];
        foreach (double[] tree in trees)
            for (int code = 0; code < sum.Length; code++) sum[code] += tree[code];
        double all = sum.Sum();
        return all > 0 ? [.. sum.Select(x => x / all)] : sum;
    }
}
