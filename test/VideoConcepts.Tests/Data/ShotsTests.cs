using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Data;

public sealed class ShotsTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Shots_OfAVideo_LieBetweenItsCuts()
    {
        var shots = new Shots(30, [1, 12, 30, 41]); // a list may name fewer frames than there are
        shots.All.ShouldBe([new Shot(0, 1), new Shot(1, 11), new Shot(12, 18)]);
        shots.Longest.ShouldBe(18);
        shots.IsWhole.ShouldBeFalse();
        shots.At(11).ShouldBe(new Shot(1, 11));
        shots.At(12).ShouldBe(new Shot(12, 18));
        ((Shots)30).All.ShouldBe([new Shot(0, 30)]);
        ((Shots)30).IsWhole.ShouldBeTrue();
    }

    [Fact]
    public void Draw_OfAVideoWithoutCuts_LeavesTheStreamAsItWas()
    {
        RandomStream drawn = RandomStream.For(3), other = RandomStream.For(3);
        ((Shots)30).Draw(8, ref drawn).ShouldBe(new Shot(0, 30));
        drawn.NextDouble().ShouldBe(other.NextDouble());
    }

    [Fact]
    public void Draw_OfShots_TakesLongEnoughOnesAsOftenAsTheyAreLong()
    {
        var shots = new Shots(60, [10, 30]); // 10, 20 and 30 frames
        RandomStream random = RandomStream.For(1);
        Dictionary<int, int> taken = new() { [0] = 0, [10] = 0, [30] = 0 };
        for (int i = 0; i < 5000; i++) taken[shots.Draw(10, ref random).First]++;
        taken[0].ShouldBe(0);
        (taken[30] / 5000.0).ShouldBe(0.6, 0.03);
        shots.Draw(50, ref random).ShouldBe(new Shot(30, 30));
    }

    [Theory]
    [InlineData(1, null, false)]
    [InlineData(2, null, false)]
    [InlineData(1, 3, false)]
    [InlineData(1, 5, true)]
    [InlineData(2, 1, true)]
    public void Windows_OfAVideoWithCuts_ReachAcrossNone(int stride, int? most, bool uniform)
    {
        var clips = new ClipOptions
        {
            Frames = 4,
            Size = 16,
            FrameStride = stride,
            MaxWindows = most,
            Uniform = uniform,
        };
        var video = new Shots(70, [2, 31, 36, 60]);
        int[] starts = EvaluationClips.WindowStarts(video, clips);
        starts.ShouldNotBeEmpty();
        starts.ShouldBe(starts.Order().Distinct());
        EvaluationClips.CountWindows(video, clips).ShouldBe(starts.Length);
        foreach (int start in starts.Append(EvaluationClips.MiddleStart(video, clips)))
        {
            var positions = new int[4];
            EvaluationClips.Positions(video, start, clips, positions);
            Shot shot = video.At(start);
            positions.ShouldAllBe(position => position >= shot.First && position < shot.End);
        }
        if (most is null) // each shot as a video of its own
            starts.ShouldBe(video.All.SelectMany(shot =>
                EvaluationClips.WindowStarts(shot.Count, clips).Select(start => shot.First + start)));
    }

    /// <summary>A shot shorter than a window is padded with its own first frame.</summary>
    [Fact]
    public void Positions_InAShotShorterThanAWindow_StayInIt()
    {
        var clips = new ClipOptions { Frames = 8, Size = 16 };
        var video = new Shots(40, [20, 26]);
        EvaluationClips.WindowStarts(video, clips).ShouldContain(20);
        var positions = new int[8];
        EvaluationClips.Positions(video, 20, clips, positions);
        positions.ShouldBe([20, 20, 20, 21, 22, 23, 24, 25]);
    }

    [Fact]
    public void IsDropped_GoesByTheLongestShot()
    {
        var clips = new ClipOptions { Frames = 8, Size = 16 };
        EvaluationClips.IsDropped(new Shots(20, [5, 10, 15]), clips).ShouldBeTrue();
        EvaluationClips.WindowStarts(new Shots(20, [5, 10, 15]), clips).ShouldBeEmpty();
        EvaluationClips.IsDropped(new Shots(20, [5, 11, 15]), clips).ShouldBeFalse();
    }

    public static TheoryData<string> Builders => ["concepts", "multilevel", "classifier"];

    [Theory]
    [MemberData(nameof(Builders))]
    public void Build_OfAVideoWithCuts_ReadsFramesOfOneShot(string kind)
    {
        IClipBuilder builder = kind switch
        {
            "concepts" => new ClipsAndStills(2, 4, 16, 2),
            "multilevel" => new MultiLevelClips(4, 16, 2),
            _ => new ClassifierClips(new ClipOptions { Frames = 4, Size = 16, FrameStride = 2 }),
        };
        VideoEntry video = new("video", 60, 0, "train.csv", 1) { Cuts = [3, 20, 41] };
        HashSet<Shot> seen = [];
        for (int seed = 0; seed < 60; seed++)
        {
            var reader = new PatternReader();
            RandomStream random = RandomStream.For(seed);
            builder.Build(video, reader, ref random, new byte[3 * 4 * 3 * 16 * 16], new byte[2 * 3 * 16 * 16]);
            seen.Add(reader.Positions.Select(video.Shots.At).Distinct().ShouldHaveSingleItem());
        }
        seen.Order(Comparer<Shot>.Create((a, b) => a.First - b.First)).Select(shot => shot.First).ShouldBe([3, 20, 41]);
    }

    [Fact]
    public void List_OfFoldersWithCuts_KnowsThemUnlessToldToLookAcross()
    {
        string list = List("3\n\n 8\n");
        VideoList read = VideoList.Read(list), across = VideoList.Read(list, acrossCuts: true);
        read.Videos[1].Shots.All.Select(shot => shot.First).ShouldBe([0, 2, 7]);
        read.Videos[0].Shots.IsWhole.ShouldBeTrue();
        read.Videos[1].ShouldBe(read.Videos[1]);
        across.Videos[1].Shots.IsWhole.ShouldBeTrue();
        read.Hash().ShouldNotBe(across.Hash());
        List("3\n");
        VideoList.Read(list).Hash().ShouldNotBe(read.Hash());
        VideoSelection.Longer(read.Videos, 7).Longer.ShouldHaveSingleItem().Line.ShouldBe(1);
    }

    [Theory]
    [InlineData("1\n", 1)]
    [InlineData("4\nsix\n", 2)]
    [InlineData("4\n4\n", 2)]
    public void List_WithAFileThatIsNoListOfCuts_IsRefusedByItsLine(string cuts, int line)
    {
        string list = List(cuts);
        Should.Throw<BadInputException>(() => VideoList.Read(list)).Message
            .ShouldStartWith($"{_work["b/cuts.txt"]}:{line}: ");
        VideoList.Read(list, acrossCuts: true).Videos.Count.ShouldBe(2);
    }

    // Two videos of ten frames, of which the second has cuts.
    private string List(string cuts)
    {
        Directory.CreateDirectory(_work["b"]);
        File.WriteAllText(_work["b/cuts.txt"], cuts);
        File.WriteAllText(_work["list.csv"], "a,10\nb,10\n");
        return _work["list.csv"];
    }
}
