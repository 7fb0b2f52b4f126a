using System.Runtime;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Tests.Data;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

/// <summary>
/// The loop alone, with an objective of one weight and batches that nobody looks at: 3 steps an epoch.
/// </summary>
[Collection(nameof(SerialTests))]
public sealed class PretrainerTests
{
    private const int Steps = 3;
    private readonly TinyRun.Recorder _recorder = new();
    private readonly List<int> _saved = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Run_Optimizer_GetsTheRateOfEpochAndStep()
    {
        var options =
            new TrainOptions { Epoch = 4, Lr = 0.5, LrDecay = [2, 3], Warmup = 2, WeightDecay = 0, LogEvery = 1 };
        var objective = new StubObjective();
        List<double> weights = [0];
        Run(options, objective, Stop, new TinyRun.AfterStep(_ => weights.Add(objective.Weight)));
        double[] rates = [0.25, 0.5, 0.5, 0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 0.005, 0.005, 0.005];
        weights.Zip(weights.Skip(1), (before, after) => before - after).ShouldBe(rates, 1e-6);
        _recorder.Intervals.Select(i => i.Rate).ShouldBe(rates, 1e-12);
    }

    [Fact]
    public void Run_Epochs_AreSavedAndReported()
    {
        Run(new TrainOptions { Epoch = 3, LogEvery = 4 }, new StubObjective(), Stop);
        _saved.ShouldBe([1, 2, 3]);
        _recorder.Intervals.Select(i => (i.Epoch, i.Step, i.TotalSteps)).ShouldBe([(1, 4, 9), (2, 8, 9), (2, 9, 9)]);
    }

    /// <summary>What grows over a run follows its own steps, also where earlier epochs had more of them.</summary>
    [Fact]
    public void Run_ThatGoesOn_AsksForBatchesOfItsOwnSteps()
    {
        var builder = new StreamBuilder();
        using var trainer = new Pretrainer(new TrainOptions { Epoch = 3, LogEvery = 100 }, new StubObjective(),
            Loader(builder), new TickingClock(), [_recorder]);
        trainer.Run(_ => { }, Stop, new RunPosition(1, 1, 40));
        builder.Steps.ShouldBe([40, 41, 42, 43, 44]);
    }

    /// <summary>
    /// A GPU copies it while the program goes on: its memory may not go before the step has waited for that.
    /// </summary>
    [Fact]
    public void Run_Batch_LivesUntilItsStepHasWaitedForTheDevice()
    {
        int reads = 0;
        List<(int Reads, bool Lives)> seen = [];
        ClipBatch? last = null;
        var objective = new StubObjective
        {
            Watch = (batch, read) =>
            {
                if (read) seen.Add((ReadBack.Count - reads, !batch.Clips.IsInvalid));
                else (last, reads) = (batch, ReadBack.Count);
            },
        };
        Run(new TrainOptions { Epoch = 1 }, objective, Stop,
            new TinyRun.AfterStep(_ => last!.Clips.IsInvalid.ShouldBeTrue()));
        seen.ShouldBe([(1, true), (1, true), (1, true)]);
    }

    /// <summary>
    /// Of a run that goes on with more processes: steps and epochs no longer fit, and its epoch may be over.
    /// </summary>
    [Fact]
    public void Run_FromTheEndOfAnEpoch_GoesOnWithTheNextAndReportsTheLastStep()
    {
        using var trainer = new Pretrainer(
            new TrainOptions { Epoch = 2, LogEvery = 100 }, new StubObjective(), Loader(),
            new TickingClock(), _recorder);
        trainer.Run(at =>
        {
            _saved.Add(at.Epoch);
            _saved.Count.ShouldBeLessThan(10, "the loop does not end");
        }, Stop, new RunPosition(0, Steps, 7));
        _saved.ShouldBe([2]);
        _recorder.Intervals.Select(i => (i.Epoch, i.Step)).ShouldBe([(1, 10)]);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(5, 1)]
    [InlineData(9, 3)]
    public void Run_StoppedInAStep_EndsItAndSavesWithTheWholeEpochsDone(long at, int epochs)
    {
        using var stop = new CancellationTokenSource();
        long last = 0;
        var observer = new TinyRun.AfterStep(step => { last = step; if (step == at) stop.Cancel(); });
        Should.Throw<OperationCanceledException>(
            () => Run(new TrainOptions { Epoch = 3 }, new StubObjective(), stop.Token, observer));
        last.ShouldBe(at);
        _saved[^1].ShouldBe(epochs);
        _saved.Count.ShouldBe((int)((at + Steps - 1) / Steps));
    }

    /// <summary>A collection in the middle of a native call frees the numbers that the call is given.</summary>
    [Fact]
    public void Run_AStep_HoldsGarbageCollectionBack()
    {
        List<GCLatencyMode> modes = [];
        var objective = new StubObjective
        {
            Terms = new Dictionary<string, Func<long, double?>>
            {
                ["loss"] = step =>
                {
                    modes.Add(GCSettings.LatencyMode);
                    return step;
                },
            },
        };
        Run(new TrainOptions { Epoch = 1 }, objective, Stop);
        modes.ShouldBe(Enumerable.Repeat(GCLatencyMode.NoGCRegion, Steps));
        GCSettings.LatencyMode.ShouldNotBe(GCLatencyMode.NoGCRegion);
    }

