namespace VideoConcepts.Evaluation;

/// <summary>The mean over one video's windows, which come one after the other.</summary>
/// <param name="dimension">D.</param>
/// <param name="unit">Whether each window's values are L2-normalised first.</param>
internal sealed class MeanFeature(int dimension, bool unit)
{
    private readonly double[] _sum = new double[dimension];
    private int _windows;

    /// <summary>Adds a window.</summary>
    public void Add(ReadOnlySpan<float> feature)
    {
        double scale = unit ? 1 / Math.Max(UnitRows.Norm(feature), UnitRows.Smallest) : 1;
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
