namespace VideoConcepts.Search;

/// <summary>Two moments of two videos that are alike, by their positions in the videos.</summary>
internal readonly record struct MomentMatch(int A, int B, float Similarity);

/// <summary>A part of a video.</summary>
internal readonly record struct VideoSpan(int Video, double Start, double End)
{
    /// <summary>Whether two parts of one video have half of the shorter one in common.</summary>
    public bool Shares(VideoSpan other) => Math.Min(End, other.End) - Math.Max(Start, other.Start)
        >= 0.5 * Math.Min(End - Start, other.End - other.Start);

    public bool Contains(VideoSpan other) => Start <= other.Start && End >= other.End;

    public VideoSpan With(VideoSpan other) => this with
    {
        Start = Math.Min(Start, other.Start),
        End = Math.Max(End, other.End),
    };
}

/// <summary>Parts of two videos that are alike all along at one time shift.</summary>
internal sealed record FoundStretch(VideoSpan A, VideoSpan B, double Similarity, int Moments)
{
    private const int MostShifts = 16, Gap = 2; // moments in a row that may be unlike

    /// <summary>
    /// The stretches of two videos: at each time shift that the matches have, the most frequent ones first, moments are
    /// held against those of the same time, or beside it. Of stretches that have half of the shorter one in common in
    /// both videos the longest is kept.
    /// </summary>
    /// <param name="a">A video.</param>
    /// <param name="momentsA">Its moments.</param>
    /// <param name="b">The other one.</param>
    /// <param name="momentsB">Its moments.</param>
    /// <param name="matches">Those of the two.</param>
    /// <param name="similarity">Of a moment of the first with one of the second, by their positions.</param>
    /// <param name="threshold">The least similarity of moments that are alike.</param>
    public static IReadOnlyList<FoundStretch> Of(int a, Moment[] momentsA, int b, Moment[] momentsB,
        IEnumerable<MomentMatch> matches, Func<int, int, float> similarity, double threshold)
    {
        double step = Math.Max(Step(momentsA), Step(momentsB));
        double[] startsB = [.. momentsB.Select(moment => moment.Start)];
        IEnumerable<double> shifts = matches.Select(match => momentsB[match.B].Start - momentsA[match.A].Start)
            .GroupBy(shift => Math.Round(shift / step)).OrderByDescending(near => near.Count()).ThenBy(near => near.Key)
            .Take(MostShifts).Select(near => near.Average());
        List<FoundStretch> kept = [];
        foreach (FoundStretch stretch in shifts.SelectMany(At).OrderByDescending(s => s.Moments)
            .ThenByDescending(s => s.Similarity))
            if (!kept.Any(other => other.A.Shares(stretch.A) && other.B.Shares(stretch.B))) kept.Add(stretch);
        return kept;

        IEnumerable<FoundStretch> At(double shift)
        {
            (VideoSpan A, VideoSpan B)? span = null;
            double sum = 0;
            int count = 0, last = 0;
            for (int i = 0; i < momentsA.Length; i++)
            {
                (int j, float alike) = Beside(i, shift);
                if (!(alike >= threshold)) continue;
                var now = (A: new VideoSpan(a, momentsA[i].Start, momentsA[i].End),
                    B: new VideoSpan(b, momentsB[j].Start, momentsB[j].End));
                if (span is { } before && i - last > Gap + 1)
                {
                    yield return new(before.A, before.B, sum / count, count);
                    (span, sum, count) = (null, 0, 0);
                }
                span = span is { } so ? (so.A.With(now.A), so.B.With(now.B)) : now;
                (sum, count, last) = (sum + alike, count + 1, i);
            }
            if (span is { } rest) yield return new(rest.A, rest.B, sum / count, count);
        }

        // The moment of the same time, or the one before or after it, that is most alike.
        (int Moment, float Similarity) Beside(int i, double shift)
        {
            double time = momentsA[i].Start + shift;
            int at = Array.BinarySearch(startsB, time);
            at = at < 0 ? ~at : at;
            (int, float) best = (0, float.NegativeInfinity);
            for (int j = Math.Max(0, at - 1); j <= Math.Min(startsB.Length - 1, at + 1); j++)
                if (Math.Abs(startsB[j] - time) <= step && similarity(i, j) is var alike && alike > best.Item2)
                    best = (j, alike);
            return best;
        }
    }

    // Seconds from moment to moment; of one moment alone half of it.
    private static double Step(Moment[] moments)
    {
        if (moments.Length < 2) return Math.Max(1e-3, (moments[0].End - moments[0].Start) / 2);
        double[] steps = [.. moments.Zip(moments.Skip(1)).Select(pair => pair.Second.Start - pair.First.Start).Order()];
        return Math.Max(1e-3, steps[steps.Length / 2]);
    }
}

/// <summary>Connects stretches that have parts in common.</summary>
internal static class DuplicateGroups
{
    public static IReadOnlyList<IReadOnlyList<FoundStretch>> Of(IReadOnlyList<FoundStretch> stretches)
    {
        int[] root = [.. Enumerable.Range(0, stretches.Count)];
        var spans = stretches.SelectMany((s, i) => new[] { (Span: s.A, Of: i), (Span: s.B, Of: i) });
        foreach (var video in spans.GroupBy(span => span.Span.Video))
        {
            List<(VideoSpan Span, int Of)> open = [];
            foreach ((VideoSpan span, int of) in video.OrderBy(s => s.Span.Start).ThenByDescending(s => s.Span.End))
            {
                open.RemoveAll(other => other.Span.End <= span.Start);
                foreach ((VideoSpan other, int with) in open)
                    if (span.Shares(other)) root[Root(of)] = Root(with);
                // one that lies within another of the same group connects nothing more
                if (!open.Any(other => other.Span.Contains(span) && Root(other.Of) == Root(of))) open.Add((span, of));
            }
        }
        return [.. stretches.Select((stretch, i) => (stretch, Root: Root(i))).GroupBy(s => s.Root)
            .Select(group => group.Select(s => s.stretch).ToList())];

        int Root(int at)
        {
            while (root[at] != at) at = root[at] = root[root[at]];
            return at;
        }
    }

    /// <summary>The parts of a group: those of one video that overlap are one.</summary>
    public static IEnumerable<VideoSpan> Parts(IEnumerable<FoundStretch> group)
    {
        foreach (var video in group.SelectMany(s => new[] { s.A, s.B }).GroupBy(span => span.Video)
            .OrderBy(video => video.Key))
        {
            VideoSpan? whole = null;
            foreach (VideoSpan span in video.OrderBy(span => span.Start))
            {
                if (whole is { } before && span.Start > before.End)
                {
                    yield return before;
                    whole = span;
                }
                else whole = whole?.With(span) ?? span;
            }
            yield return whole!.Value;
        }
    }
}
