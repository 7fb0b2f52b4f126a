using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Learning;

namespace VideoConcepts.Tests.Learning;

public sealed class VideoStatisticsTests
{
    [Fact]
    public void Lengths_AreThoseOfTheLongestShots()
    {
        VideoEntry[] videos = [.. Enumerable.Range(1, 11).Select(i => Video(10 * i))];
        videos[10] = videos[10] with { Cuts = [100] };
        VideoStatistics found = Look(videos, (_, _) => 0);
        (found.Videos, found.Shortest, found.Median).ShouldBe((11, 20, 60));
    }

    [Theory]
    [InlineData(1, 16)] // of one level a frame: half of what changes in 32 frames
    [InlineData(0.25, 16)]
    public void Settled_OfASteadyChange_IsHalfOfTheFarthest(double levels, int settled) =>
        Look([Video(100)], (position, _) => 20 + (levels * position)).Settled.ShouldBe(settled);

    [Fact]
    public void Settled_OfFlicker_IsOneFrame() =>
        Look([Video(100)], (position, _) => RandomStream.For(1, position).NextInt(0, 255)).Settled.ShouldBe(1);

    [Fact]
    public void Still_IsTheShareOfThePictureThatStays()
    {
        // the left quarter moves
        double still = Look([Video(100)], (position, x) => x < 12 ? 4 * (position % 60) : 77).Still;
        still.ShouldBe(0.75, 0.001);
        Look([Video(100)], (_, _) => 5).Still.ShouldBe(1);
    }

    [Fact]
    public void Changes_AcrossACut_AreNotSeen()
    {
        VideoEntry video = Video(100) with { Cuts = [50] };
        VideoStatistics found = Look([video], (position, _) => position < 50 ? 10 : 200);
        found.Still.ShouldBe(1);
    }

    [Fact]
    public void Changes_OfShortVideos_AreTakenForMuch()
    {
        VideoStatistics found = Look([Video(20)], (_, _) => 5);
        (found.Settled, found.Still).ShouldBe((1, 0));
    }

    private static VideoEntry Video(int frames) => new($"/videos/{frames}", frames, null, "list.csv", 1);

    private static VideoStatistics Look(VideoEntry[] videos, Func<int, int, double> level) =>
        VideoStatistics.Of(videos, () => new LevelReader(level), TestContext.Current.CancellationToken);

    /// <summary>Grey pictures of 48×24, of a level that depends on frame and column.</summary>
    private sealed class LevelReader(Func<int, int, double> level) : IFrameReader
    {
        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
        {
            destination.Resize(48, 24);
            for (int i = 0; i < 48 * 24; i++)
                destination.Pixels.Slice(3 * i, 3).Fill((byte)Math.Clamp(level(position, i % 48), 0, 255));
        }

        public void Dispose()
        {
        }
    }
}
