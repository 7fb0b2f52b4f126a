namespace VideoConcepts.Search;

/// <summary>Collects described moments until they are written as one block.</summary>
internal sealed class BlockBuilder(LibraryHeader header)
{
    private readonly List<ReadMoment> _moments = [];
    private readonly List<float> _look = [], _motion = [], _features = [], _scores = [];

    public int Count => _moments.Count;

    public void Add(IReadOnlyList<ReadMoment> moments, DescribedMoments described)
    {
        _moments.AddRange(moments.Select(moment => moment with { Frames = [] }));
        _look.AddRange(described.Look);
        _motion.AddRange(described.Motion);
        _features.AddRange(described.Features);
        _scores.AddRange(described.Scores);
    }

    /// <summary>Writes what is there, if anything is, and is empty again.</summary>
    public void WriteTo(IVideoWriter writer)
    {
        if (_moments.Count == 0) return;
        writer.Add([.. _moments.Select(moment => moment.Place)], [.. _moments.Select(moment => moment.Strip)],
            new MomentBlock(0, 0, _moments.Count, Part(_look, header.LookSize), Part(_motion, header.MotionSize),
                Part(_features, header.FeatureSize), Part(_scores, 4 * header.Concepts)));
        _moments.Clear();
    }

    private float[] Part(List<float> values, int size)
    {
        if (values.Count != _moments.Count * size)
            throw new InvalidOperationException($"{values.Count} numbers of {_moments.Count} moments of {size}.");
        float[] part = [.. values];
        values.Clear();
        return part;
    }
}
