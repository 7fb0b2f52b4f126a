using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

/// <summary>Of videos with cuts anywhere and any way to cut them into windows.</summary>
[Properties(Replay = "20261126,9", MaxTest = 200)]
public sealed class EvaluationClipsPropertyTests
{
    private static readonly Gen<Shots> Videos =
        from frames in Gen.Choose(1, 150)
        from cuts in Gen.ListOf(Gen.Choose(1, 160)).Resize(4)
        select new Shots(frames, [.. cuts.Distinct().Order()]);

    private static readonly Gen<ClipOptions> Options =
        from frames in Gen.Choose(2, 20)
        from stride in Gen.Choose(1, 3)
        from windows in Gen.Choose(0, 8)
        from uniform in Gen.Elements(false, true)
        from andMiddle in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new ClipOptions
        {
            Frames = frames,
            FrameStride = stride,
            MaxWindows = windows == 0 ? null : windows,
            Uniform = uniform,
            AndMiddle = andMiddle,
        };

    private static Property Check(Action<Shots, ClipOptions> check) =>
        Prop.ForAll(Videos.ToArbitrary(), Options.ToArbitrary(), check);

    [Property]
    public Property Positions_OfEveryWindow_AreInOneShotAndSpacedByTheStride() => Check((video, options) =>
    {
        var positions = new int[options.Frames];
        foreach (int start in EvaluationClips.WindowStarts(video, options))
        {
            EvaluationClips.Positions(video, start, options, positions);
            Shot shot = video.All.Single(s => s.First <= start && start < s.End);
            (positions.Min() >= start && positions.Max() < shot.End).ShouldBeTrue();
            // The first frame again and again, and from there on every stride-th; of a long shot never twice.
            int padding = positions.Count(position => position == start) - 1;
            positions.ShouldBe(Enumerable.Range(0, options.Frames)
                .Select(i => start + (Math.Max(0, i - padding) * options.FrameStride)));
            int reach = (shot.End - start + options.FrameStride - 1) / options.FrameStride;
            padding.ShouldBe(Math.Max(0, options.Frames - reach));
            if (shot.Count >= options.Span) padding.ShouldBe(0);
        }
    });

    [Property]
    public Property WindowStarts_OfAnyVideo_RiseAndAreAsManyAsAskedFor() => Check((video, options) =>
    {
        int[] starts = EvaluationClips.WindowStarts(video, options);
        for (int i = 1; i < starts.Length; i++) starts[i].ShouldBeGreaterThan(starts[i - 1]);
        EvaluationClips.CountWindows(video, options).ShouldBe(starts.Length);
        if (EvaluationClips.IsDropped(video, options))
        {
            starts.ShouldBeEmpty();
            return;
        }
        starts.ShouldNotBeEmpty();
        if (options.AndMiddle) starts.ShouldContain(EvaluationClips.MiddleStart(video, options));
        if (options.AndMiddle || options.MaxWindows is not { } most) return;
        int possible = options.Uniform ? Kept(video, options).Sum(shot => LastStart(shot, options) + 1)
            : EvaluationClips.WindowStarts(video, options with { MaxWindows = null }).Length;
        starts.Length.ShouldBe(Math.Min(most, possible));
    });

    [Property]
    public Property WindowStarts_WithoutALimit_CoverEveryShotThatIsLongEnough() => Check((video, options) =>
    {
        int[] starts = EvaluationClips.WindowStarts(video, options with { MaxWindows = null, AndMiddle = false });
        int step = Math.Max(1, (options.Span / 2) - 1), taken = 0;
        foreach (Shot shot in Kept(video, options))
        {
            int[] own = [.. starts.Where(start => start >= shot.First && start < shot.End)];
            own.ShouldBe(Enumerable.Range(0, own.Length).Select(i => shot.First + (i * step)));
            own[^1].ShouldBeLessThanOrEqualTo(shot.First + LastStart(shot, options));
            (own[^1] + step).ShouldBeGreaterThan(shot.First + LastStart(shot, options));
            taken += own.Length;
        }
        taken.ShouldBe(starts.Length);
    });

    private static Shot[] Kept(Shots video, ClipOptions options) =>
        [.. video.All.Where(shot => shot.Count > (options.Span / 2) + 1)];

    private static int LastStart(Shot shot, ClipOptions options) => Math.Max(0, shot.Count - options.Span);
}
