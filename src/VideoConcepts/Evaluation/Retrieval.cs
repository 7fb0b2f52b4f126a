using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

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
    public static readonly IReadOnlyList<int> ReportedCutoffs = [1, 5, 10, 20, 50];

    // 64 MB of products at a time: larger matrix products are faster, and a block still is little beside the sets.
    private const int QueryBlock = 2048, GalleryBlock = 8192;

    private const float Margin = 1e-4f; // far above the rounding of a product of unit rows

    /// <summary>
    /// The <paramref name="count"/> nearest gallery rows of every query (fewer in a smaller gallery).
    /// </summary>
    public static Neighbours Search(FeatureTable query, FeatureTable gallery, int count)
    {
        if (query.Dimension != gallery.Dimension)
            throw new ArgumentException(
                $"Queries have {query.Dimension} features, the gallery has {gallery.Dimension}.", nameof(gallery));
        return Search(
            UnitRows.CentredUnit(query), UnitRows.CentredUnit(gallery), query.Dimension, count, null);
    }

    /// <summary>
    /// The same with both sets centred by the gallery's mean: what is found for a query does not depend on the others.
    /// </summary>
    public static Neighbours SearchAlone(FeatureTable query, FeatureTable gallery, int count) => Search(
        UnitRows.CentredUnit(query, gallery), UnitRows.CentredUnit(gallery), query.Dimension, count, null);

    /// <summary>The nearest other rows of the same set.</summary>
    public static Neighbours SearchWithin(FeatureTable table, int count)
    {
        float[] rows = UnitRows.CentredUnit(table);
        return Search(rows, rows, table.Dimension, count, OwnVideo.Alone(table.Rows));
    }

    /// <summary>
    /// Several streams of the same videos: the sum of their cosines, divided by their number, decides.
    /// </summary>
    /// <param name="query">Features of the queries.</param>
    /// <param name="gallery">Features of the videos to search in; perhaps those of the queries.</param>
    /// <param name="count">How many to find, fewer where there are fewer.</param>
    /// <param name="own">What a query does not search: its own video; null: nothing is left out.</param>
    internal static Neighbours Search(IReadOnlyList<FeatureTable> query, IReadOnlyList<FeatureTable> gallery, int count,
        OwnVideo? own = null)
    {
        float[] rows = UnitRows.Joined(query);
        float[] searched = ReferenceEquals(query[0], gallery[0]) ? rows : UnitRows.Joined(gallery);
        return Search(rows, searched, query.Sum(t => t.Dimension), count, own);
    }

    /// <summary>As above, within one set.</summary>
    public static Neighbours SearchWithin(IReadOnlyList<FeatureTable> tables, int count) =>
        Search(tables, tables, count, OwnVideo.Alone(tables[0].Rows));

    /// <summary>Yields R@1, R@5 …: the share of queries, in [0, 1], with a hit among the k nearest.</summary>
    public static IEnumerable<(string Name, double Value)> Evaluate(FeatureTable query, FeatureTable gallery)
    {
        Neighbours found = Search(query, gallery, ReportedCutoffs.Max());
        return Recall(found, query.Labels(), gallery.Labels());
    }

    /// <summary>
    /// R@k from neighbours that were searched already. A k beyond what some query searched is left out, as everything
    /// would be found; R@1 is always there.
    /// </summary>
    public static IEnumerable<(string Name, double Value)> Recall(
        Neighbours found, IReadOnlyList<int> queryLabels, IReadOnlyList<int> galleryLabels)
    {
        int[] firstHit = [.. found.Indices.Select((near, row) =>
            Array.FindIndex(near, index => galleryLabels[index] == queryLabels[row]))];
        foreach (int k in Cutoffs(found.Indices.Select(near => near.Length).DefaultIfEmpty().Min()))
            yield return ($"R@{k}",
                firstHit.Count(rank => rank >= 0 && rank < k) / (double)Math.Max(1, firstHit.Length));
    }

    /// <summary>The k that are reported of queries that search at least so many videos each.</summary>
    public static IEnumerable<int> Cutoffs(int searched) => ReportedCutoffs.Where(k => k == 1 || k <= searched);

    /// <summary>
    /// Blocks of a matrix product say which gallery rows may be near; these alone get the cosine whose last bit does
    /// not depend on where a row stands. Memory: both sets and one block.
    /// </summary>
    private static Neighbours Search(float[] queries, float[] gallery, int dimension, int count, OwnVideo? own)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        int queryRows = queries.Length / Math.Max(1, dimension), galleryRows = gallery.Length / Math.Max(1, dimension);
        count = Math.Min(count, galleryRows);
        NearestList[] best = [.. Enumerable.Range(0, queryRows).Select(_ => new NearestList(count))];
        using Tensor all = Matrix(gallery, galleryRows, dimension);
        // One piece of memory for all blocks: new pages cost as much as the product.
        long largest = (long)Math.Min(QueryBlock, queryRows) * Math.Min(GalleryBlock, galleryRows);
        using Tensor room = empty([largest], float32).DetachFromDisposeScope();
        for (int first = 0; first < queryRows; first += QueryBlock)
        {
            int rows = Math.Min(QueryBlock, queryRows - first);
            using Tensor block = Matrix(queries.AsSpan(first * dimension, rows * dimension), rows, dimension);
            for (int start = 0; start < galleryRows; start += GalleryBlock)
            {
                using CollectionPause pause = CollectionPause.Begin();
                int columns = Math.Min(GalleryBlock, galleryRows - start);
                using DisposeScope scope = NewDisposeScope();
                Tensor products = room.narrow(0, 0, (long)rows * columns).view(rows, columns);
                products.addmm_(block, all.narrow(0, start, columns).t(), beta: 0, alpha: 1);
                Offer(products, first, start, columns, rows);
            }
        }
        return new Neighbours([.. best.Select(list => list.Found(list.Indices))],
            [.. best.Select(list => list.Found(list.Cosines))]);

        unsafe void Offer(Tensor products, int first, int start, int columns, int rows)
        {
            float* values = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(products.bytes));
            Parallel.For(0, rows, r =>
            {
                int q = first + r;
                NearestList nearest = best[q];
                ReadOnlySpan<float> query = queries.AsSpan(q * dimension, dimension);
                ReadOnlySpan<float> near = new(values + ((long)r * columns), columns);
                for (int at = 0; (at = NextAbove(near, at, nearest.Worst - Margin)) < columns; at++)
                    if (own is null || !own.Is(q, start + at))
                        nearest.Offer(start + at,
                            UnitRows.Dot(query, gallery.AsSpan((start + at) * dimension, dimension)));
            });
        }
    }

    private static Tensor Matrix(ReadOnlySpan<float> rows, int count, int dimension) =>
        RowTensor.Of(rows, [count, dimension]).DetachFromDisposeScope();

    /// <summary>The first place from <paramref name="at"/> on with a value above a threshold, or the length.</summary>
    private static int NextAbove(ReadOnlySpan<float> values, int at, float threshold)
    {
        var limit = new Vector<float>(threshold);
        while (at < values.Length)
        {
            if (at <= values.Length - Vector<float>.Count
                && !Vector.GreaterThanAny(new Vector<float>(values[at..]), limit)) at += Vector<float>.Count;
            else if (values[at] > threshold) return at;
            else at++;
        }
        return values.Length;
    }

    /// <summary>
    /// The nearest rows so far, sorted. Rows are offered by ascending index, so an equal one goes behind.
    /// </summary>
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

        /// <summary>A cosine must be above it to get in.</summary>
        public float Worst => Indices.Length == 0 ? float.PositiveInfinity
            : _filled < Indices.Length ? float.NegativeInfinity
            : Cosines[^1];

        /// <summary>Without the places that no row took.</summary>
        public T[] Found<T>(T[] of) => _filled < of.Length ? of[.._filled] : of;

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
