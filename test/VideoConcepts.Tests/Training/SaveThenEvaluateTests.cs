using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Distributed;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

/// <summary>
/// An epoch is saved before it is evaluated, and what was due when a run ended is made up: 6 steps an epoch, 3 epochs.
/// </summary>
[Collection(nameof(SerialTests))]
public sealed class SaveThenEvaluateTests(TinyVideos videos, WholeRuns runs)
    : TrainingTests, IClassFixture<WholeRuns>
{
    private TrainOptions Options =>
        TinyRun.Options(videos,
            Work["run"]) with
        { Epoch = 3, EvalCsv = videos.Files.AppearanceTest, EvalEvery = 1, Keep = 1 };

    /// <summary>One epoch of two steps.</summary>
    private TrainOptions Short
    {
        get
        {
            File.WriteAllLines(Work["short.csv"], File.ReadLines(videos.Files.Train).Take(8));
            return Options with { CsvFile = Work["short.csv"], Root = videos.Files.Folder, Epoch = 1 };
        }
    }

    private string Whole => runs.Of("whole", Options, Stop);

    [Fact]
    public void Train_AFrameGoesBeforeItsEvaluation_TheEpochIsSaved()
    {
        CopyOfTheList(out string folder);
        var lose = new AfterEpoch((_, _) => Directory.Delete(folder, recursive: true));
        Should.Throw<BadInputException>(() => TinyRun.Train(Options with { EvalCsv = Work["copy.csv"] }, Stop,
            lose)).Shown().ShouldContain("copy.csv:1");
        Checkpoint.ReadRun(Work["run/checkpoint.safetensors"]).Run.Position.ShouldBe(new RunPosition(1, 0, 6));
        Evaluations("run").ShouldBeEmpty();
    }

    [Fact]
    public void Resume_AfterAStopInTheLastEvaluation_MakesItUp()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Should.Throw<OperationCanceledException>(() =>
            TinyRun.Train(Short, stop.Token, new AfterEpoch((_, _) => stop.Cancel())));
        Checkpoint.ReadRun(Work["run/checkpoint.safetensors"]).Run.Position.ShouldBe(new RunPosition(1, 0, 2));
        Evaluations("run").ShouldBeEmpty();
        TinyRun.Train(Short with { Resume = "auto" }, Stop);
        TinyRun.Train(Short with { Out = Work["whole"] }, Stop);
        Evaluations("whole").Select(line => (long)line["step"]!).ShouldBe([2]);
        RunComparison.ShouldBeTheSame(Work["run"], Work["whole"]);
    }

    [Theory]
    [InlineData(6, Explicit = true)]
    [InlineData(12, Explicit = true)]
    [InlineData(18, Explicit = true)]
    public void Resume_AfterAStopInAnEvaluation_MakesItUpAndEndsLikeAnUndisturbedRun(long at)
    {
        Evaluations(Whole).Select(line => (long)line["step"]!).ShouldBe([6, 12, 18]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Should.Throw<OperationCanceledException>(() =>
            TinyRun.Train(Options, stop.Token, new AfterEpoch((_, step) => { if (step == at) stop.Cancel(); })));
        Checkpoint.ReadRun(Work["run/checkpoint.safetensors"]).Run.Position.Step.ShouldBe(at);
        Evaluations("run").Length.ShouldBe((int)(at / 6) - 1); // the last one was given up

        TinyRun.Train(Options with { Resume = "auto" }, Stop);
        ShouldBeTheSame("run");
        TinyRun.Train(Options with { Resume = "auto" }, Stop);
        ShouldBeTheSame("run"); // nothing is done twice
    }

    [Fact(Explicit = true)] // five seconds
    public void Resume_AfterAStopInTheStepBeforeAnEvaluation_MakesItUp()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Should.Throw<OperationCanceledException>(() =>
            TinyRun.Train(Options, stop.Token, new TinyRun.AfterStep(step => { if (step == 12) stop.Cancel(); })));
        TinyRun.Train(Options with { Resume = "auto" }, Stop);
        ShouldBeTheSame("run");
    }

    /// <summary>
    /// What a process leaves that is killed after it has copied the best checkpoint and before it has told of it.
    /// </summary>
    [Fact]
    public void Resume_AfterAKillBetweenBestAndLog_EvaluatesAgain()
    {
        TinyRun.Train(Options with { Epoch = 1 }, Stop);
        string[] lines = File.ReadAllLines(Work["run/metrics.jsonl"]);
        lines[^1].ShouldContain("R@1");
        File.WriteAllLines(Work["run/metrics.jsonl"], lines[..^1]);
        File.AppendAllText(Work["run/metrics.jsonl"], lines[^1][..9]); // not even a whole line
        TinyRun.Train(Options with { Resume = "auto" }, Stop);
        ShouldBeTheSame("run");
    }

    [Fact]
    public void Resume_IntoAnotherFolder_SavesAndEvaluatesThere()
    {
        TinyRun.Train(Short, Stop);
        Directory.CreateDirectory(Work["other"]);
        File.WriteAllText(Work["other/metrics.jsonl"], """{"epoch":0,"step":2,"R@1":2}""" + "\n"); // of another run
        TinyRun.Train(Short with { Resume = Work["run"], Out = Work["other"] }, Stop);
        Evaluations("other").Single().ToJsonString().ShouldBe(Evaluations("run")[^1].ToJsonString());
        ((double)Evaluations("other").Single()["R@1"]!).ShouldBeGreaterThan(0);
        Checkpoint.ReadRun(Work["other/best.safetensors"]).Run.Position.Step.ShouldBe(2);
        Checkpoint.ReadRun(Work["other/checkpoint.safetensors"]).Run.Position.Step.ShouldBe(2);
    }

    [Fact]
    public void Train_TheEvaluationListIsReadWithTheRoot()
    {
        File.Copy(videos.Files.AppearanceTest, Work["elsewhere.csv"]);
        var at = Options with { Epoch = 1, EvalCsv = Work["elsewhere.csv"] };
        Should.Throw<BadInputException>(() => TrainingRun.OpenLoader(at)).Shown().ShouldStartWith(
            $"--eval_csv {Work["elsewhere.csv"]}: {Work.Path}");
        TinyRun.Train(at with { Root = videos.Files.Folder }, Stop);
        Evaluations("run").Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("folder", "no such file")]
    [InlineData("first", "image_00001.jpg")]
    [InlineData("last", ".jpg")]
    [InlineData("size", "earlier frames of the video have 40x32")]
    [InlineData("label", "no label")]
    [InlineData("short", "nothing can be evaluated")]
    public void OpenLoader_EvaluationListThatCannotBeUsed_IsRefusedBeforeAnythingIsDone(string fault, string expected)
    {
        string[] rows = CopyOfTheList(out string folder);
        string[] frames = [.. Directory.GetFiles(folder).Order()];
        if (fault == "folder") Directory.Delete(folder, recursive: true);
        if (fault == "first") File.WriteAllBytes(frames[0], [1, 2, 3]);
        if (fault == "last") File.WriteAllBytes(frames[^1], File.ReadAllBytes(frames[^1])[..200]);
        if (fault == "size") File.WriteAllBytes(frames[^1], TinyFrames.Jpeg(48, 32));
        if (fault == "label") rows[0] = rows[0][..rows[0].LastIndexOf(',')];
        if (fault == "short") rows = [.. rows.Select(row => $"{row.Split(',')[0]},3,0")];
        File.WriteAllLines(Work["copy.csv"], rows);
        string message = Should.Throw<BadInputException>(() =>
            TrainingRun.OpenLoader(Options with { EvalCsv = Work["copy.csv"] })).Shown();
        message.ShouldContain(expected);
        message.ShouldContain(fault == "short" ? "copy.csv: " : "copy.csv:1");
        Directory.Exists(Work["run"]).ShouldBeFalse();
    }

    [Fact]
    public void Train_EvaluationListThatSharesVideosWithTheTrainingList_SaysSo()
    {
        string[] trained = File.ReadAllLines(videos.Files.Train);
        string[] both = [.. File.ReadAllLines(videos.Files.AppearanceTest)[2..],
            .. trained[..3].Select(row => row + ",0")];
        File.WriteAllLines(Work["both.csv"], both);
        var listener = new Listener();
        TinyRun.Train(Options with { Epoch = 1, EvalCsv = Work["both.csv"], Root = videos.Files.Folder }, Stop,
            listener);
        listener.Warnings.Single().ShouldStartWith(
            $"the list for evaluation {Work["both.csv"]}: 3 of 17 videos are in {videos.Files.Train} too;");
        listener.Warnings.Clear();
        TinyRun.Train(Options with { Epoch = 1, Out = Work["alone"] }, Stop, listener);
        listener.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Resume_WithAnotherEvaluationList_EvaluatesOnItAndComparesNothing()
    {
        TinyRun.Train(Options with { Epoch = 1, EvalCsv = videos.Files.MotionTest, EvalEvery = 1 }, Stop);
        var listener = new Listener();
        TinyRun.Train(Options with { Epoch = 1, EvalCsv = videos.Files.AppearanceTest, EvalEvery = 1, Resume = "auto" },
            Stop, listener);
        // of the step that was evaluated on the other list
        EvaluationDuringTraining due = listener.Evaluations.Single();
        due.IsBest.ShouldBeTrue();
        listener.Evaluations.Clear();
        TinyRun.Train(Options with { Epoch = 1, EvalCsv = videos.Files.AppearanceTest, EvalEvery = 1, Resume = "auto" },
            Stop, listener);
        listener.Evaluations.ShouldBeEmpty();
    }

    /// <summary>Rows with absolute paths, the first one's folder a copy.</summary>
    private string[] CopyOfTheList(out string folder)
    {
        folder = Work["copy"];
        string[] rows = [.. File.ReadAllLines(videos.Files.AppearanceTest)
            .Select(row => Path.Combine(videos.Files.Folder, row))];
        string first = rows[0].Split(',')[0];
        Directory.CreateDirectory(folder);
        foreach (string frame in Directory.GetFiles(first))
            File.Copy(frame, Path.Combine(folder, Path.GetFileName(frame)));
        rows[0] = folder + rows[0][first.Length..];
        File.WriteAllLines(Work["copy.csv"], rows);
        return rows;
    }

    private JsonObject[] Evaluations(string run) =>
        [.. File.ReadAllLines(Path.Combine(Work[run], MetricsLog.FileName))
            .Select(line => JsonNode.Parse(line)!.AsObject())
            .Where(line => line.ContainsKey("R@1"))];

    private void ShouldBeTheSame(string run) => RunComparison.ShouldBeTheSame(Work[run], Whole);

    private sealed class AfterEpoch(Action<int, long> action) : ITrainingObserver
    {
        public void EpochDone(int epochs, long step, CancellationToken stop) => action(epochs, step);
    }

    private sealed class Listener : ITrainingObserver
    {
        public List<string> Warnings { get; } = [];

        public List<EvaluationDuringTraining> Evaluations { get; } = [];

        public void Warned(string what) => Warnings.Add(what);

        public void EvaluationDone(EvaluationDuringTraining evaluation) => Evaluations.Add(evaluation);
    }
}
