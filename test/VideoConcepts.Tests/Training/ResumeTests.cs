using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

/// <summary>
/// A run that stops anywhere and goes on ends as if it had never stopped: 6 steps an epoch, 3 epochs.
/// </summary>
[Collection(nameof(SerialTests))]
public sealed class ResumeTests(TinyVideos videos, WholeRuns runs) : TrainingTests, IClassFixture<WholeRuns>
{
    // An interval of 4 steps: stops fall inside of intervals and epochs.
    private TrainOptions Options =>
        TinyRun.Options(videos, Work["run"]) with { Epoch = 3, LrDecay = [2], LogEvery = 4, SaveEvery = 4 };

    private string Whole(string method = "concepts") =>
        runs.Of(method, TinyRun.WithMethod(Options, method), Stop);

    [Fact]
    public void Options_RandomWeightsAndResume_GoTogether()
    {
        TrainOptions options = Options with { Init = TrainOptions.RandomInit, Resume = "auto" };
        options.Validated().Init.ShouldBeNull();
        // where there is nothing to go on with
        (options with { Init = "weights" }).Validated().Init.ShouldBe("weights");
        Should.Throw<BadInputException>(() => (options with { Init = "weights", Resume = "run" }).Validated())
            .Message.ShouldContain("exclude each other");
    }

    [Theory]
    [InlineData("concepts", 1, Explicit = true)]
    [InlineData("concepts", 6)]
    [InlineData("concepts", 9, Explicit = true)]
    [InlineData("concepts", 17)]
    [InlineData("multilevel", 5)]
    [InlineData("multilevel", 14)]
    [InlineData("concepts with graph", 14, Explicit = true)]
    [InlineData("concepts of motion", 9, Explicit = true)]
    public void Resume_AfterAStop_EndsBitForBitLikeAnUndisturbedRun(string method, long at)
    {
        TrainOptions options = TinyRun.WithMethod(Options, method);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Should.Throw<OperationCanceledException>(() => TinyRun.Train(
            options, stop.Token, new TinyRun.AfterStep(step => { if (step == at) stop.Cancel(); })));

        // The number of workers and the place of the list do not matter.
        TinyRun.Train(options with
        {
            Resume = "auto",
            Workers = 0,
            CsvFile = Path.GetRelativePath(Environment.CurrentDirectory, videos.Files.Train),
        }, Stop);

        RunComparison.ShouldBeTheSame(Work["run"], Whole(method));
    }

    [Fact]
    public void Resume_OfAFinishedRunWithMoreEpochs_GoesOn()
    {
        TinyRun.Train(Options with { Epoch = 2, LrDecay = [] }, Stop);
        TinyRun.Train(Options with { Resume = Work["run"], LogEvery = 4 }, Stop);
        RunComparison.ShouldBeTheSame(Work["run"], Whole());
        TinyRun.Train(Options with { Resume = "auto" }, Stop).ShouldBeEmpty();
    }

    [Fact]
    public void Resume_WithADamagedNewestCheckpoint_TakesTheOneBeforeAndSaysSo()
    {
        TinyRun.Train(Options, Stop);
        string newest = Work["run/checkpoint.safetensors"];
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(newest, bytes);
        var listener = new Listener();

        TinyRun.Train(Options with { Resume = "auto" }, Stop, listener);

        listener.Run!.Damaged.Single().ShouldStartWith($"{newest}: the file is damaged, its checksum does not fit");
        listener.Run.Path.ShouldBe(Work["run/checkpoint-000000016.safetensors"]);
        (listener.Run.Epoch, listener.Run.Step).ShouldBe((2, 16));
        Checkpoint.ReadRun(listener.Run.Path).Run.Position.ShouldBe(new RunPosition(2, 4, 16));
        RunFolder.Newest(Work["run"], damaged => Assert.Fail(damaged)).ShouldBe(newest);
        SafeTensors.Verify(Work["run/checkpoint-000000016.safetensors"]); // the damaged one did not take its place
        RunComparison.ShouldBeTheSame(Work["run"], Whole());
    }

    [Fact]
    public void Resume_WithNoUndamagedCheckpoint_IsRefusedAndTouchesNothing()
    {
        TinyRun.Train(Options with { Keep = 1 }, Stop);
        Directory.GetFiles(Work["run"], "*.safetensors").Length.ShouldBe(1);
        File.WriteAllBytes(Work["run/checkpoint.safetensors"],
            File.ReadAllBytes(Work["run/checkpoint.safetensors"])[..1000]);
        var before = WorkFolder.Contents(Work["run"]);
        Refused(Options with { Resume = "auto" }).ShouldContain("there is no undamaged checkpoint");
        WorkFolder.Contents(Work["run"]).ShouldBe(before);
    }

