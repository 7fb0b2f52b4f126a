namespace VideoConcepts.Evaluation;

/// <summary>A tree that splits by one code at a time where Gini impurity falls most.</summary>
internal sealed class ClassificationTree
{
    private readonly List<Node> _nodes = [];
    private readonly List<double[]> _decreases = []; // of each depth, by code
    private readonly int _codes;

    private ClassificationTree(int codes, int[] weights) =>
        (_codes, NotDrawn) = (codes, [.. Enumerable.Range(0, weights.Length).Where(row => weights[row] == 0)]);

    private readonly record struct Node(int Code, float Threshold, int Left, int Right, int Class);

    private readonly record struct Split(int Code, float Threshold, double Decrease);

    /// <summary>The videos that it was not grown from.</summary>
    public int[] NotDrawn { get; }

    /// <param name="codes">Codes of the videos.</param>
    /// <param name="labels">The class of each.</param>
    /// <param name="classes">C.</param>
    /// <param name="weights">How often each was drawn.</param>
    /// <param name="depth">Splits from the root to a leaf, at most.</param>
    /// <param name="random">Chooses among splits that are equally good.</param>
    public static ClassificationTree Grow(ConceptCodes codes, int[] labels, int classes, int[] weights, int depth,
        RandomStream random)
    {
        var tree = new ClassificationTree(codes.Columns.Length, weights);
        new Grower(tree, codes, labels, classes, weights, depth, random).Grow();
        return tree;
    }

    /// <summary>Of each code its share of the decrease by the splits above a depth, (D); 0 where there are none.
    /// </summary>
    public double[] Importances(int depth)
    {
        var sum = new double[_codes];
        foreach (double[] level in _decreases.Take(depth))
            for (int code = 0; code < _codes; code++) sum[code] += level[code];
        double all = sum.Sum();
        return all > 0 ? [.. sum.Select(x => x / all)] : sum;
    }

    /// <summary>The most frequent class where a video ends after at most so many splits.</summary>
    public int Predict(float[][] columns, int row, int depth)
    {
        Node node = _nodes[0];
        for (int d = 0; d < depth && node.Left > 0; d++)
            node = _nodes[columns[node.Code][row] <= node.Threshold ? node.Left : node.Right];
        return node.Class;
    }

    private sealed class Grower(ClassificationTree tree, ConceptCodes codes, int[] labels, int classes, int[] weights,
        int depthLimit, RandomStream random)
    {
        private readonly float[][] _columns = codes.Columns;
        // of each code the drawn videos; those of a node stand together, by value
        private readonly int[][] _order =
            [.. codes.Order.Select(order => Array.FindAll(order, row => weights[row] > 0))];
        private readonly int[] _codeOrder = [.. Enumerable.Range(0, codes.Columns.Length)];
        private readonly long[] _all = new long[classes], _left = new long[classes];
        private readonly bool[] _goesLeft = new bool[labels.Length];
        private readonly int[] _aside = new int[labels.Length];
        private RandomStream _random = random;

        public void Grow() => Grow(0, _order[0].Length, 0);

        // The node of the videos from..to of each order; its index.
        private int Grow(int from, int to, int depth)
        {
            Array.Clear(_all);
            foreach (int row in _order[0].AsSpan(from, to - from)) _all[labels[row]] += weights[row];
            long count = _all.Sum(), most = _all.Max();
            int index = tree._nodes.Count, commonest = Array.IndexOf(_all, most);
            tree._nodes.Add(new Node(0, 0, 0, 0, commonest));
            if (depth >= depthLimit || most == count || Best(from, to) is not { } split) return index;
            if (tree._decreases.Count <= depth) tree._decreases.Add(new double[_columns.Length]);
            tree._decreases[depth][split.Code] += split.Decrease;
            int middle = Divide(from, to, split);
            int left = Grow(from, middle, depth + 1), right = Grow(middle, to, depth + 1);
            tree._nodes[index] = new Node(split.Code, split.Threshold, left, right, commonest);
            return index;
        }

        // The decrease of impurity, times the videos of the node, is Σ l²/L + Σ r²/R - Σ n²/N over classes.
        private Split? Best(int from, int to)
        {
            Split? best = null;
            double squares = 0;
            foreach (long n in _all) squares += (double)n * n;
            double count = _all.Sum(), before = squares / count;
            for (int i = 0; i < _codeOrder.Length; i++)
            {
                int j = _random.NextInt(i, _codeOrder.Length - 1);
                (_codeOrder[i], _codeOrder[j]) = (_codeOrder[j], _codeOrder[i]);
                int code = _codeOrder[i];
                float[] values = _columns[code];
                ReadOnlySpan<int> rows = _order[code].AsSpan(from, to - from);
                Array.Clear(_left);
                double leftSquares = 0, rightSquares = squares, left = 0;
                for (int at = 0; at < rows.Length - 1; at++)
                {
                    int row = rows[at], c = labels[row], w = weights[row];
                    long l = _left[c], r = _all[c] - l;
                    leftSquares += w * ((2 * l) + w);
                    rightSquares += w * (w - (2 * r));
                    _left[c] = l + w;
                    left += w;
                    float value = values[row], next = values[rows[at + 1]];
                    if (!(value < next)) continue;
                    double decrease = Math.Max(0, (leftSquares / left) + (rightSquares / (count - left)) - before);
                    if (best is { } known && decrease <= known.Decrease) continue;
                    float between = (float)(((double)value + next) / 2);
                    best = new Split(code, between < next ? between : value, decrease);
                }
            }
            return best;
        }

        // Stands the videos of the left node before those of the right one, each by value as before.
        private int Divide(int from, int to, Split split)
        {
            int middle = from;
            foreach (int row in _order[split.Code].AsSpan(from, to - from))
                if (_goesLeft[row] = _columns[split.Code][row] <= split.Threshold) middle++;
            foreach (int[] order in _order)
            {
                int left = from, right = 0;
                for (int i = from; i < to; i++)
                {
                    int row = order[i];
                    if (_goesLeft[row]) order[left++] = row;
                    else _aside[right++] = row;
                }
                Array.Copy(_aside, 0, order, left, right);
            }
            return middle;
        }
    }
}
