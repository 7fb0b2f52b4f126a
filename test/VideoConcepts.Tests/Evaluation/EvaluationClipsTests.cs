using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Evaluation;

public sealed class EvaluationClipsTests
{
    private static readonly ClipOptions Seq16 = new() { Frames = 16 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    public void WindowStarts_AtMostHalfAWindowAndOne_DropsTheVideo(int frames)
    {
        EvaluationClips.IsDropped(frames, Seq16).ShouldBeTrue();
        EvaluationClips.WindowStarts(frames, Seq16).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10, new[] { 0 })]
    [InlineData(16, new[] { 0 })]
    [InlineData(17, new[] { 0 })]
    [InlineData(22, new[] { 0 })]
    [InlineData(23, new[] { 0, 7 })]
    [InlineData(31, new[] { 0, 7, 14 })]
    [InlineData(32, new[] { 0, 7, 14 })]
    [InlineData(33, new[] { 0, 7, 14 })]
    public void WindowStarts_KnownLengths_StepByHalfAWindowLessOne(int frames, int[] starts) =>
        EvaluationClips.WindowStarts(frames, Seq16).ShouldBe(starts);

    [Fact]
    public void WindowStarts_LongVideo_CoverItAll()
    {
        int[] starts = EvaluationClips.WindowStarts(1000, Seq16);
        starts.Length.ShouldBe(141);
        starts[^1].ShouldBe(980);
    }

    [Theory]
    [InlineData(1, new[] { 490 })]
    [InlineData(2, new[] { 0, 980 })]
    [InlineData(3, new[] { 0, 490, 980 })]
    [InlineData(5, new[] { 0, 245, 490, 735, 980 })]
    public void WindowStarts_MaxWindows_SpreadEvenly(int most, int[] starts) =>
        EvaluationClips.WindowStarts(1000, Seq16 with { MaxWindows = most }).ShouldBe(starts);

    [Fact]
    public void WindowStarts_AnySetting_AreAscendingDistinctAndInside()
    {
        for (int frames = 0; frames < 120; frames++)
            foreach (int? most in new int?[] { null, 1, 2, 4, 1000 })
                foreach (ClipOptions options in new[]
                {
                    new ClipOptions { Frames = 2, MaxWindows = most },
                    new ClipOptions { Frames = 8, FrameStride = 3, MaxWindows = most },
                    new ClipOptions { Frames = 5, FrameStride = 2, MaxWindows = most },
                })
                {
                    int[] starts = EvaluationClips.WindowStarts(frames, options);
                    starts.Length.ShouldBeLessThanOrEqualTo(most ?? int.MaxValue);
                    EvaluationClips.CountWindows(frames, options).ShouldBe(starts.Length);
                    ClipOptions uniform = options with { Uniform = true };
                    foreach (ClipOptions other in (ClipOptions[])[uniform, options with { AndMiddle = true },
                        uniform with { AndMiddle = true }])
                        EvaluationClips.CountWindows(frames, other)
                            .ShouldBe(EvaluationClips.WindowStarts(frames, other).Length);
                    var positions = new int[options.Frames];
                    for (int i = 0; i < starts.Length; i++)
                    {
                        if (i > 0) starts[i].ShouldBeGreaterThan(starts[i - 1]);
                        EvaluationClips.Positions(frames, starts[i], options, positions);
                        positions.All(p => p >= 0 && p < frames).ShouldBeTrue();
                    }
                }
    }

    [Fact]
    public void Positions_ShortVideo_RepeatsTheFirstFrameInFront()
    {
        var positions = new int[16];
        EvaluationClips.Positions(10, 0, Seq16, positions);
        positions.ShouldBe([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    [Fact]
    public void Positions_Stride_SkipsFrames()
    {
        var positions = new int[4];
        EvaluationClips.Positions(20, 5, new ClipOptions { Frames = 4, FrameStride = 3 }, positions);
        positions.ShouldBe([5, 8, 11, 14]);
    }

    public static TheoryData<string, ClipOptions> Wrong => new()
    {
        { "--seq is ", new ClipOptions { Frames = 1 } },
        { "--seq is ", new ClipOptions { Frames = 100_000_000 } },
        { "--img_dim is ", new ClipOptions { Size = 65_536 } },
        { "--stride is ", new ClipOptions { FrameStride = int.MaxValue } },
        { "--windows is ", new ClipOptions { MaxWindows = int.MaxValue, Uniform = true } },
        { "more than 2 GB", new ClipOptions { Frames = 4096, Size = 1024 } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Options_OutOfRange_NameTheOption(string name, ClipOptions options) =>
        Should.Throw<BadInputException>(options.Validated).Shown().ShouldContain(name);

    [Theory]
    [InlineData(int.MaxValue, 1, "BatchSize is 2147483647: give 1 to 4096.")]
    [InlineData(1, int.MaxValue, "Workers is 2147483647: give 1 to 1024.")]
    public void Extraction_OutOfRange_NamesTheOption(int batch, int workers, string expected) =>
        Should.Throw<BadInputException>(new ExtractionOptions
        {
            BatchSize = batch,
            Workers = workers
        }.Validated).Message.ShouldBe(expected);
}