    [Fact]
    public void Resume_WithOptionsThatChangeTheRun_IsRefusedByName()
    {
        TinyRun.Train(Options with { Epoch = 1 }, Stop);
        string message = Refused(Options with { Resume = "auto", Concept = 4, Lr = 0.5, Workers = 3, Seed = 9 });
        message.ShouldStartWith(
            "--resume: these cannot change within a run: --concept 4, the run has 3; --lr 0.5, the run has 0.001; "
            + "--seed 9, the run has 1. ");
        message.ShouldContain("--init");
    }

    [Fact]
    public void Resume_WithTheSameStepDividedAmongOtherProcesses_ChangesNothing()
    {
        TinyRun.Train(Options with { Epoch = 1 }, Stop);
        TrainOptions resumed = Options with { Resume = "auto" };
        ResumedRun whole = ResumedRun.Find(resumed)!,
            divided = ResumedRun.Find(resumed with { TrainBatch = 2 }, processes: 2)!;
        (divided.Changes, divided.Run.Position, divided.Run.Processes).ShouldBe(("", whole.Run.Position, 2));
        ResumedRun.Find(resumed,
            processes: 2)!.Changes.ShouldStartWith("2 processes instead of 1: a step sees 8 videos instead of 4");
        Should.Throw<BadInputException>(() => ResumedRun.Find(resumed with { TrainBatch = 2 })).Shown().ShouldContain(
            "--train_batch 2, the run has 4");
    }

    [Fact]
    public void Identity_OfARun_IsCarriedOnAndTellsWhatItBeganWith()
    {
        TinyRun.Train(Options with { Epoch = 1 }, Stop);
        string first = RunIdentity.Of(Work["run/checkpoint.safetensors"]);
        TinyRun.Train(Options with { Epoch = 2, Resume = "auto" }, Stop);
        RunIdentity.Of(Work["run/checkpoint.safetensors"]).ShouldBe(first);
        TinyRun.Train(Options with { Epoch = 1, Out = Work["again"] }, Stop);
        RunIdentity.Of(Work["again/checkpoint.safetensors"]).ShouldBe(first);
        TinyRun.Train(Options with { Epoch = 1, Out = Work["started"], Init = Work["run/checkpoint.safetensors"] },
            Stop);
        RunIdentity.Of(Work["started/checkpoint.safetensors"]).ShouldNotBe(first);
        TinyRun.Train(Options with { Epoch = 1, Out = Work["other"], Seed = 5 }, Stop);
        RunIdentity.Of(Work["other/checkpoint.safetensors"]).ShouldNotBe(first);
    }

    [Fact]
    public void Resume_WithAnotherList_IsRefused()
    {
        TinyRun.Train(Options with { Epoch = 1 }, Stop);
        File.WriteAllLines(Work["list.csv"], File.ReadAllLines(videos.Files.Train).Reverse());
        Refused(Options with { Resume = "auto", CsvFile = Work["list.csv"], Root = videos.Files.Folder })
            .ShouldContain("not the list that the run");
    }

    [Fact]
    public void Resume_WithOtherCuts_IsRefusedUnlessClipsReachAcrossThem()
    {
        foreach (string name in (string[])["a", "b", "c", "d"]) TinyFrames.Write(Work, name, 30);
        string cuts = Work.Write("a/cuts.txt", "12\n");
        TrainOptions options = Options with
        {
            CsvFile = Work.Write("list.csv", "a,30\nb,30\nc,30\nd,30\n"),
            Epoch = 1,
        };
        TinyRun.Train(options, Stop);
        ResumedRun.Find(options with { Resume = "auto" }).ShouldNotBeNull();
        File.WriteAllText(cuts, "13\n");
        Refused(options with { Resume = "auto" }).ShouldContain("the cuts of its videos (cuts.txt beside the frames)");
        TinyRun.Train(options with { AcrossCuts = true, Out = Work["across"] }, Stop);
        File.Delete(cuts);
        ResumedRun.Find(options with { AcrossCuts = true, Out = Work["across"], Resume = "auto" }).ShouldNotBeNull();
    }

