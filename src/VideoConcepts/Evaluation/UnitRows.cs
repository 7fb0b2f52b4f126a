using System.Numerics;

namespace VideoConcepts.Evaluation;

/// <summary>Centring and L2 normalisation of the rows of a feature matrix.</summary>
internal static class UnitRows
{
    /// <summary>Norms below this divide as this, as in PyTorch's <c>normalize</c>: a zero row stays zero.</summary>
    public const double Smallest = 1e-12;

    public static double Norm(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float x in row) sum += (double)x * x;
        return Math.Sqrt(sum);
    }

    /// <summary>A copy (N, D) with the set's own mean taken off, then every row of length 1.</summary>
    public static float[] CentredUnit(FeatureTable table) => CentredUnit(table, table);

    /// <summary>The same with the mean of another set.</summary>
    public static float[] CentredUnit(FeatureTable table, FeatureTable centre)
    {
        int dimension = table.Dimension;
        var mean = new double[dimension];
        for (int row = 0; row < centre.Rows; row++)
        {
            ReadOnlySpan<float> x = centre.Row(row);
            for (int d = 0; d < dimension; d++) mean[d] += x[d];
        }

        for (int d = 0; d < dimension; d++) mean[d] /= Math.Max(1, centre.Rows);
        var result = new float[table.Values.Length];
        for (int row = 0; row < table.Rows; row++)
        {
            ReadOnlySpan<float> x = table.Row(row);
            Span<float> y = result.AsSpan(row * dimension, dimension);
            for (int d = 0; d < dimension; d++) y[d] = (float)(x[d] - mean[d]);
            double scale = 1 / Math.Max(Norm(y), Smallest);
            for (int d = 0; d < dimension; d++) y[d] = (float)(y[d] * scale);
        }

        return result;
    }

    /// <summary>
    /// Rows of several streams side by side, each centred and of length 1/√streams: an inner product is the mean of the
    /// streams' cosines.
    /// </summary>
    public static float[] Joined(IReadOnlyList<FeatureTable> streams)
    {
        if (streams.Count == 1) return CentredUnit(streams[0]);
        int width = streams.Sum(s => s.Dimension), at = 0;
        var result = new float[FeatureTable.Length(streams[0].Videos, width)];
        float scale = (float)(1 / Math.Sqrt(streams.Count));
        foreach (FeatureTable stream in streams)
        {
            float[] rows = CentredUnit(stream);
            for (int row = 0; row < stream.Rows; row++)
                for (int d = 0; d < stream.Dimension; d++)
                    result[(row * width) + at + d] = rows[(row * stream.Dimension) + d] * scale;
            at += stream.Dimension;
        }
        return result;
    }

    /// <summary>
    /// Inner product. The order of the additions depends on the length alone, so equal rows give equal values
    /// wherever they stand, which a blocked matrix product does not promise.
    /// </summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int width = Vector<float>.Count, i = 0;
        Vector<float> first = default, second = default;
        for (; i <= a.Length - (2 * width); i += 2 * width)
        {
            first += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
            second += new Vector<float>(a[(i + width)..]) * new Vector<float>(b[(i + width)..]);
        }

        float sum = Vector.Sum(first + second);
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
