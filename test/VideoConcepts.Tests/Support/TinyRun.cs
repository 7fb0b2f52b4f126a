using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Support;

/// <summary>Training runs of milliseconds per step: 6 steps an epoch.</summary>
internal static class TinyRun
{
    /// <summary>A small model of a list that is not read.</summary>
    public static TrainOptions Model { get; } = new()
    {
        CsvFile = "list.csv",
        Net = "r2plus1d-tiny",
        Seq = 4,
        ImgDim = 32,
        Concept = 3,
        Queue = 6,
    };

    public static TrainOptions Options(TinyVideos videos, string output) => Model with
    {
        CsvFile = videos.Files.Train,
        Out = output,
        TrainBatch = 4,
        Workers = 1,
        Epoch = 1,
        Queue = 16,
        LocalFrom = 1,
        Threads = 1,
        LogEvery = 1,
        Precision = "full", // the same on every machine
    };

    /// <summary>The same run of another method; the graph constraint acts from the second epoch on.</summary>
    public static TrainOptions WithMethod(TrainOptions options, string method) => method switch
    {
        "multilevel" => options with { Method = "multilevel", Cluster = 4, Split = 1 },
        "concepts of motion" => options with
        {
            RateMin = 1.5,
            Rate = 2,
            Difference = Differences.Flow,
            SteadyContrast = true,
            OwnTargets = true,
            Balance = true,
            JitterWarmup = 5,
            OwnStatistics = true,
            StaticNegatives = true,
        },
        "concepts with graph" => options with { Thres = 0.05, Split = 1 },
        _ => options,
    };

    /// <summary>Trains and returns the intervals; the model goes.</summary>
    public static List<IntervalMetrics> Train(
        TrainOptions options, CancellationToken stop, params ITrainingObserver[] observers)
    {
        var recorder = new Recorder();
        using IVideoModel model = TrainingRun.Train(
            options, TrainingRun.OpenLoader(options), TimeProvider.System, [recorder, .. observers], stop);
        return recorder.Intervals;
    }

    /// <summary>Every bit of every loss of a run.</summary>
    public static List<(long Step, string Term, long Bits)> LossBits(IEnumerable<IntervalMetrics> intervals) =>
        [.. intervals.SelectMany(i => i.Terms.Prepend(new("total", i.Loss))
            .Select(t => (i.Step, t.Key, BitConverter.DoubleToInt64Bits(t.Value))))];

    /// <summary>A model whose batch norms and queue have seen data, in evaluation mode.</summary>
    public static ConceptModel UsedModel(TrainOptions options)
    {
        ConceptModel model = (ConceptModel)TrainingRun.BuildModel(options);
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var generator = new torch.Generator(5, torch.CPU);
        model.train();
        model.Remember(model.call(
            torch.randn([4, 6, 3, options.Seq, options.ImgDim, options.ImgDim], generator: generator)).Scores);
        model.eval();
        return model;
    }

    public sealed class Recorder : ITrainingObserver
    {
        public List<IntervalMetrics> Intervals { get; } = [];

        public void IntervalDone(IntervalMetrics metrics) => Intervals.Add(metrics);
    }

    public sealed class AfterStep(Action<long> action) : ITrainingObserver
    {
        public void StepDone(long step, long totalSteps, double loss) => action(step);
    }
}
