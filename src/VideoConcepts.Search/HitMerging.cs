namespace VideoConcepts.Search;

/// <summary>
/// Makes one hit of moments that overlap in one video. Goes down the ranking: a moment that overlaps a hit and is
/// nearly as like the query joins it and makes it longer, a less similar one is left out; another begins a new hit.
/// Ends where no hit can become longer, or with what was found.
/// </summary>
internal static class HitMerging
{
    /// <summary>How much less similar than the best of a hit a moment may be that joins it.</summary>
    internal const float Slack = 0.03f;

    /// <param name="ranked">Moments, best first.</param>
    /// <param name="count">Hits that are wanted.</param>
    /// <param name="isAll">Whether there are no more moments than those.</param>
    /// <returns>The hits, or null where more moments are needed to know them.</returns>
    public static IReadOnlyList<MergedHit>? Of(IEnumerable<(Moment Moment, float Product)> ranked, int count,
        bool isAll)
    {
        List<MergedHit> hits = [];
        bool isFull = false;
        foreach ((Moment moment, float product) in ranked)
        {
            var hit = new MergedHit(moment, product);
            if (isFull && product < hits[^1].Product - Slack) return hits;
            MergedHit[] touched = [.. hits.Where(hit.Overlaps)];
            if (touched.Length == 0)
            {
                isFull |= hits.Count == count;
                if (!isFull) hits.Add(hit);
                continue;
            }
            touched = [.. touched.Where(other => product >= other.Product - Slack)];
            if (touched.Length == 0) continue;
            // it may be what lies between two hits: they become one, in the place of the better
            touched[0].Join(hit);
            foreach (MergedHit other in touched.Skip(1))
            {
                touched[0].Join(other);
                hits.Remove(other);
            }
        }
        return isAll || isFull ? hits : null;
    }
}

/// <summary>A hit while others join it.</summary>
internal sealed class MergedHit(Moment best, float product)
{
    public Moment Best => best;

    public float Product => product;

    public int FirstFrame { get; private set; } = best.FirstFrame;

    public int LastFrame { get; private set; } = best.LastFrame;

    public double Start { get; private set; } = best.Start;

    public double End { get; private set; } = best.End;

    public int Moments { get; private set; } = 1;

    public bool Overlaps(MergedHit other) => other.Best.VideoId == Best.VideoId && other.FirstFrame <= LastFrame
        && other.LastFrame >= FirstFrame;

    public void Join(MergedHit other)
    {
        (FirstFrame, LastFrame) = (Math.Min(FirstFrame, other.FirstFrame), Math.Max(LastFrame, other.LastFrame));
        (Start, End) = (Math.Min(Start, other.Start), Math.Max(End, other.End));
        Moments += other.Moments;
    }
}
