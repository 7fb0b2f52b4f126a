using SkiaSharp;
using VideoConcepts.Data;
using VideoConcepts.Data.World;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.World;

public sealed class WorldDatasetTests
{
    private static readonly WorldOptions Tiny = new()
    {
        Videos = 12,
        Width = 40,
        Height = 32,
        MinFrames = 3,
        MaxFrames = 6,
    };

    [Fact]
    public void Generate_AnyNumberOfJobs_WritesTheSameBytes()
    {
        using WorkFolder one = new(), three = new();
        Generate(one.Path, Tiny, jobs: 1);
        Generate(three.Path, Tiny, jobs: 3);
        WorkFolder.Contents(three.Path).ShouldBe(WorkFolder.Contents(one.Path));
    }

    [Fact]
    public void Generate_List_NamesEveryFolderWithItsFrames()
    {
        using var folder = new WorkFolder();
        WorldFiles files = Generate(folder.Path, Tiny, jobs: 2);
        IReadOnlyList<VideoEntry> videos = VideoList.Read(files.List).Videos;
        videos.Count.ShouldBe(12);
        foreach (VideoEntry video in videos)
            Directory.GetFiles(video.Path).Select(Path.GetFileName).Order().ShouldBe(
                Enumerable.Range(1, video.FrameCount).Select(i => $"image_{i:D5}.jpg"));
        using var codec = SKCodec.Create(folder["videos/000003/image_00002.jpg"]);
        (codec.Info.Width, codec.Info.Height).ShouldBe((40, 32));
        File.ReadAllLines(files.Factors).Length.ShouldBe(13);
    }

    [Fact]
    public void Generate_AfterAStop_EndsWithTheSameBytes()
    {
        using WorkFolder whole = new(), stopped = new();
        Generate(whole.Path, Tiny, jobs: 1);
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => WorldDataset.Generate(stopped.Path, Tiny, jobs: 1,
            new InlineProgress<int>(n => { if (n == 4) stop.Cancel(); }), stop.Token));
        File.Delete(stopped["videos/000002/image_00003.jpg"]); // as where the video was under way
        string last = Directory.GetFiles(stopped["videos/000002"]).Order().LastOrDefault() ?? "";
        if (last.Length > 0) File.Delete(last);
        Generate(stopped.Path, Tiny, jobs: 2);
        WorkFolder.Contents(stopped.Path).ShouldBe(WorkFolder.Contents(whole.Path));
    }

    [Fact]
    public void Generate_OtherOptionsOrOtherFiles_IsRefused()
    {
        using WorkFolder folder = new(), other = new();
        Generate(folder.Path, Tiny, jobs: 1);
        Should.Throw<BadInputException>(() => Generate(folder.Path, Tiny with { Seed = 2 }, jobs: 1))
            .Message.ShouldContain("other options");
        File.WriteAllText(other["mine.txt"], "");
        Should.Throw<BadInputException>(() => Generate(other.Path, Tiny, jobs: 1))
            .Message.ShouldContain("not empty");
        Directory.GetFileSystemEntries(other.Path).Length.ShouldBe(1);
    }

    [Fact]
    public void Draw_ManyVideos_SpanTwoOrdersOfSpeedAndAllKinds()
    {
        WorldVideo[] videos = [.. Enumerable.Range(0, 2000).Select(i => WorldVideo.Draw(new WorldOptions(), i))];
        double[] speeds = [.. videos.SelectMany(v => v.Motions).Select(m => m.Speed).Order()];
        (speeds[^1] / speeds[0]).ShouldBeInRange(95, 100.001);
        videos.SelectMany(v => v.Motions).Select(m => m.Kind).Distinct().Count()
            .ShouldBe(Enum.GetValues<WorldMotionKind>().Length - 1); // things that stand still belong to the scene
        videos.Select(v => v.Camera.Kind).Distinct().Count().ShouldBe(Enum.GetValues<WorldCameraKind>().Length);
        // 70 % stand still or tremble: 1400 with a deviation of 20
        videos.Count(v => v.Camera.Kind is WorldCameraKind.Still or WorldCameraKind.Trembling)
            .ShouldBeInRange(1400 - 100, 1400 + 100);
    }

    [Theory]
    [InlineData(nameof(WorldMotionKind.Pass))]
    [InlineData(nameof(WorldMotionKind.Oscillate))]
    [InlineData(nameof(WorldMotionKind.Swing))]
    [InlineData(nameof(WorldMotionKind.Lift))]
    [InlineData(nameof(WorldMotionKind.Orbit))]
    [InlineData(nameof(WorldMotionKind.Bounce))]
    public void At_OfEachFrame_NothingMovesFasterThanItsSpeed(string name)
    {
        WorldMotionKind kind = Enum.Parse<WorldMotionKind>(name);
        var options = new WorldOptions();
        for (long seed = 0; seed < 50; seed++)
        {
            var random = RandomStream.For(seed);
            WorldMotion motion = WorldMotion.Draw(kind, options, 0.2, 60, ref random);
            // the ends of the thing; a bounce is four times as fast at the ground as on average, over twice the way
            double most = kind == WorldMotionKind.Bounce ? 2.01 : 1.01;
            for (int frame = 1; frame < 60; frame++)
            {
                WorldPose before = motion.At(frame - 1), now = motion.At(frame);
                double way = Math.Max(Way(before, now, 0.2), Way(before, now, -0.2));
                bool cameBack = Math.Abs(now.X - before.X) > 1 || Math.Abs(now.Y - before.Y) > 1;
                if (!cameBack) way.ShouldBeLessThan((most * motion.Speed) + 1e-9);
            }
        }
    }

    private static double Way(WorldPose a, WorldPose b, double end)
    {
        double x = b.X + (end * Math.Cos(b.Angle)) - a.X - (end * Math.Cos(a.Angle));
        double y = b.Y + (end * Math.Sin(b.Angle)) - a.Y - (end * Math.Sin(a.Angle));
        return Math.Sqrt((x * x) + (y * y));
    }

    private static WorldFiles Generate(string folder, WorldOptions options, int jobs) =>
        WorldDataset.Generate(folder, options, jobs, cancellation: TestContext.Current.CancellationToken);
}
