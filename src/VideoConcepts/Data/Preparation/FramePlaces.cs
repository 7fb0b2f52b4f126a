namespace VideoConcepts.Data.Preparation;

/// <summary>Which frames of a damaged video are lost: those that its container has and decoding did not give.</summary>
/// <param name="Times">Time stamps of all frames, in the order in which they are shown.</param>
/// <param name="Lost">Positions, from 0, of those that were not decoded.</param>
internal sealed record FramePlaces(IReadOnlyList<long> Times, IReadOnlySet<int> Lost)
{
    private const string Unknown = "its time stamps do not tell which frames are lost";

    // More frames than any coding shows later than it stores them.
    private const int Reordered = 16;

    /// <summary>Finds them.</summary>
    /// <param name="packets">What the container has.</param>
    /// <param name="decoded">Time stamps of the decoded frames, in the order in which they were given.</param>
    /// <param name="endIsMissing">Whether the file ends too early.</param>
    /// <returns>The places, or why they cannot be told.</returns>
    public static (FramePlaces? Places, string? Reason) Find(VideoPackets packets, IReadOnlyList<long> decoded,
        bool endIsMissing)
    {
        long[] there = [.. packets.Times.OfType<long>().Distinct().Order()];
        if (there.Length == 0 || there.Length < packets.Times.Count) return (null, Unknown);
        double? step = Step(there);
        List<long>? times;
        if (packets.Counted is { } counted)
        {
            times = counted < there.Length ? null : Completed(packets, there, step, counted - there.Length);
        }
        else
        {
            if (endIsMissing) return (null, "its end is missing, and nothing tells how many frames that was");
            times = step is { } even ? Filled(there, even, long.MinValue, int.MaxValue) : null;
        }
        if (times is null) return (null, Unknown);
        var known = times.Index().ToDictionary(time => time.Item, time => time.Index);
        var lost = Enumerable.Range(0, times.Count).ToHashSet();
        int last = -1;
        foreach (long time in decoded)
        {
            // Twice the same, or out of order: what was decoded is not what the container says.
            if (!known.TryGetValue(time, out int place) || place <= last) return (null, Unknown);
            lost.Remove(last = place);
        }
        return (new FramePlaces(times, lost), null);
    }

    // The container's own list is to be trusted; only of a missing end nothing but the number is known. There, what is
    // shown before frames that are still there leaves a gap.
    private static List<long>? Completed(VideoPackets packets, long[] there, double? step, int missing)
    {
        if (missing == 0) return [.. there];
        bool ordered = packets.Times.Zip(packets.Times.Skip(1)).All(pair => pair.First < pair.Second);
        if (step is null && !ordered) return null;
        long settled = packets.Times.SkipLast(Reordered).Max() ?? long.MinValue;
        List<long> times = step is null || ordered ? [.. there] : Filled(there, step.Value, settled, missing);
        long each = (long)Math.Max(1, Math.Round(step ?? 1));
        while (times.Count < there.Length + missing) times.Add(times[^1] + each);
        return times;
    }

    private static List<long> Filled(long[] there, double step, long after, int most)
    {
        List<long> times = [there[0]];
        foreach ((long before, long next) in there.Zip(there.Skip(1)))
        {
            long gap = (long)Math.Round((next - before) / step);
            for (long i = 1; i < gap && before >= after && most > 0; i++, most--)
                times.Add(before + (long)Math.Round(i * step));
            times.Add(next);
        }
        return times;
    }

    /// <summary>The time from frame to frame, if it is the same everywhere but for gaps of whole frames.</summary>
    private static double? Step(long[] there)
    {
        if (there.Length < 3) return null;
        long[] gaps = [.. there.Zip(there.Skip(1)).Select(pair => pair.Second - pair.First)];
        long usual = gaps.Order().ElementAt(gaps.Length / 2);
        double step = gaps.Where(gap => gap < 1.5 * usual).Average();
        double[] at = new double[there.Length];
        for (int i = 1; i < at.Length; i++) at[i] = at[i - 1] + Math.Max(1, Math.Round(gaps[i - 1] / step));
        step = (there[^1] - there[0]) / at[^1];
        double rounding = Math.Min(2, step / 4); // of time stamps in milliseconds
        return there.Zip(at).All(frame => Math.Abs(frame.First - there[0] - (frame.Second * step)) <= rounding)
            ? step : null;
    }
}
