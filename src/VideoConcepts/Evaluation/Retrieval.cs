namespace VideoConcepts.Evaluation;

/// <summary>Which gallery rows are most like each query row.</summary>
/// <param name="Indices">Per query the gallery rows, nearest first.</param>
/// <param name="Cosines">Per query the cosine of each of them, in [-1, 1].</param>
public sealed record Neighbours(int[][] Indices, float[][] Cosines);

/// <summary>
/// Nearest-neighbour retrieval as in CoCLR: each set is centred by its own mean, rows are L2-normalised, nearness is
/// the cosine, and a query is a hit at k if any of its k nearest gallery rows has the query's class. Among equal
/// cosines the smaller gallery index is nearer.
/// </summary>
public static class Retrieval
{
    /// <summary>The k that are reported.</summary>
    public static readonly IReadOnlyList<int> ReportedRanks = [1, 5, 10, 20, 50];

    // Rows of a block: 64 gallery rows of 512 floats stay in the second-level cache while 32 queries pass.
    private const int QueryBlock = 32, GalleryBlock = 64;

    /// <summary>The <paramref name="count"/> nearest gallery rows of every query (fewer in a smaller gallery).</summary>
    public static Neighbours Search(FeatureTable query, FeatureTable gallery, int count)
    {
        if (query.Dimension != gallery.Dimension)
            throw new ArgumentException(
                $"Queries have {query.Dimension} features, the gallery has {gallery.Dimension}.", nameof(gallery));
        return Search(
            UnitRows.CentredUnit(query), UnitRows.CentredUnit(gallery), query.Dimension, count, leaveOneOut: false);
    }

    /// <summary>The nearest other rows of the same set.</summary>
    public static Neighbours SearchWithin(FeatureTable table, int count)
    {
        float[] rows = UnitRows.CentredUnit(table);
        return Search(rows, rows, table.Dimension, count, leaveOneOut: true);
    }

    /// <summary>Several streams of the same videos: the sum of their cosines, divided by their number, decides.</summary>
    public static Neighbours Search(IReadOnlyList<FeatureTable> query, IReadOnlyList<FeatureTable> gallery, int count) =>
        Search(UnitRows.Joined(query), UnitRows.Joined(gallery), query.Sum(t => t.Dimension), count, leaveOneOut: false);

    /// <summary>As above, within one set.</summary>
    public static Neighbours SearchWithin(IReadOnlyList<FeatureTable> tables, int count)
    {
        float[] rows = UnitRows.Joined(tables);
        return Search(rows, rows, tables.Sum(t => t.Dimension), count, leaveOneOut: true);
    }

    /// <summary>Yields R@1, R@5 …: the share of queries, in [0, 1], with a hit among the k nearest.</summary>
    public static IEnumerable<(string Name, double Value)> Evaluate(FeatureTable query, FeatureTable gallery)
    {
        Neighbours found = Search(query, gallery, ReportedRanks.Max());
        return Recall(found, query.Labels(), gallery.Labels());
    }

    /// <summary>R@k from neighbours that were searched already.</summary>
    public static IEnumerable<(string Name, double Value)> Recall(
        Neighbours found, IReadOnlyList<int> queryLabels, IReadOnlyList<int> galleryLabels)
    {
        int[] firstHit = [.. found.Indices.Select((near, row) =>
            Array.FindIndex(near, index => galleryLabels[index] == queryLabels[row]))];
        foreach (int k in ReportedRanks)
            yield return ($"R@{k}", firstHit.Count(rank => rank >= 0 && rank < k) / (double)Math.Max(1, firstHit.Length));
    }

    private static Neighbours Search(float[] queries, float[] gallery, int dimension, int count, bool leaveOneOut)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        int queryRows = queries.Length / Math.Max(1, dimension), galleryRows = gallery.Length / Math.Max(1, dimension);
        count = Math.Min(count, leaveOneOut ? galleryRows - 1 : galleryRows);
        var best = new NearestList[queryRows];
        Parallel.For(0, (queryRows + QueryBlock - 1) / QueryBlock, block =>
        {
            int first = block * QueryBlock, end = Math.Min(first + QueryBlock, queryRows);
            for (int q = first; q < end; q++) best[q] = new NearestList(count);
            for (int start = 0; start < galleryRows; start += GalleryBlock)
            {
                int stop = Math.Min(start + GalleryBlock, galleryRows);
                for (int q = first; q < end; q++)
                {
                    ReadOnlySpan<float> row = queries.AsSpan(q * dimension, dimension);
                    for (int g = start; g < stop; g++)
                        if (!leaveOneOut || g != q)
                            best[q].Offer(g, UnitRows.Dot(row, gallery.AsSpan(g * dimension, dimension)));
                }
            }
        });
        return new Neighbours([.. best.Select(list => list.Indices)], [.. best.Select(list => list.Cosines)]);
    }

    /// <summary>The nearest rows so far, sorted. Rows are offered by ascending index, so an equal one goes behind.</summary>
    private sealed class NearestList
    {
        private int _filled;

        public NearestList(int count)
        {
            Indices = new int[count];
            Cosines = new float[count];
        }

        public int[] Indices { get; }

        public float[] Cosines { get; }

        public void Offer(int index, float cosine)
        {
            int count = Indices.Length;
            if (count == 0 || (_filled == count && cosine <= Cosines[^1])) return;
            int place = _filled < count ? _filled++ : count - 1;
            for (; place > 0 && Cosines[place - 1] < cosine; place--)
                (Indices[place], Cosines[place]) = (Indices[place - 1], Cosines[place - 1]);
            (Indices[place], Cosines[place]) = (index, cosine);
        }
    }
}
