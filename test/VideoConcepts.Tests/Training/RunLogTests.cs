using System.Text.Json.Nodes;
using Tensorboard;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

/// <summary>What a run leaves beside its checkpoints.</summary>
[Collection(nameof(SerialTests))]
public sealed class RunLogTests(TinyVideos videos) : TrainingTests
{
    private TrainOptions Options => TinyRun.Options(videos, Work["run"]) with { LogEvery = 3, Epoch = 2 };

    [Fact]
    public void Train_TensorBoardFiles_HoldTheFiguresOfTheMetrics()
    {
        TinyRun.Train(Options with { EvalCsv = videos.Files.AppearanceTest, EvalEvery = 1 }, Stop);
        List<Event> events = [.. Directory.GetFiles(Work["run/tensorboard"]).SelectMany(Events)];
        foreach (JsonObject line in Lines())
            foreach ((string name, JsonNode? value) in line
                .Where(v => v.Key is "total" or "I_vv" or "spread_dynamic" or "lr" or "R@1"))
                events.Where(e => e.Step == (long)line["step"]!)
                    .SelectMany(e => e.Summary?.Value ?? [])
                    .Single(v => v.Tag.Split('/')[1] == name)
                    .SimpleValue.ShouldBe((float)value!, name);
    }

    [Fact]
    public void Train_Metrics_SayHowManyConceptsAreInUse()
    {
        TinyRun.Train(Options, Stop);
        foreach (JsonObject line in Lines())
            foreach (string name in (string[])["used_static", "spread_static", "used_dynamic", "spread_dynamic"])
                ((double)line[name]!).ShouldBeInRange(0, 1, name);
    }

    [Fact]
    public void Usage_OfScores_CountsTheLeadingConcepts()
    {
        using var scope = NewDisposeScope();
        // Of four concepts, the first leads twice, the third and fourth once each.
        Tensor scores = tensor(new[,] { { 9f, 0, 0, 0 }, { 1f, 0, 0, 0 }, { 0f, 0, 2, 1 }, { -9f, -9, -9, -1 } });
        ConceptUsage.Of(scores, "x").ShouldBe([new("used_x", 0.75), new("spread_x", 0.75)]);
        ConceptUsage.Of(ones(5, 3), "x").ShouldBe([new("used_x", 1.0 / 3), new("spread_x", 0)]);
    }

    [Fact]
    public void Train_WithAnEvaluationList_ReportsRetrievalKeepsTheBestAndIsOtherwiseTheSame()
    {
        TinyRun.Train(Options with { Out = Work["plain"] }, Stop);
        var listener = new Listener();
        TinyRun.Train(Options with { EvalCsv = videos.Files.AppearanceTest, EvalEvery = 1 }, Stop, listener);
        listener.Retrievals.Select(r => (r.Epoch, r.Step)).ShouldBe([(0, 6), (1, 12)]);
        listener.Retrievals[0].Figures.Select(f => f.Name).ShouldBe(["R@1", "R@5", "R@10"]);
        EvaluationDuringTraining best = listener.Retrievals.MaxBy(r => r.Figures[0].Value)!;
        listener.Retrievals.Where(r => r.IsBest).Max(r => r.Step).ShouldBe(best.Step);
        Checkpoint.ReadRun(Work["run/best.safetensors"]).Run.Position.Step.ShouldBe(best.Step);
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> plain = SafeTensors.Read(Work["plain/checkpoint.safetensors"]).Tensors;
        foreach ((string key, Tensor tensor) in SafeTensors.Read(Work["run/checkpoint.safetensors"]).Tensors)
        {
            tensor.bytes.SequenceEqual(plain[key].bytes).ShouldBeTrue(key);
            tensor.Dispose();
            plain[key].Dispose();
        }
    }

