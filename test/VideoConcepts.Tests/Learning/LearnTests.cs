using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using VideoConcepts.Data;
using VideoConcepts.Learning;
using VideoConcepts.Models;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Learning;

/// <summary>From videos to a report, in the library.</summary>
[Collection(nameof(SerialTests))]
public sealed class LearnTests : TrainingTests
{
    private static readonly Dictionary<string, JsonNode?> Small = new()
    {
        ["seq"] = 4,
        ["img_dim"] = 32,
        ["concept"] = 3,
        ["train_batch"] = 3,
        ["queue"] = 6,
        ["epoch"] = 2,
        ["threads"] = 1,
        ["workers"] = 0,
        ["log_every"] = 1,
        ["save_every"] = 1,
        ["precision"] = "full",
        ["device"] = "cpu",
    };

    [Fact]
    public void Run_StoppedAnywhere_GoesOnAndEndsWithTheSameBits()
    {
        MakeVideos();
        LearnResult whole = Learn.Run(Options("whole"), stop: Stop);
        File.Exists(whole.Report.Page).ShouldBeTrue();
        whole.Report.Classes!["model", "R@1"].ShouldBeInRange(0, 1); // sub-folders are classes
        whole.Verdict.ShouldNotBeNull();

        // while frames are taken, before a plan is there
        Stopped("take frames", 0.3).ShouldBeFalse();
        // after it was written, before the first step; then within the first epoch; then when all is trained
        Stopped("look at videos", 1).ShouldBeTrue();
        string plan = File.ReadAllText(Work["out/learn.json"]);
        Stopped("train", 1).ShouldBeTrue();
        Stopped("videos", 0).ShouldBeTrue();
        File.Exists(Work["out/report.html"]).ShouldBeFalse();
        LearnResult result = Learn.Run(Options("out"), stop: Stop);

        File.ReadAllText(Work["out/learn.json"]).ShouldBe(plan);
        RunComparison.ShouldBeTheSame(Work["out/run"], Work["whole/run"]);
        WorkFolder.Contents(Work["out/data/frames"]).ShouldBe(WorkFolder.Contents(Work["whole/data/frames"]));
        result.Report.Classes!["model", "R@1"].ShouldBe(whole.Report.Classes!["model", "R@1"]);
        LearnResult again = Learn.Run(Options("out"), stop: Stop); // once more
        again.Checkpoint.ShouldBe(Work["out/run/checkpoint.safetensors"]);
        again.Verdict!.Text.ShouldBe(whole.Verdict.Text);
        // elsewhere, and without the videos
        Directory.Move(Work["out"], Work["moved"]);
        Directory.Delete(Work["in"], recursive: true);
        Learn.Run(Options("moved"), stop: Stop).Report.Page.ShouldBe(Work["moved/report.html"]);
        Directory.Exists(Work["out"]).ShouldBeFalse();

        // whether there was a plan when it was stopped
        bool Stopped(string part, double done)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            var work = new WorkContext
            {
                Progress = new InlineProgress<WorkProgress>(at =>
                {
                    if (at.Part == part && at.Done >= done * (part == "train" ? 1 : at.Total)) stop.Cancel();
                }),
            };
            Should.Throw<OperationCanceledException>(() => Learn.Run(Options("out"), work, stop: stop.Token), part);
            return LearnPlan.Read(Work["out"]) is not null;
        }
    }

    [Fact]
    public void Run_FromWeights_BeginsWithThemAndGoesOnWithoutThem()
    {
        MakeVideos();
        string weights = Work.NewFile("first/weights.safetensors");
        TrainOptions tiny = TinyRun.Model with { Net = "r2plus1d-tiny", Concept = 3 };
        using (ConceptModel model = TinyRun.UsedModel(tiny)) Checkpoint.Save(weights, model, tiny, 1);
        LearnOptions Of(string init) => Options("out") with
        {
            Given = new Dictionary<string, JsonNode?>(Small) { ["init"] = init, ["lr"] = 1e-12 },
        };
        LearnResult result = Learn.Run(Of(weights), stop: Stop);
        (float[] there, float[] here) = (Stem(weights), Stem(result.Checkpoint));
        there.Zip(here, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-6f);
        Directory.Delete(Work["first"], recursive: true);
        Learn.Run(Of(weights), stop: Stop).Checkpoint.ShouldBe(result.Checkpoint);

        static float[] Stem(string checkpoint)
        {
            (IVideoModel model, _) = Checkpoint.Load(checkpoint);
            using (model) return [.. model.Backbone.state_dict()["stem.0.weight"].data<float>()];
        }
    }

    [Fact]
    public void Run_OfSomethingElseInTheSameFolder_IsRefused()
    {
        MakeVideos();
        Learn.Run(Options("out"), stop: Stop);
        var before = WorkFolder.Contents(Work["out"]);
        Refused(o => o with { Minutes = 5 }).ShouldContain("Minutes 5, it has 1");
        Refused(o => o with { Tolerate = 0.5 }).ShouldContain("Tolerate 0.5, it has 0");
        Refused(o => o with { Given = new Dictionary<string, JsonNode?>(o.Given) { ["seq"] = 6 } })
            .ShouldContain("Seq 6, it has 4");
        Refused(o => o with { Given = new Dictionary<string, JsonNode?>(o.Given) { ["lr"] = 0.1 } })
            .ShouldContain("Lr 0.1, it has not given");
        Directory.CreateDirectory(Work["other"]);
        Refused(o => o with { Videos = Work["other"] }).ShouldContain("was made from another source");
        WorkFolder.Contents(Work["out"]).ShouldBe(before);

        string Refused(Func<LearnOptions, LearnOptions> change) => Should.Throw<BadInputException>(
            () => Learn.Run(change(Options("out")), stop: Stop)).Message;
    }

    [Fact]
    public void Run_BesideARunOrFramesOfOthers_IsRefusedBeforeAnythingIsWritten()
    {
        MakeVideos();
        File.WriteAllText(Work.NewFile("a/learn.json"), "{ \"mine\": 1 }");
        File.WriteAllText(Work.NewFile("b/data/videos.csv"), "mine,3\n");
        File.WriteAllText(Work.NewFile("c/run/best.safetensors"), "mine");
        File.WriteAllText(Work.NewFile("d/learn-some.csv"), "mine");
        File.WriteAllText(Work.NewFile("e/data/frames/mine.zip"), "mine");
        foreach (string folder in (string[])["a", "b", "c", "d", "e"])
        {
            var before = WorkFolder.Contents(Work[folder]);
            Should.Throw<BadInputException>(() => Learn.Run(Options(folder), stop: Stop), folder);
            WorkFolder.Contents(Work[folder]).ShouldBe(before);
        }
    }

    [Fact]
    public void Run_OfLessTimeThanALookAtAllVideos_LearnsFromSomeOfThem()
    {
        MakeVideos();
        Dictionary<string, JsonNode?> given = new(Small) { ["train_batch"] = 5 };
        given.Remove("epoch"); // to be chosen, of no time at all
        List<string> said = [];
        var work = new WorkContext { Logger = new SaidLogger(said) };
        Learn.Run(Options("out") with { Given = given, Minutes = 0.1 }, work, stop: Stop);
        said.ShouldContain(line => line.StartsWith("one look at all 6 videos takes longer than 0.1 minutes"));
        File.ReadAllLines(Work["out/learn-some.csv"]).Length.ShouldBe(6); // two batches are more than there are
    }

    [Fact]
    public void Run_OfVideosOfUnequalLength_WritesAReportOfAll()
    {
        InstalledFfmpeg.SkipUnlessThere();
        foreach ((int frames, int i) in ((int, int)[])[(60, 0), (60, 1), (10, 2), (10, 3)])
            TestVideo.MakeSmall(Work.NewFile($"in/{i}.mp4"), frames, i);
        Dictionary<string, JsonNode?> given = new(Small) { ["rate"] = 7 }; // windows of 4 frames 4 apart
        Learn.Run(Options("out") with { Given = given }, stop: Stop).Report.TimeCues.ShouldNotBeNull();
    }

    [Fact]
    public void Measure_OfAStep_LeavesNothing()
    {
        TinyFrames.Write(Work, "a", 12);
        TinyFrames.Write(Work, "b", 12);
        VideoList.Write(Work["list.csv"], [new("a", 12), new("b", 12)]);
        TrainOptions options = TinyRun.Model with
        {
            CsvFile = Work["list.csv"],
            Out = Work["run"],
            TrainBatch = 2,
            Workers = 0,
            Threads = 1,
        };
        var before = WorkFolder.Contents(Work.Path);
        List<int> told = [];
        StepTiming.Measure(options, TimeSpan.Zero, TimeProvider.System, (done, _) => told.Add(done), Stop)
            .ShouldBeGreaterThan(0);
        told.ShouldBe(Enumerable.Range(1, 9)); // three to warm up, six that are measured although it is late
        WorkFolder.Contents(Work.Path).ShouldBe(before);
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => StepTiming.Measure(options, TimeSpan.MaxValue,
            TimeProvider.System, (_, _) => stop.Cancel(), stop.Token));
    }

    private sealed class SaidLogger(List<string> said) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => said.Add(formatter(state, exception));
    }

    private LearnOptions Options(string output) => new()
    {
        Videos = Work["in"],
        Out = Work[output],
        Minutes = 1,
        Given = Small,
        Jobs = 2,
    };

    private void MakeVideos()
    {
        InstalledFfmpeg.SkipUnlessThere();
        for (int i = 0; i < 6; i++) TestVideo.MakeSmall(Work.NewFile($"in/c{i % 2}/{i}.mp4"), 14, i);
    }
}
