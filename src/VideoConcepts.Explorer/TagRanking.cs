using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>What else is like the moments of a tag.</summary>
internal static class TagRanking
{
    private const int SecondsApart = 2; // of moments of one video that are shown

    public static RankAnswer Of(Request request, RankRequest asked, CancellationToken stop)
    {
        string tag = TagApi.Name(asked.Tag, 100, required: true)!;
        int[] tagged = [.. request.Tags.MomentsOf(tag)];
        if (tagged.Length == 0) throw new RefusedException(404, $"No moment has the tag {tag}.");
        int[] against = [.. (asked.Not ?? []).Select(request.Place).Except(tagged)];
        LibraryView view = request.View;
        MomentProbe probe = MomentProbe.Train(view.Matrix, Columns(view.Header, asked.Part ?? "both"), view.VideoOf,
            tagged, against, stop);
        HashSet<int> known = [.. tagged, .. against];
        var seen = new HashSet<(int, int)>();
        var best = Enumerable.Range(0, view.Moments.Length).Where(i => !known.Contains(i))
            .OrderByDescending(i => probe.Scores[i])
            .Where(i => seen.Add((view.VideoOf[i], (int)(view.Moments[i].Start / SecondsApart))))
            .Take(Math.Clamp(asked.Top ?? 36, 1, 200));
        return new(tagged.Length, probe.HeldOut,
            [.. best.Select(i => new RankedAnswer(request.Moment(i), probe.Scores[i]))]);
    }

    private static (int First, int Count) Columns(LibraryHeader header, string part) => part switch
    {
        "static" => (0, header.LookSize),
        "dynamic" when header.MotionSize == 0 =>
            throw new RefusedException(400, "The model of this library tells nothing of motion."),
        "dynamic" => (header.LookSize, header.MotionSize),
        "both" => (0, header.LookSize + header.MotionSize),
        _ => throw new RefusedException(400, "A probe reads static, dynamic or both."),
    };
}
