using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

/// <summary>Whole runs of the real objective: 6 steps an epoch.</summary>
[Collection(nameof(SerialTests))]
public sealed class TrainingRunTests(TinyVideos videos) : TrainingTests
{
    private TrainOptions Options => TinyRun.Options(videos, Work["run"]);

    [Theory]
    [InlineData("concepts", 11, 14, Explicit = true)]
    [InlineData("concepts with graph", 11, 15, Explicit = true)] // five seconds
    [InlineData("multilevel", 8, 11, Explicit = true)]
    public void Train_SameSeed_GivesTheSameLossesBitForBitForAnyNumberOfWorkers(
        string method, int firstTerms, int laterTerms)
    {
        TrainOptions options = TinyRun.WithMethod(Options with { Epoch = 2 }, method);
        var first = TinyRun.LossBits(TinyRun.Train(options, Stop));
        first.Select(l => l.Term).Distinct().Count().ShouldBe(laterTerms);
        first.Count.ShouldBe((6 * firstTerms) + (6 * laterTerms));
        foreach (int workers in new[] { 1, 0, 4 })
            TinyRun.LossBits(TinyRun.Train(options with { Workers = workers, Out = Work[$"run{workers}"] }, Stop))
                .ShouldBe(first, $"{workers} workers");
        var other = TinyRun.LossBits(TinyRun.Train(options with { Epoch = 1, Seed = 2, Out = Work["other"] }, Stop));
        other.Zip(first).ShouldAllBe(pair => pair.First.Bits != pair.Second.Bits);
    }

    [Theory]
    [InlineData(8, 16, 1,
        "--queue 8: smaller than the 16 videos of a step (--train_batch 16), "
        + "whose targets multilevel takes from the queue; give --queue 16 or more")]
    [InlineData(1024, 64, 17,
        "--queue 1024: smaller than the 1088 videos of a step (17 processes of --train_batch 64), "
        + "whose targets multilevel takes from the queue; give --queue 1088 or more")]
    [InlineData(16, 16, 1, null)]
    [InlineData(1024, 64, 16, null)]
    public void CheckProcesses_QueueOfMultiLevelSmallerThanAStep_IsRefusedWithTheNumbers(int queue, int batch,
        int processes, string? expected)
    {
        var options = new TrainOptions
        {
            CsvFile = "list.csv",
            Method = "multilevel",
            Queue = queue,
            TrainBatch = batch,
        };
        if (expected is null) Method.CheckProcesses(options, processes);
        else Should.Throw<BadInputException>(() =>
            Method.CheckProcesses(options, processes)).Shown().ShouldStartWith(expected);
        Method.CheckProcesses(options with { Method = "concepts" }, processes);
    }

    [Fact]
    public void CheckProcesses_OfARunThatGoesOn_SaysHowManyProcessesItTakes() =>
        Should.Throw<BadInputException>(() =>
            Method.CheckProcesses(new TrainOptions { Method = "multilevel", Resume = "runs/a" }, 17)).Shown()
            .ShouldEndWith("a run keeps its queue: go on with at most 16 processes.");

