using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

[Collection(nameof(FfmpegTests))]
public sealed class DatasetPreparationTests(InstalledFfmpeg installed) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Folder_WithoutClasses_GivesFramesAndAnUnlabelledList()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("b.mp4", 5), ("a.avi", 4), ("a.mp4", 3), ("more/C.MKV", 2));

        PreparationResult result = await PrepareAsync(ffmpeg);

        (result.Done, result.Skipped, result.Failed, result.Frames).ShouldBe((4, 0, 0, 14));
        File.ReadAllText(_work["out/videos.csv"])
            .ShouldBe("frames/a.avi,4\nframes/a.mp4,3\nframes/b,5\nframes/more/C,2\n");
        File.Exists(_work["out/frames/more/C/image_00002.jpg"]).ShouldBeTrue();
        result.Lists.ShouldBe([_work["out/videos.csv"]]);
        result.OutsideClasses.ShouldBe(3);
        Directory.GetFileSystemEntries(_work["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["frames", "prepare-report.json", "videos.csv"]);
    }

    [Fact]
    public async Task Folder_WithClasses_GivesALabelledListToo()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("run/2.mp4", 2), ("Walk/1.mp4", 3), ("run/1.mp4", 4));

        PreparationResult result = await PrepareAsync(ffmpeg);

        result.Plan.Classes.ShouldBe(["Walk", "run"]);
        File.ReadAllText(_work["out/classes.txt"]).ShouldBe("Walk\nrun\n");
        File.ReadAllText(_work["out/labelled.csv"]).ShouldBe("frames/Walk/1,3,0\nframes/run/1,4,1\nframes/run/2,2,1\n");
        File.ReadAllText(_work["out/videos.csv"]).ShouldBe("frames/Walk/1,3\nframes/run/1,4\nframes/run/2,2\n");
    }

    [Fact]
    public async Task Folder_WithAClassList_TakesItsIndices()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("run/1.mp4", 2));
        File.WriteAllText(_work["classes.txt"], "sit\nWalk\nrun\n");

        await PrepareAsync(ffmpeg, options => options with { ClassList = _work["classes.txt"] });

        File.ReadAllText(_work["out/labelled.csv"]).ShouldBe("frames/run/1,2,2\n");
        File.ReadAllText(_work["out/classes.txt"]).ShouldBe("sit\nWalk\nrun\n");
    }

    [Fact]
    public async Task Names_ThatAreOdd_Survive()
    {
        Ffmpeg ffmpeg = installed.Required;
        string[] names =
        [
            "-lead", " two  spaces ", "#1 (best!) & more", "comma, and 'quotes' \"double\"", "Größe 日本 🎬", "100%d %05d",
            "back\\slash", "a:b*?[c]", "$HOME `x`; rm",
        ];
        foreach (string name in names) MakeVideos(($"class {name}/{name}.mp4", 2));

        PreparationResult result = await PrepareAsync(ffmpeg);

        result.Failed.ShouldBe(0);
        foreach (string name in names)
            File.Exists(_work[$"out/frames/class {name}/{name}/image_00002.jpg"]).ShouldBeTrue(name);
        string[] lines = File.ReadAllLines(_work["out/videos.csv"]);
        lines.ShouldContain("\"frames/class comma, and 'quotes' \"\"double\"\"/comma, and 'quotes' \"\"double\"\"\",2");
        lines.ShouldContain("frames/class Größe 日本 🎬/Größe 日本 🎬,2");
        lines.ShouldContain("\"frames/class  two  spaces / two  spaces \",2");
        File.ReadAllText(_work["out/prepare-report.json"]).ShouldContain("Größe 日本");
    }

    [Fact]
    public async Task Files_ThatFail_AreNamedAndTheOthersDone()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("good.mp4", 3), ("short.mp4", 4), ("line\nbreak.mp4", 2));
        File.WriteAllText(_work["in/text\n\u001b[31m.mp4"], "no video");
        File.WriteAllText(_work["in/text.mp4"], "no video");
        File.WriteAllText(_work["in/zero.webm"], "");
        File.CreateSymbolicLink(_work["in/gone.mkv"], _work["nowhere.mkv"]);

        PreparationResult result = await PrepareAsync(ffmpeg);

        (result.Done, result.Failed).ShouldBe((3, 4));
        File.ReadAllText(_work["out/videos.csv"]).ShouldBe("frames/good,3\nframes/line\\nbreak,2\nframes/short,4\n");
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(result.Report));
        report.RootElement.GetProperty("failed").EnumerateArray()
            .Select(failed => failed.GetProperty("video").GetString())
            .ShouldBe(["gone.mkv", "text.mp4", "text\\n\\u001b[31m.mp4", "zero.webm"]);
        report.RootElement.GetProperty("failed")[1].GetProperty("reason")
            .GetString()!.ShouldContain("moov atom not found");
        report.RootElement.GetProperty("failed")[2].GetProperty("reason")
            .GetString()!.ShouldBe("text\\n\\u001b[31m.mp4: Invalid data found when processing input");
        report.RootElement.GetProperty("counts").GetProperty("smallerThanShortSide").GetInt32().ShouldBe(3);
        report.RootElement.GetProperty("options").GetProperty("jpegQuality").GetInt32().ShouldBe(95);
        report.RootElement.GetProperty("ffmpeg").GetString().ShouldBe(ffmpeg.Version);
        Directory.GetDirectories(_work["out/frames"]).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Files_ThatAllFail_LeaveNoList()
    {
        Ffmpeg ffmpeg = installed.Required;
        File.WriteAllText(_work.NewFile("in/a/text.mp4"), "no video");

        PreparationResult result = await PrepareAsync(ffmpeg);

        (result.Failed, result.Lists.Count).ShouldBe((1, 0));
        Directory.GetFiles(_work["out"], "*.csv").ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_InterruptedAndRepeated_GivesWhatAnUndisturbedOneGives()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos([.. Enumerable.Range(1, 4).Select(i => ($"c{i % 2}/v{i}.mp4", 2 + i))]);
        await PrepareAsync(ffmpeg); // lists of an earlier run, about to be out of date
        var smaller = new FrameOptions { ShortSide = 32 };
        using var stop = new CancellationTokenSource();
        var counter = new SynchronousProgress(report =>
        {
            if (report.Done == 2) stop.Cancel();
        });

        await Should.ThrowAsync<OperationCanceledException>(() => PrepareAsync(
            ffmpeg, options => options with { Frames = smaller, Jobs = 1 }, counter, stop.Token));
        Directory.GetFiles(_work["out"]).ShouldBe([_work["out/prepare-report.json"]]);
        File.ReadAllText(_work["out/prepare-report.json"]).ShouldContain("\"finished\": false");
        File.WriteAllText(_work.NewFile("out/frames/c1/v3.partial-extraction/image_00099.jpg"), "killed here");

        PreparationResult result = await PrepareAsync(ffmpeg, options => options with { Frames = smaller });
        (result.Done, result.Skipped).ShouldBe((2, 2));
        await PrepareAsync(ffmpeg, options => options with { Output = _work["undisturbed"], Frames = smaller });
        Apart(_work["out"]).ShouldBe(Apart(_work["undisturbed"]));
        (await PrepareAsync(ffmpeg, options => options with { Frames = smaller })).Skipped.ShouldBe(4);
    }

    [Fact]
    public async Task Run_Repeated_LooksAtTheFramesOnceAtTheStart()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("a.mp4", 3), ("b.mp4", 4));
        await PrepareAsync(ffmpeg);
        var progress = new SynchronousProgress(report =>
        {
            if (report.Ended?.Source.Name == "a.mp4") File.Delete(_work["out/frames/b/image_00004.jpg"]);
        });

        (await PrepareAsync(ffmpeg, options => options with { Jobs = 1 }, progress)).Skipped.ShouldBe(2);
        (await PrepareAsync(ffmpeg)).Skipped.ShouldBe(1); // the lost frame is found and made again
        File.Exists(_work["out/frames/b/image_00004.jpg"]).ShouldBeTrue();
    }

    [Fact]
    public async Task Output_WithFilesOfOthersWhereFramesGo_IsRefusedBeforeAnythingIsWritten()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("a.mp4", 3), ("b.mp4", 4));
        File.WriteAllText(_work.NewFile("out/frames/b/mine.txt"), "mine");

        (await Should.ThrowAsync<BadInputException>(() => PrepareAsync(ffmpeg))).Message
            .ShouldStartWith($"{_work["out/frames/b/mine.txt"]}: is there already, and prepare did not make it");
        WorkFolder.Contents(_work["out"]).Keys.ShouldBe(["frames/b/mine.txt"]);
    }

    [Fact]
    public async Task Progress_OfARun_CountsUpToTheResult()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("a.mp4", 3), ("b.mp4", 4));
        File.WriteAllText(_work["in/text.mp4"], "no video");
        var reports = new ConcurrentQueue<PreparationProgress>();

        await PrepareAsync(ffmpeg, progress: new SynchronousProgress(reports.Enqueue));

        PreparationProgress last = reports.Last();
        (last.Total, last.LookedAt, last.Done, last.Failed, last.Frames).ShouldBe((3, 3, 2, 1, 7));
        reports.Where(report => report.Ended is not null).Select(report => report.Ended!.Source.Name)
            .ShouldBe(["a.mp4", "b.mp4", "text.mp4"], ignoreOrder: true);
        reports.Zip(reports.Skip(1)).ShouldAllBe(pair => pair.First.Frames <= pair.Second.Frames);
    }

    [Fact]
    public async Task Disk_TooFull_IsSaidBeforeTheStart()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("a.mp4", 30));

        var error = await Should.ThrowAsync<BadInputException>(() => PrepareAsync(
            ffmpeg, options => options with { CheckDiskSpace = true }, freeBytes: _ => 10_000));

        error.Message.ShouldContain("has 10.0 kB free; make room");
        Directory.Exists(_work["out/frames"]).ShouldBeFalse();
        (await PrepareAsync(ffmpeg, freeBytes: _ => 10_000)).Done.ShouldBe(1);
        PreparationResult again = await PrepareAsync(
            ffmpeg, options => options with { CheckDiskSpace = true }, freeBytes: _ => 0);
        again.Skipped.ShouldBe(1);
    }

    [Fact]
    public async Task Output_InUseByAnotherRun_IsRefused()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("a.mp4", 2));
        using var other = new FileStream(
            _work.NewFile("out/.prepare.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        (await Should.ThrowAsync<BadInputException>(() => PrepareAsync(ffmpeg)))
            .Message.ShouldContain("another run works on it");
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Output_ThatCannotBeMade_SaysWhyAndNothingOfAnotherRun()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("a.mp4", 2));
        string message = (await Should.ThrowAsync<BadInputException>(() =>
            PrepareAsync(ffmpeg, options => options with { Output = "/proc/none" }))).Message;
        message.ShouldStartWith("/proc/none cannot be ");
        message.ShouldNotContain("another run");
    }

    [Fact]
    public async Task Output_OfAnEarlierVersion_IsKnownByItsReportAndItsVideos()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("a.mp4", 3), ("b.mp4", 4));
        await PrepareAsync(ffmpeg);
        WithoutOrigin();
        (await PrepareAsync(ffmpeg)).Skipped.ShouldBe(2);
        WithoutOrigin();
        MakeVideos(("other/c.mp4", 3));
        (await Should.ThrowAsync<BadInputException>(() =>
            PrepareAsync(ffmpeg, options => options with { Videos = _work["in/other"] })))
            .Message.ShouldContain("was made from other videos than those of");
        (await PrepareAsync(ffmpeg,
            options => options with { Videos = _work["in/other"], Force = true })).Done.ShouldBe(1);

        void WithoutOrigin()
        {
            JsonObject report = JsonNode.Parse(File.ReadAllText(_work["out/prepare-report.json"]))!.AsObject();
            report.Remove("origin");
            File.WriteAllText(_work["out/prepare-report.json"], report.ToJsonString());
        }
    }

    [Fact]
    public async Task Output_OfAMovedFolder_IsTheSameAndOfAnotherIsNot()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("a.mp4", 3));
        await PrepareAsync(ffmpeg);
        string list = File.ReadAllText(_work["out/videos.csv"]);
        Directory.Move(_work["in"], _work["moved"]);
        (await PrepareAsync(ffmpeg, options => options with { Videos = _work["moved"] })).Skipped.ShouldBe(1);
        MakeVideos(("a.mp4", 5));
        (await Should.ThrowAsync<BadInputException>(() => PrepareAsync(ffmpeg))).Message.ShouldContain(
            "was made from another source (videos");
        File.ReadAllText(_work["out/videos.csv"]).ShouldBe(list);
        (await PrepareAsync(ffmpeg, options => options with { Force = true })).Done.ShouldBe(1);
    }

    [Fact]
    public async Task Lists_InTheOutputFolder_AreNotWrittenOverEvenWithForce()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos(("aaaaaaaaaaa_000000_000010.mp4", 3));
        string annotations = "label,youtube_id,time_start,time_end,split\nkissing,aaaaaaaaaaa,0,10,train\n";
        File.WriteAllText(_work.NewFile("lists/train.csv"), annotations);
        Func<PreparationOptions, PreparationOptions> kinetics = options =>
            options with { Dataset = Dataset.Kinetics400, Lists = _work["lists"], Force = true };
        await PrepareAsync(ffmpeg, kinetics);
        // over a list of prepare's, to be read as an official one
        File.WriteAllText(_work["out/train.csv"], annotations);
        (await Should.ThrowAsync<BadInputException>(() =>
            PrepareAsync(ffmpeg, options => kinetics(options) with { Lists = _work["out"] })))
            .Message.ShouldContain("which is read here and would be lost");
        File.ReadAllText(_work["out/train.csv"]).ShouldBe(annotations);
    }

    [Fact]
    public async Task Folder_MissingOrEmpty_IsBadInput()
    {
        Ffmpeg ffmpeg = installed.Required;
        (await Should.ThrowAsync<BadInputException>(() => PrepareAsync(ffmpeg)))
            .Message.ShouldContain("There is no folder");
        Directory.CreateDirectory(_work["in"]);
        (await Should.ThrowAsync<BadInputException>(() => PrepareAsync(ffmpeg)))
            .Message.ShouldContain("holds no video");
        Directory.Exists(_work["out"]).ShouldBeFalse();
    }

    /// <summary>All files but the report, which tells of the run.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Apart(string folder) =>
        WorkFolder.Contents(folder).Where(file => file.Key != "prepare-report.json");

    private void MakeVideos(params (string Name, int Frames)[] videos)
    {
        foreach ((string name, int frames) in videos) TestVideo.MakeSmall(_work.NewFile("in/" + name), frames);
    }

    private Task<PreparationResult> PrepareAsync(
        Ffmpeg ffmpeg,
        Func<PreparationOptions, PreparationOptions>? change = null,
        IProgress<PreparationProgress>? progress = null,
        CancellationToken? cancellation = null,
        Func<string, long>? freeBytes = null)
    {
        var options = new PreparationOptions
        {
            Videos = _work["in"],
            Output = _work["out"],
            Jobs = 2,
            CheckDiskSpace = false,
        };
        return new DatasetPreparation(ffmpeg, change?.Invoke(options) ?? options, freeBytes)
            .RunAsync(progress, cancellation ?? TestContext.Current.CancellationToken);
    }

    private sealed class SynchronousProgress(Action<PreparationProgress> receive) : IProgress<PreparationProgress>
    {
        public void Report(PreparationProgress value) => receive(value);
    }
}
