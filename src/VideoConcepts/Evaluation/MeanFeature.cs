namespace VideoConcepts.Evaluation;

/// <summary>The mean of the L2-normalised features of one video's windows, which come one after the other.</summary>
/// <param name="dimension">D.</param>
internal sealed class MeanFeature(int dimension)
{
    private readonly double[] _sum = new double[dimension];
    private int _windows;

    /// <summary>Adds a window.</summary>
    public void Add(ReadOnlySpan<float> feature)
    {
        double scale = 1 / Math.Max(UnitRows.Norm(feature), UnitRows.Smallest);
        for (int i = 0; i < _sum.Length; i++) _sum[i] += feature[i] * scale;
        _windows++;
    }

    /// <summary>Writes the mean, and begins with the next video.</summary>
    public void Take(Span<float> mean)
    {
        for (int i = 0; i < _sum.Length; i++) mean[i] = (float)(_sum[i] / _windows);
        Array.Clear(_sum);
        _windows = 0;
    }
}