    [Fact]
    public void Run_ATermThatBeginsLate_IsAveragedOverItsOwnSteps()
    {
        var objective = new StubObjective
        {
            Terms = new Dictionary<string, Func<long, double?>>
            {
                ["always"] = step => step,
                ["late"] = step => step < 3 ? null : 10 * step,
            },
        };
        Run(new TrainOptions { Epoch = 2, LogEvery = 4 }, objective, Stop);
        _recorder.Intervals[0].Terms.Select(t => t.Key).ShouldBe(["slope", "always", "late"]);
        _recorder.Intervals[0].Terms[1].Value.ShouldBe(2.5);
        _recorder.Intervals[0].Terms[2].Value.ShouldBe(35);
        _recorder.Intervals[1].Terms[2].Value.ShouldBe(55);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void Run_LossThatIsNotFinite_NamesStepEpochTermAndVideos(double value, string shown)
    {
        var objective = new StubObjective
        {
            Terms = new Dictionary<string, Func<long, double?>>
            {
                ["calm"] = _ => 1,
                ["wild"] = step => step == 5 ? value : 0,
            },
        };
        string[] batch = [.. Loader().Epoch(1).ElementAt(1).Videos.Select(v => v.Origin)];
        var error = Should.Throw<TrainingFailedException>(() => Run(new TrainOptions { Epoch = 3 }, objective, Stop));
        error.Shown().ShouldStartWith(
            $"the loss is not finite at step 5, epoch 2 (total = {shown}, wild = {shown}); videos of the batch: "
            + $"{batch[0]}, {batch[1]};");
        batch[0].ShouldStartWith("list.csv:");
        error.Shown().ShouldContain("--lr");
        _saved.ShouldBe([1]);
    }

    [Fact]
    public void Run_GradientThatIsNotFinite_NamesItStepEpochAndVideos()
    {
        string[] batch = [.. Loader().Epoch(1).ElementAt(1).Videos.Select(v => v.Origin)];
        var objective = new StubObjective { SteepFrom = 5 };
        var error = Should.Throw<TrainingFailedException>(() => Run(new TrainOptions { Epoch = 3 }, objective, Stop));
        error.Shown().ShouldStartWith(
            $"the gradient of weight is not finite at step 5, epoch 2; videos of the batch: {batch[0]}, {batch[1]};");
        double.IsFinite(objective.Weight).ShouldBeTrue();
        _saved.ShouldBe([1]);
    }

    /// <summary>A minute a step, three steps an epoch; the time counts from whatever was saved last.</summary>
    [Theory]
    [InlineData(0, 0, "3 6")]
    [InlineData(2, 0, "2 3 5 6")]
    [InlineData(1.5, 0, "2 3 5 6")]
    [InlineData(1, 0, "1 2 3 4 5 6")]
    [InlineData(3, 0, "3 6")]
    [InlineData(2, 1, "1 2 3 4 5 6")]
    [InlineData(2, 4, "2 3 4 6")]
    public void Run_SaveMinutes_SavesByTime(double minutes, int everySteps, string saved) =>
        Saved(new TrainOptions { Epoch = 2, SaveMinutes = minutes, SaveEvery = everySteps }, new SingleProcess(),
            minutesPerStep: 1).ShouldBe(saved);

    [Fact]
    public void Run_SaveMinutes_OfSeveralProcesses_TheFirstOneDecides()
    {
        var options = new TrainOptions { Epoch = 2, SaveMinutes = 2 };
        Saved(options, new SecondOfTwo(step => step == 4), minutesPerStep: 1).ShouldBe("3 4 6"); // not by its own clock
        Saved(options, new SecondOfTwo(step => step is 1 or 5), minutesPerStep: 0).ShouldBe("1 3 5 6");
    }

    private static string Saved(TrainOptions options, ICommunicator ranks, double minutesPerStep)
    {
        var clock = new SetClock();
        List<long> saved = [];
        using var trainer = new Pretrainer(options, new StubObjective(), Loader(), clock,
            new TinyRun.AfterStep(_ => clock.Seconds += (long)(60 * minutesPerStep)))
        {
            Communicator = ranks,
        };
        trainer.Run(at => saved.Add(at.Step), Stop);
        return string.Join(' ', saved);
    }

    private void Run(
        TrainOptions options, StubObjective objective, CancellationToken stop, params ITrainingObserver[] observers)
    {
        using var trainer = new Pretrainer(options, objective, Loader(), new TickingClock(), [_recorder, .. observers]);
        trainer.Run(at => _saved.Add(at.Epoch), stop);
    }

    private sealed class SetClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private static ClipLoader Loader(StreamBuilder? builder = null)
    {
        VideoEntry[] videos = [.. Enumerable.Range(0, 2 * Steps)
            .Select(i => new VideoEntry($"/v/{i}", 100 + i, null, "list.csv", i + 1))];
        return new ClipLoader(videos, builder ?? new StreamBuilder(), new ReaderCount().Make,
            new LoaderOptions { BatchSize = 2, Workers = 0 });
    }
}
