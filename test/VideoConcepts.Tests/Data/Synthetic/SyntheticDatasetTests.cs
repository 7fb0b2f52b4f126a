using SkiaSharp;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Synthetic;

public sealed class SyntheticDatasetTests(SyntheticDatasetTests.Whole whole)
    : IClassFixture<SyntheticDatasetTests.Whole>
{
    private static readonly SyntheticOptions Tiny = new()
    {
        Width = 40,
        Height = 32,
        MinFrames = 3,
        MaxFrames = 5,
        TrainVideos = 24,
        LabelledTrainVideos = 16,
        TestVideos = 64,
    };

    [Fact]
    public void Generate_AnyNumberOfJobs_WritesTheSameBytes()
    {
        using var three = new WorkFolder();
        Generate(three.Path, Tiny, jobs: 3);
        WorkFolder.Contents(three.Path).ShouldBe(WorkFolder.Contents(whole.Folder.Path));
    }

    [Fact]
    public void Generate_OtherSeed_WritesOtherVideos()
    {
        using var two = new WorkFolder();
        Generate(two.Path, Tiny with { Seed = 2 }, jobs: 2);
        byte[] first = File.ReadAllBytes(whole.Folder["videos/train/000000/image_00001.jpg"]);
        File.ReadAllBytes(two["videos/train/000000/image_00001.jpg"]).ShouldNotBe(first);
    }

    [Fact]
    public void Generate_Lists_NameEveryFolderWithItsFrames()
    {
        SyntheticFiles files = whole.Files;
        foreach (var (list, split, count) in new[]
        {
            (files.Train, "train", 24), (files.AppearanceTest, "test", 64), (files.MotionTest, "test", 64),
        })
        {
            string[][] rows = Rows(list);
            rows.Length.ShouldBe(count);
            rows.Select(row => Path.GetFileName(row[0])).Order().ShouldBe(
                Directory.GetDirectories(whole.Folder["videos/" + split]).Select(Path.GetFileName).Order());
            rows.Select(row => row[0]).ShouldNotBe(rows.Select(row => row[0]).Order());
            foreach (string[] row in rows)
                Directory.GetFiles(whole.Folder[row[0]]).Select(Path.GetFileName).Order().ShouldBe(
                    Enumerable.Range(1, int.Parse(row[1])).Select(i => $"image_{i:D5}.jpg"));
        }
    }

    [Fact]
    public void Generate_Frames_AreJpegsOfTheSize()
    {
        using var codec = SKCodec.Create(whole.Folder["videos/test/000003/image_00002.jpg"]);
        codec.EncodedFormat.ShouldBe(SKEncodedImageFormat.Jpeg);
        (codec.Info.Width, codec.Info.Height).ShouldBe((40, 32));
    }

    [Fact]
    public void Generate_LabelledLists_AgreeWithTheFactorsAndAreBalanced()
    {
        SyntheticFiles files = whole.Files;
        var factors = Rows(files.Factors).Skip(1).ToDictionary(row => row[0]);
        var train = Rows(files.Train).Select(row => row[0]).ToHashSet();
        foreach (string list in new[] { files.AppearanceTrain, files.MotionTrain })
        {
            Rows(list).Length.ShouldBe(16);
            Rows(list).ShouldAllBe(row => train.Contains(row[0]));
        }

        foreach (string list in new[] { files.AppearanceTrain, files.AppearanceTest })
            Rows(list).ShouldAllBe(row =>
                Enum.Parse<AppearanceClass>(factors[row[0]][3]) == (AppearanceClass)int.Parse(row[2]));
        foreach (string list in new[] { files.MotionTrain, files.MotionTest })
            Rows(list).ShouldAllBe(row =>
                Enum.Parse<MotionClass>(factors[row[0]][4]) == (MotionClass)int.Parse(row[2]));
        foreach (string list in
            new[] { files.AppearanceTrain, files.AppearanceTest, files.MotionTrain, files.MotionTest })
        {
            var perClass = Rows(list).CountBy(row => row[2]).ToArray();
            perClass.Length.ShouldBe(8);
            perClass.ShouldAllBe(count => count.Value == Rows(list).Length / 8);
        }
    }

    [Fact]
    public void Generate_HeldOutPairs_OccurInTestOnly()
    {
        SyntheticFiles files = whole.Files;
        string[][] rows = [.. Rows(files.Factors).Skip(1)];
        var heldOut = rows.Where(row => row[5] == "1").Select(row => (row[3], row[4])).ToHashSet();
        heldOut.Count.ShouldBe(12);
        rows.Count(row => row[1] == "train" && heldOut.Contains((row[3], row[4]))).ShouldBe(0);
        rows.Count(row => row[1] == "test" && row[5] == "0").ShouldBe(64 - 12);
    }

    [Fact]
    public void Generate_Boxes_CoverEveryFrameWithinItsEdges()
    {
        SyntheticFiles files = whole.Files;
        string[][] boxes = [.. Rows(files.Boxes).Skip(1)];
        int frames = Rows(files.Train).Concat(Rows(files.MotionTest)).Sum(row => int.Parse(row[1]));
        boxes.DistinctBy(row => (row[0], row[1])).Count().ShouldBe(frames);
        foreach (string[] row in boxes)
        {
            int[] box = [.. row.Skip(2).Select(int.Parse)];
            Math.Min(box[0], box[1]).ShouldBeGreaterThanOrEqualTo(0);
            Math.Min(box[2], box[3]).ShouldBeGreaterThan(0);
            (box[0] + box[2]).ShouldBeLessThanOrEqualTo(40);
            (box[1] + box[3]).ShouldBeLessThanOrEqualTo(32);
        }
    }

    [Fact]
    public void Generate_SameOptionsAgain_LeavesTheFolderAlone()
    {
        using var folder = new WorkFolder();
        Generate(folder.Path, Tiny, jobs: 2);
        string frame = folder["videos/train/000001/image_00001.jpg"];
        File.WriteAllText(frame, "touched");
        Generate(folder.Path, Tiny, jobs: 2);
        File.ReadAllText(frame).ShouldBe("touched");
    }

    [Fact]
    public void Generate_FolderOfOtherOptions_IsRefused()
    {
        Should.Throw<BadInputException>(() => Generate(whole.Folder.Path, Tiny with { Noise = 0 }, 2))
            .Message.ShouldContain("other options");
    }

    [Fact]
    public void Generate_FolderWithOtherFiles_IsRefusedUntouched()
    {
        using var folder = new WorkFolder();
        File.WriteAllText(folder["thesis.txt"], "mine");
        Should.Throw<BadInputException>(() => Generate(folder.Path, Tiny, 2))
            .Message.ShouldContain(folder.Path);
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["thesis.txt"]]);
    }

    [Fact]
    public void Generate_AfterAnInterruption_CompletesTheSameFiles()
    {
        using var interrupted = new WorkFolder();
        using var stop = new CancellationTokenSource();
        var progress = new Reports(done => { if (done == 10) stop.Cancel(); });
        Should.Throw<OperationCanceledException>(
            () => SyntheticDataset.Generate(interrupted.Path, Tiny, 2, progress, stop.Token));
        File.Exists(interrupted["synthetic.json"]).ShouldBeFalse();
        Generate(interrupted.Path, Tiny, jobs: 2);
        WorkFolder.Contents(interrupted.Path).ShouldBe(WorkFolder.Contents(whole.Folder.Path));
    }

    [Fact]
    public void Generate_Progress_CountsEveryVideo()
    {
        using var folder = new WorkFolder();
        var counts = new List<int>();
        Generate(folder.Path, Tiny, jobs: 3, new Reports(counts.Add));
        counts.ShouldBe(Enumerable.Range(1, 24 + 64));
    }

    private static SyntheticFiles Generate(
        string folder, SyntheticOptions options, int jobs, IProgress<int>? progress = null) =>
        SyntheticDataset.Generate(folder, options, jobs, progress, TestContext.Current.CancellationToken);

    private static string[][] Rows(string file) => [.. File.ReadLines(file).Select(line => line.Split(','))];

    /// <summary>The tiny data set by one job; made once, and not to be changed.</summary>
    public sealed class Whole : IDisposable
    {
        public Whole() => Files = Generate(Folder.Path, Tiny, jobs: 1);

        internal WorkFolder Folder { get; } = new();

        internal SyntheticFiles Files { get; }

        public void Dispose() => Folder.Dispose();
    }

    private sealed class Reports(Action<int> action) : IProgress<int>
    {
        public void Report(int value) => action(value);
    }
}
