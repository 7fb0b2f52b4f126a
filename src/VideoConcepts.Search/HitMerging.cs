namespace VideoConcepts.Search;

/// <summary>
/// Makes hits of a ranking of moments. A hit reaches from its best moment as far as moments that overlap it are nearly
/// as like the query; moments that overlap a better hit are left out, so that no two hits of a video overlap.
/// </summary>
internal static class HitMerging
{
    /// <summary>How much less similar than the best of a hit a moment may be that joins it.</summary>
    internal const float Slack = 0.03f;

    /// <summary>How many moments a hit reaches in either direction at most: hours in which nothing changes are several
    /// hits.</summary>
    internal const int Reach = 64;

    /// <param name="ranked">Moments, best first.</param>
    /// <param name="count">Hits that are wanted.</param>
    /// <param name="of">Any moment of the library and how like the query it is, by its number; null: there is
    /// none.</param>
    /// <returns>At most so many hits, best first.</returns>
    public static IReadOnlyList<MergedHit> Of(IEnumerable<(Moment Moment, float Product)> ranked, int count,
        Func<long, (Moment Moment, float Product)?> of)
    {
        List<MergedHit> hits = [];
        foreach ((Moment moment, float product) in ranked)
        {
            if (hits.Any(hit => hit.Overlaps(moment))) continue;
            var next = new MergedHit(moment, product);
            foreach (int step in (int[])[-1, 1])
                for (int i = 1; i <= Reach && of(moment.Id + (i * step)) is { } other && next.Overlaps(other.Moment)
                    && !hits.Any(hit => hit.Overlaps(other.Moment)); i++)
                {
                    if (other.Product >= product - Slack) next.Join(other.Moment);
                }
            hits.Add(next);
            if (hits.Count == count) break;
        }
        return hits;
    }
}

/// <summary>A hit while moments join it.</summary>
internal sealed class MergedHit(Moment best, float product)
{
    public Moment Best => best;

    public float Product => product;

    public int FirstFrame { get; private set; } = best.FirstFrame;

    public int LastFrame { get; private set; } = best.LastFrame;

    public double Start { get; private set; } = best.Start;

    public double End { get; private set; } = best.End;

    public int Moments { get; private set; } = 1;

    public bool Overlaps(Moment other) => other.VideoId == Best.VideoId && other.FirstFrame <= LastFrame
        && other.LastFrame >= FirstFrame;

    public void Join(Moment other)
    {
        (FirstFrame, LastFrame) = (Math.Min(FirstFrame, other.FirstFrame), Math.Max(LastFrame, other.LastFrame));
        (Start, End) = (Math.Min(Start, other.Start), Math.Max(End, other.End));
        Moments++;
    }
}