    [Fact]
    public void Loading_ForAGpu_IsIntoPinnedMemory()
    {
        var alone = new SingleProcess();
        TrainingRun.Loading(TinyRun.Model, alone, new torch.Device(DeviceType.CUDA, 1)).Pinned.ShouldBeTrue();
        TrainingRun.Loading(TinyRun.Model, alone, torch.CPU).Pinned.ShouldBeFalse();
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void OpenLoader_QueueOfMultiLevelSmallerThanABatch_IsRefusedAndOneAsLargeTrains()
    {
        TrainOptions options = TinyRun.WithMethod(TinyRun.Options(videos, Work["run"]),
            "multilevel") with
        { TrainBatch = 8, Queue = 7 };
        Should.Throw<BadInputException>(() => TrainingRun.OpenLoader(options)).Shown().ShouldStartWith(
            "--queue 7: smaller than the 8 videos of a step");
        Directory.Exists(Work["run"]).ShouldBeFalse();
        // past the epoch in which the queue begins to take part
        TinyRun.Train(options with { Queue = 8, Epoch = 12 }, Stop).Count.ShouldBe(36);
    }

    [Fact(Explicit = true)] // ten seconds, and only of a machine that does nothing else
    public void Train_ManySteps_KeepsTensorsAndMemoryLevel()
    {
        // Intervals end with epochs, where no batch is loaded ahead: like is compared with like.
        List<IntervalMetrics> intervals = TinyRun.Train(
            Options with { Epoch = 11, ImgDim = 48, LogEvery = 6, LocalFrom = 0, Workers = 2 }, Stop);
        IntervalMetrics[] compared = [.. intervals.Where(i => i.Step is >= 18 and <= 66)];
        compared.Length.ShouldBe(9);
        compared.ShouldAllBe(i => i.LiveTensors == compared[0].LiveTensors);
        // One batch is 2.7 MB: 48 kept ones would be 127 MB. What the runtime and libtorch take and give back is a few.
        (compared[^1].ResidentMegabytes - compared[0].ResidentMegabytes).ShouldBeLessThan(48);
    }

    [Fact]
    public void Train_Prototypes_AreLeftAloneInTheFirstEpochAndAdamMeetsThemInTheSecond()
    {
        TrainOptions options = Options with { Epoch = 2, WeightDecay = 0 };
        ClipLoader loader = TrainingRun.OpenLoader(options);
        set_num_threads(1);
        using ConceptModel model = (ConceptModel)TrainingRun.BuildModel(options);
        var objective = new ConceptObjective(model, ReferenceQuirks.None);
        float[][] initial = [.. model.Prototypes.Select(p => UnitVectors.Of(p.weight!).data<float>().ToArray())];
        var after = new List<float[][]>();
        var stem = new List<float>();
        var observer = new TinyRun.AfterStep(_ =>
        {
            after.Add([.. model.Prototypes.Select(p => p.weight!.data<float>().ToArray())]);
            stem.Add(model.state_dict()["backbone.stem.0.weight"].data<float>()[0]);
        });
        using (var trainer = new Pretrainer(options, objective, loader, TimeProvider.System, observer))
            trainer.Run(_ => { }, Stop);

        for (int step = 0; step < 6; step++)
            for (int kind = 0; kind < 3; kind++)
                after[step][kind].ShouldBe(initial[kind], 1e-6f);
        stem.ShouldBeUnique();
        // Adam's very first step moves every weight by the learning rate;
        // had it counted the steps before, by half of it.
        for (int kind = 0; kind < 3; kind++)
        {
            double[] moved = [.. after[6][kind].Zip(initial[kind], (a, b) => (double)Math.Abs(a - b))];
            moved.Order().ElementAt(moved.Length / 2).ShouldBe(options.Lr, 0.05 * options.Lr);
        }
    }

    [Fact]
    public void Train_Metrics_AreOneJsonObjectPerInterval()
    {
        List<IntervalMetrics> intervals = TinyRun.Train(Options with { Epoch = 2, LogEvery = 4 }, Stop);
        string[] lines = File.ReadAllLines(Work["run/metrics.jsonl"]);
        lines.Length.ShouldBe(3);
        string[] before = ["epoch", "step", "total", "I_vv", "I_vs", "I_vd", "loss_static", "loss_dynamic",
            "entropy_static", "entropy_dynamic", "rec_v", "rec_s", "rec_d"];
        string[] after = ["used_static", "spread_static", "used_dynamic", "spread_dynamic", "grad_norm", "lr",
            "videos_per_second", "wait_seconds", "compute_seconds", "resident_megabytes", "live_tensors"];
        foreach ((string line, int i) in lines.Select((line, i) => (line, i)))
        {
            JsonObject json = JsonNode.Parse(line)!.AsObject();
            json.Select(p => p.Key)
                .ShouldBe([.. before, .. i == 0 ? (string[])[] : ["local_v", "local_s", "local_d"], .. after]);
            json.ShouldAllBe(p => p.Value!.GetValueKind() == JsonValueKind.Number);
            ((double)json["total"]!).ShouldBe(intervals[i].Loss);
            ((long)json["step"]!).ShouldBe(intervals[i].Step);
        }
    }

    [Fact]
    public void Train_RunFile_ReadsBackAsARecipe()
    {
        TrainOptions options = Options with
        {
            LrDecay = [1, 2],
            Seed = 123456789012,
            Lr = 2e-3,
            Root = videos.Files.Folder,
        };
        TinyRun.Train(options, Stop);
        TrainOptions read = RecipeFile.Read(Work["run/run.json"], new Dictionary<string, JsonNode?>());
        read.LrDecay.ShouldBe(options.LrDecay);
        (read with { LrDecay = options.LrDecay }).ShouldBe(options);
    }

    [Fact]
    public void Train_Checkpoint_HoldsTheTrainedModel()
    {
        TrainOptions options = Options;
        using ConceptModel trained = (ConceptModel)TrainingRun.Train(
            options, TrainingRun.OpenLoader(options), TimeProvider.System, [], Stop);
        (IVideoModel loadedLoaded, TrainOptions read) = Checkpoint.Load(Work["run"]);
        var loaded = (ConceptModel)loadedLoaded;
        using (loaded)
        {
            read.Concept.ShouldBe(3);
            loaded.QueueFilled.ShouldBe(16);
            Dictionary<string, Tensor> expected = trained.state_dict(), actual = loaded.state_dict();
            actual.Keys.ShouldBe(expected.Keys);
            foreach ((string key, Tensor value) in expected)
                actual[key].bytes.SequenceEqual(value.bytes).ShouldBeTrue(key);
        }
    }

    [Fact]
    public void Train_RateFarTooHigh_FailsAndSavesNothing()
    {
        string message =
            Should.Throw<TrainingFailedException>(() => TinyRun.Train(Options with { Lr = 1e30 }, Stop)).Shown();
        message.ShouldContain("epoch 1 (total = ");
        message.ShouldContain(videos.Files.Train + ":");
        File.Exists(Work["run/checkpoint.safetensors"]).ShouldBeFalse();
    }

    [Fact]
    public void OpenLoader_TooManyShortVideos_IsRefusedOnlyIfAsked()
    {
        File.WriteAllLines(Work["list.csv"], ["a,8", "b,9", "c,9", "d,9"]);
        TrainOptions options = Options with { CsvFile = Work["list.csv"], TrainBatch = 2 };
        TrainingRun.OpenLoader(options).Usable.ShouldBe(3);
        TrainingRun.OpenLoader(options with { MaxShort = 0.25 }).LeftOut.Count.ShouldBe(1);
        Should.Throw<BadInputException>(() => TrainingRun.OpenLoader(options with { MaxShort = 0.2 })).Shown()
            .ShouldBe($"{Work["list.csv"]}: 1 of 4 videos are too short, a run needs more than 8 frames of each; the "
                + "first one in line 1; --max_short 0.2 allows fewer.");
    }
}