    [Fact]
    public void Resume_OfWeightsWithoutARun_PointsToInit()
    {
        using (ConceptModel model = (ConceptModel)TrainingRun.BuildModel(Options))
            Checkpoint.Save(Work["weights.safetensors"], model, Options, 1);
        Refused(Options with { Resume = Work["weights.safetensors"] })
            .ShouldContain("start from its weights with --init");
        Refused(Options with { Resume = Work["nowhere"] })
            .ShouldStartWith($"--resume {Work["nowhere"]}: there is no undamaged checkpoint");
        // Nothing there: a fresh start.
        TinyRun.Train(Options with { Epoch = 1, Resume = "auto" }, Stop).ShouldNotBeEmpty();
    }

    [Fact]
    public void Init_FromACheckpoint_StartsAnewFromItsWeights()
    {
        using (ConceptModel model = TinyRun.UsedModel(Options with { Seed = 77 }))
            Checkpoint.Save(Work["weights.safetensors"], model, Options, 1);
        var plain = TinyRun.LossBits(TinyRun.Train(Options with { Epoch = 1 }, Stop));
        var started = TinyRun.LossBits(TinyRun.Train(Options with
        {
            Epoch = 1,
            Init = Work["weights.safetensors"],
            Out = Work["other"]
        }, Stop));
        started.Zip(plain).ShouldAllBe(pair => pair.First.Bits != pair.Second.Bits);
    }

    [Fact]
    public void Train_InAFolderWhereAnotherRunIsAtWork_IsRefused()
    {
        using var other = new RunFolder(Work["run"], 1);
        Refused(Options).ShouldContain("another run is at work in this folder");
        File.Exists(Work["run/run.json"]).ShouldBeFalse();
    }

    [Fact]
    public void Train_InTheFolderOfAnotherRun_IsRefusedAndLeavesIt()
    {
        TinyRun.Train(Options with { Epoch = 1 }, Stop);
        var before = WorkFolder.Contents(Work["run"]);
        Refused(Options with { Epoch = 1, Seed = 5 }).ShouldContain("holds a run already");
        WorkFolder.Contents(Work["run"]).ShouldBe(before);
    }

    [Fact]
    public void Save_OnAFullDisk_LeavesWhatWasThereAndSaysSo()
    {
        using var folder = new RunFolder(Work["run"], 2);
        folder.Save(1, path => File.WriteAllText(path, "one"));
        string message = Should.Throw<TrainingFailedException>(() => folder.Save(2, path =>
        {
            File.WriteAllText(path, "tw");
            throw new IOException("No space left on device");
        })).Shown();
        message.ShouldContain("No space left on device");
        message.ShouldContain("--resume");
        Directory.GetFiles(Work["run"]).Select(Path.GetFileName).Where(name => name![0] != '.')
            .ShouldBe(["checkpoint.safetensors"]);
        File.ReadAllText(Work["run/checkpoint.safetensors"]).ShouldBe("one");
    }

    [Fact]
    public void Save_Repeated_KeepsAsManyAsAskedFor()
    {
        using var folder = new RunFolder(Work["run"], 3);
        for (int step = 10; step <= 60; step += 10) folder.Save(step, path => File.WriteAllText(path, $"{step}"));
        File.ReadAllText(Work["run/checkpoint.safetensors"]).ShouldBe("60");
        Directory.GetFiles(Work["run"], "checkpoint-*").Select(Path.GetFileName).Order()
            .ShouldBe(["checkpoint-000000040.safetensors", "checkpoint-000000050.safetensors"]);
    }

    private string Refused(TrainOptions options) =>
        Should.Throw<BadInputException>(() => TinyRun.Train(options, Stop)).Shown();

    [Fact]
    public void RunFolder_WhoseLockCannotBeMade_SaysWhyAndNamesNoOtherRun()
    {
        Directory.CreateDirectory(Work["run/.train.lock"]);
        string message = Should.Throw<BadInputException>(() => new RunFolder(Work["run"], 1)).Shown();
        message.ShouldStartWith($"{Work["run/.train.lock"]}: is there already, and training did not make it");
        message.ShouldNotContain("another run");
        Directory.Delete(Work["run/.train.lock"]);
        File.CreateSymbolicLink(Work["run/.train.lock"], "/dev/full/nothing"); // an IOException
        Should.Throw<BadInputException>(() => new RunFolder(Work["run"], 1)).Shown().ShouldNotContain("another run");
    }

    private sealed class Listener : ITrainingObserver
    {
        public RunResumed? Run { get; private set; }

        public void Resumed(RunResumed run) => Run = run;
    }
}
