using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Features of the videos that a command has looked at, so that lists that share videos, as the splits of one data set
/// do, compute none of them twice.
/// </summary>
internal sealed class FeatureMemory
{
    private readonly Dictionary<(string Network, string Folder, int Frames), float[]?> _features = [];

    /// <summary>The features of a list, in its order; null unless all of its videos were looked at.</summary>
    /// <param name="network">A name for what computes them, and of what.</param>
    /// <param name="videos">The list.</param>
    public FeatureTable? Find(string network, IReadOnlyList<VideoEntry> videos)
    {
        List<VideoEntry> kept = [], dropped = [];
        List<float[]> rows = [];
        foreach (VideoEntry video in videos)
        {
            if (!_features.TryGetValue(Key(network, video), out float[]? feature)) return null;
            (feature is null ? dropped : kept).Add(video);
            if (feature is not null) rows.Add(feature);
        }
        if (rows.Count == 0) return null;
        var values = new float[FeatureTable.Length(kept, rows[0].Length)];
        for (int row = 0; row < rows.Count; row++) rows[row].CopyTo(values, row * rows[0].Length);
        return new FeatureTable(values, rows[0].Length, kept, dropped);
    }

    /// <summary>Remembers the features of a list.</summary>
    public void Keep(string network, FeatureTable table)
    {
        for (int row = 0; row < table.Rows; row++)
            _features[Key(network, table.Videos[row])] = table.Row(row).ToArray();
        foreach (VideoEntry video in table.Dropped) _features[Key(network, video)] = null;
    }

    private static (string, string, int) Key(string network, VideoEntry video) =>
        (network, video.Path, video.FrameCount);
}
