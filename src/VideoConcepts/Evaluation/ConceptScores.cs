using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>What a concept is about: how things look, or how they move.</summary>
public enum ConceptKind
{
    /// <summary>Appearance.</summary>
    Static,

    /// <summary>Motion.</summary>
    Dynamic,
}

/// <summary>What the head that a concept is read from looks at.</summary>
public enum ConceptSource
{
    /// <summary>Clips: it knows both kinds.</summary>
    Clips,

    /// <summary>The frame in the middle, as often as there are frames: it knows static concepts.</summary>
    Stills,

    /// <summary>Frame differences: it knows dynamic concepts, and where little moves it knows them better.</summary>
    Differences,
}

/// <summary>How strongly videos show concepts. N videos, K concepts of each kind.</summary>
public sealed class ConceptScores
{
    private readonly VideoScores _scores;
    private readonly IReadOnlyList<ConceptHead> _heads;

    internal ConceptScores(VideoScores scores, IReadOnlyList<ConceptHead> heads)
    {
        _scores = scores;
        _heads = heads;
    }

    /// <summary>K, concepts of each kind.</summary>
    public int Concepts => _heads[0].Concepts;

    /// <summary>The N videos, in the order of the rows.</summary>
    public IReadOnlyList<VideoEntry> Videos => _scores.Videos;

    /// <summary>Videos of the list that were too short to have a row.</summary>
    public IReadOnlyList<VideoEntry> Dropped => _scores.Dropped;

    /// <summary>The scores of one kind, (N, K): the mean over a video's windows of the cosine with each prototype,
    /// from -1 to 1.</summary>
    /// <param name="kind">Look or motion.</param>
    /// <param name="source">The head that they are read from.</param>
    /// <exception cref="ArgumentException">That head does not know this kind.</exception>
    public FeatureTable Of(ConceptKind kind, ConceptSource source = ConceptSource.Clips)
    {
        string kindName = kind == ConceptKind.Static ? ConceptReading.Static : ConceptReading.Dynamic;
        string views = source switch
        {
            ConceptSource.Clips => ConceptReading.Clips,
            ConceptSource.Stills => ConceptReading.Stills,
            _ => ConceptReading.Changes,
        };
        ConceptHead head = _heads.FirstOrDefault(h => h.Kind == kindName && h.Views == views)
            ?? throw new ArgumentException($"The head of {views} knows no {kindName} concepts.", nameof(source));
        return new(_scores.Columns(head.First, head.Concepts), head.Concepts, Videos, Dropped);
    }

    /// <summary>The concept that scores highest for each video, 0 to K-1.</summary>
    /// <param name="kind">Look or motion.</param>
    /// <param name="source">The head that it is read from.</param>
    /// <exception cref="ArgumentException">That head does not know this kind.</exception>
    public int[] Leading(ConceptKind kind, ConceptSource source = ConceptSource.Clips) =>
        Metrics.Predictions(Of(kind, source).Values, Concepts);
}
