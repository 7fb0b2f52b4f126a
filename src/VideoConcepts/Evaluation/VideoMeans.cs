using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// The mean over each video's windows, which come one video after the other: the sum of one video is kept, not of all.
/// </summary>
/// <param name="videos">The videos, each of which has a window.</param>
/// <param name="unit">Whether each window's values are L2-normalised first.</param>
internal sealed class VideoMeans(IReadOnlyList<VideoEntry> videos, bool unit)
{
    private MeanFeature? _mean;
    private int _row;

    /// <summary>Row-major (N, D); complete after <see cref="Finish"/>.</summary>
    public float[] Values { get; private set; } = [];

    /// <summary>D; 0 before the first window.</summary>
    public int Dimension { get; private set; }

    /// <summary>Takes a video's next window.</summary>
    /// <param name="row">The video, the one before or the next.</param>
    /// <param name="window">D values.</param>
    /// <exception cref="BadInputException">The means of all videos do not fit in one array.</exception>
    public void Add(int row, ReadOnlySpan<float> window)
    {
        if (_mean is null)
        {
            Values = new float[FeatureTable.Length(videos, window.Length)];
            (Dimension, _mean) = (window.Length, new MeanFeature(window.Length, unit));
        }

        if (row != _row) Finish();
        _row = row;
        _mean.Add(window);
    }

    /// <summary>Ends the last video.</summary>
    public void Finish() => _mean?.Take(Values.AsSpan(_row * Dimension, Dimension));
}
