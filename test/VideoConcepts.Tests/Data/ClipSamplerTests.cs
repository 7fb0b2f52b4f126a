using VideoConcepts.Data;

namespace VideoConcepts.Tests.Data;

public sealed class ClipSamplerTests
{
    [Fact]
    public void Positions_RateOne_AreConsecutive() =>
        ClipSampler.Positions(frameCount: 9, clips: 2, framesPerClip: 3, samplingRate: 1, start: 2)
            .ShouldBe([[2, 3, 4], [5, 6, 7]], Comparer);

    [Fact]
    public void Positions_HalfwayPositions_RoundToEven() =>
        ClipSampler.Positions(frameCount: 20, clips: 2, framesPerClip: 3, samplingRate: 2.5, start: 0)
            .ShouldBe([[0, 2, 5], [8, 10, 12]], Comparer); // 0, 2.5, 5, 7.5, 10, 12.5

    [Fact]
    public void Positions_PastTheEnd_StayAtTheLastFrame() =>
        ClipSampler.Positions(frameCount: 5, clips: 2, framesPerClip: 2, samplingRate: 1.25, start: 3)
            .ShouldBe([[3, 4], [4, 4]], Comparer);

    [Theory]
    [InlineData(32, 2, 16)]
    [InlineData(31, 2, 16)]
    [InlineData(0, 1, 1)]
    public void Positions_VideoNotLongerThanItsClips_Throws(int frameCount, int clips, int framesPerClip)
    {
        Should.Throw<ArgumentException>(() => ClipSampler.Positions(frameCount, clips, framesPerClip, 1, 0))
            .Message.ShouldContain("too short");
        var random = RandomStream.For(1);
        Should.Throw<ArgumentException>(() => ClipSampler.Sample(frameCount, clips, framesPerClip, 3, ref random))
            .Message.ShouldContain("too short");
    }

    [Theory]
    [InlineData(0.99)]
    [InlineData(double.NaN)]
    public void Sample_RateBelowOne_Throws(double rate)
    {
        var random = RandomStream.For(1);
        Should.Throw<ArgumentOutOfRangeException>(() => ClipSampler.Sample(100, 2, 16, rate, ref random));
    }

    [Fact]
    public void Sample_OfAStream_DrawsRateThenStartThenStaticFrame()
    {
        var drawn = RandomStream.For(7, 8, 9);
        double rate = drawn.NextDouble(1, 3);
        int start = drawn.NextInt(0, (int)Math.Floor(300 - (rate * 32)));
        int staticFrame = drawn.NextInt(0, 15);

        var random = RandomStream.For(7, 8, 9);
        ClipPositions sample = ClipSampler.Sample(300, 2, 16, 3, ref random);

        sample.Clips.ShouldBe(ClipSampler.Positions(300, 2, 16, rate, start), Comparer);
        sample.StaticFrame.ShouldBe(staticFrame);
        random.NextBits().ShouldBe(drawn.NextBits());
    }

    /// <summary>From the lowest rate to the highest, as far as the video is long enough.</summary>
    [Theory]
    [InlineData(1000, 4.0, 8.0)]
    [InlineData(160, 5.0, 5.0)] // 160 / 32
    public void Sample_WithALowestRate_StaysAboveIt(int frameCount, double least, double most)
    {
        double lowest = double.MaxValue, highest = 0;
        for (int key = 0; key < 500; key++)
        {
            var random = RandomStream.For(key);
            int[] all = [.. ClipSampler.Sample(frameCount, 2, 16, 8, ref random, least).Clips.SelectMany(clip => clip)];
            double rate = (all[^1] - all[0]) / 31.0;
            (lowest, highest) = (Math.Min(lowest, rate), Math.Max(highest, rate));
        }
        lowest.ShouldBeInRange(least - 0.1, least + 0.2);
        highest.ShouldBeInRange(most - 0.2, most + 0.1);
    }

    [Theory]
    [InlineData(33, 3.0)]
    [InlineData(34, 1.0)]
    [InlineData(64, 3.0)]
    [InlineData(250, 3.0)]
    public void Sample_ManyStreams_StayInTheVideoAndReachBothEnds(int frameCount, double rate)
    {
        int lowest = int.MaxValue, highest = 0;
        var staticFrames = new HashSet<int>();
        for (int key = 0; key < 2000; key++)
        {
            var random = RandomStream.For(key);
            ClipPositions sample = ClipSampler.Sample(frameCount, 2, 16, rate, ref random);
            int[] all = [.. sample.Clips.SelectMany(clip => clip)];
            all.Zip(all.Skip(1), (one, next) => next - one).All(step => step >= 0 && step <= Math.Ceiling(rate))
                .ShouldBeTrue();
            (lowest, highest) = (Math.Min(lowest, all[0]), Math.Max(highest, all[^1]));
            staticFrames.Add(sample.StaticFrame);
        }
        lowest.ShouldBe(0);
        highest.ShouldBeInRange(frameCount - 3, frameCount - 1); // the very last only at the lowest rates
        staticFrames.Order().ShouldBe(Enumerable.Range(0, 16));
    }

    private static readonly IEqualityComparer<int[]> Comparer =
        EqualityComparer<int[]>.Create((a, b) => a!.AsSpan().SequenceEqual(b), clip => clip.Length);
}