    [Fact]
    public void Resume_AfterEvaluations_KnowsTheBestSoFar()
    {
        TinyRun.Train(Options with { EvalCsv = videos.Files.AppearanceTest, EvalEvery = 1 }, Stop);
        string[] lines = File.ReadAllLines(Work["run/metrics.jsonl"]);
        File.WriteAllLines(Work["run/metrics.jsonl"], lines.Select(l =>
            l.Contains("\"step\":6,\"R@1\"", StringComparison.Ordinal) ? """{"epoch":0,"step":6,"R@1":2}""" : l));
        var listener = new Listener();
        TinyRun.Train(
            Options with { EvalCsv = videos.Files.AppearanceTest, EvalEvery = 1, Epoch = 3, Resume = "auto" },
            Stop, listener);
        listener.Retrievals.Single().IsBest.ShouldBeFalse();
    }

    [Fact]
    public void Train_RunFile_SaysWithWhatAndOnWhat()
    {
        TinyRun.Train(Options, Stop);
        JsonObject json = JsonNode.Parse(File.ReadAllText(Work["run/run.json"]))!.AsObject();
        ((string)json["command"]!).ShouldStartWith("videoconcepts ");
        ((int)json["options"]!["epoch"]!).ShouldBe(2);
        JsonObject machine = json["machine"]!.AsObject();
        foreach (string fact in (string[])["videoconcepts", "system", ".NET", "libtorch", "processor", "memory"])
            ((string)machine[fact]!).ShouldNotBeNullOrWhiteSpace(fact);
        if (RunDescription.Revision.Length > 0) ((string)machine["git revision"]!).Length.ShouldBe(40);
        TrainOptions read = RecipeFile.Read(Work["run/run.json"], new Dictionary<string, JsonNode?> { ["epoch"] = 7 });
        read.LrDecay.ShouldBe(Options.LrDecay);
        read.ShouldBe(Options with { Epoch = 7, LrDecay = read.LrDecay });
    }

    /// <summary>Evaluations and checkpoints in between leave neither tensors nor memory behind.</summary>
    [Theory(Explicit = true)]
    [InlineData("concepts")]
    [InlineData("multilevel")]
    public void Train_OverTwoHundredSteps_KeepsTensorsAndMemoryFlat(string method)
    {
        TrainOptions options = TinyRun.WithMethod(Options, method);
        TinyRun.Train(options with { Out = Work["warm"] }, Stop);
        TrainOptions longer = options with
        {
            Epoch = 34,
            LogEvery = 20,
            SaveEvery = 2,
            EvalCsv = videos.Files.AppearanceTest,
            EvalEvery = 2,
        };
        List<IntervalMetrics> intervals = TinyRun.Train(longer, Stop);
        intervals[^1].Step.ShouldBe(204);
        long[] live = [.. intervals.Skip(1).Select(i => i.LiveTensors)];
        int loading = 2 * 3; // clips and static frames of up to three batches that are loaded ahead
        (live.Max() - live.Min()).ShouldBeLessThanOrEqualTo(loading, string.Join(' ', live));
        double[] resident = [.. intervals.Skip(1).Select(i => i.ResidentMegabytes)];
        (resident[^1] - resident[0]).ShouldBeLessThan(60, string.Join(' ', resident));
    }

    private IEnumerable<JsonObject> Lines() =>
        File.ReadAllLines(Work["run/metrics.jsonl"]).Select(l => JsonNode.Parse(l)!.AsObject());

    /// <summary>Records of an event file: length, checksum of the length, data, checksum of the data.</summary>
    private static IEnumerable<Event> Events(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BitConverter.ToInt64(bytes, at);
            yield return Event.Parser.ParseFrom(bytes, at + 12, length);
            at += 12 + length + 4;
        }
    }

    private sealed class Listener : ITrainingObserver
    {
        public List<EvaluationDuringTraining> Retrievals { get; } = [];

        public void EvaluationDone(EvaluationDuringTraining evaluation) => Retrievals.Add(evaluation);
    }
}
