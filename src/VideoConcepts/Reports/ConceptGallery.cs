using VideoConcepts.Evaluation;

namespace VideoConcepts.Reports;

/// <summary>A clip and how strongly it shows a concept.</summary>
internal readonly record struct ScoredClip(ClipOrigin Origin, float Score);

/// <summary>One concept and the clips that show it most.</summary>
/// <param name="Kind">Static or dynamic.</param>
/// <param name="Index">Number within its kind, 0 … K-1.</param>
/// <param name="Usage">Share of all clips, in [0, 1], for which no concept of its kind scores higher.</param>
/// <param name="Selectivity">How far the shown clips stand above the mean of all, in standard deviations.</param>
/// <param name="Clips">Best first, at most one of a video.</param>
internal sealed record ConceptClips(
    ConceptKind Kind, int Index, double Usage, double Selectivity, IReadOnlyList<ScoredClip> Clips);

/// <summary>Chooses concepts and clips to show from the scores (N, 2K) of N clips.</summary>
internal sealed class ConceptGallery
{
    private readonly ClipTable _scores;
    private readonly int _concepts;
    private readonly double[] _usage;

    /// <param name="scores">Columns 0 … K-1 static, K … 2K-1 dynamic.</param>
    public ConceptGallery(ClipTable scores)
    {
        if (scores.Dimension % 2 != 0)
            throw new ArgumentException(
                $"{scores.Dimension} score columns cannot be half static, half dynamic.", nameof(scores));
        _scores = scores;
        _concepts = scores.Dimension / 2;
        _usage = new double[scores.Dimension];
        for (int clip = 0; clip < scores.Origins.Count; clip++)
        {
            _usage[Best(clip, 0)] += 1.0 / scores.Origins.Count;
            _usage[Best(clip, _concepts)] += 1.0 / scores.Origins.Count;
        }
    }

    /// <summary>K, the number of concepts of each kind.</summary>
    public int ConceptsPerKind => _concepts;

    /// <summary>One concept with its <paramref name="clips"/> best clips.</summary>
    public ConceptClips Of(ConceptKind kind, int index, int clips)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _concepts);
        int column = (kind == ConceptKind.Static ? 0 : _concepts) + index;
        float Score(int clip) => _scores.Values[(clip * _scores.Dimension) + column];
        IEnumerable<int> all = Enumerable.Range(0, _scores.Origins.Count);
        // Neighbouring windows of a video overlap: two of them would show the same picture twice.
        ScoredClip[] best =
        [
            .. all.OrderByDescending(Score).DistinctBy(clip => _scores.Origins[clip].Video).Take(clips)
                .Select(clip => new ScoredClip(_scores.Origins[clip], Score(clip))),
        ];
        double mean = all.Average(clip => (double)Score(clip));
        double deviation = Math.Sqrt(all.Average(clip => Math.Pow(Score(clip) - mean, 2)));
        double above = best.Average(clip => (double)clip.Score) - mean;
        return new ConceptClips(kind, index, _usage[column], deviation == 0 ? 0 : above / deviation, best);
    }

    /// <summary>The concepts of a kind that are the best match of the most clips, most used first.</summary>
    public IReadOnlyList<ConceptClips> MostUsed(ConceptKind kind, int count, int clips) =>
        [.. All(kind, clips).OrderByDescending(concept => concept.Usage).Take(count)];

    /// <summary>
    /// The concepts of a kind whose best clips stand out most. A concept that no clip uses is left out.
    /// </summary>
    public IReadOnlyList<ConceptClips> MostSelective(ConceptKind kind, int count, int clips) =>
        [.. All(kind, clips).Where(c => c.Usage > 0).OrderByDescending(concept => concept.Selectivity).Take(count)];

    private IEnumerable<ConceptClips> All(ConceptKind kind, int clips) =>
        Enumerable.Range(0, _concepts).Select(index => Of(kind, index, clips));

    private int Best(int clip, int first)
    {
        ReadOnlySpan<float> scores = _scores.Values.AsSpan((clip * _scores.Dimension) + first, _concepts);
        int best = 0;
        for (int c = 1; c < scores.Length; c++)
            if (scores[c] > scores[best]) best = c;
        return first + best;
    }
}
