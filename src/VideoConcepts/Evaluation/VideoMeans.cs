using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// The mean over each video's windows, which come one video after the other: the sum of one video is kept, not of all.
/// </summary>
/// <param name="videos">The videos, each of which has a window.</param>
/// <param name="unit">Whether each window's values are L2-normalised first.</param>
internal sealed class VideoMeans(IReadOnlyList<VideoEntry> videos, bool unit)
{
    private double[]? _sum;
    private int _row, _windows;

    /// <summary>Row-major (N, D); complete after <see cref="Finish"/>.</summary>
    public float[] Values { get; private set; } = [];

    /// <summary>D; 0 before the first window.</summary>
    public int Dimension => _sum?.Length ?? 0;

    /// <summary>Takes a video's next window.</summary>
    /// <param name="row">The video, the one before or the next.</param>
    /// <param name="window">D values.</param>
    /// <exception cref="BadInputException">The means of all videos do not fit in one array.</exception>
    public void Add(int row, ReadOnlySpan<float> window)
    {
        if (_sum is null)
        {
            Values = new float[FeatureTable.Length(videos, window.Length)];
            _sum = new double[window.Length];
        }

        if (row != _row) Finish();
        _row = row;
        _windows++;
        double scale = unit ? 1 / Math.Max(UnitRows.Norm(window), UnitRows.Smallest) : 1;
        for (int i = 0; i < _sum.Length; i++) _sum[i] += window[i] * scale;
    }

    /// <summary>Ends the last video.</summary>
    public void Finish()
    {
        if (_sum is null) return;
        Span<float> mean = Values.AsSpan(_row * Dimension, Dimension);
        for (int i = 0; i < mean.Length; i++) mean[i] = (float)(_sum[i] / _windows);
        Array.Clear(_sum);
        _windows = 0;
    }
}
