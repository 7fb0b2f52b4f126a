using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Learning;

/// <summary>Measures how long a step of a run takes here, loading included, by making some; nothing is kept of them.
/// </summary>
internal static class StepTiming
{
    private const int Warmup = 3, LeastSteps = 6, MostSteps = 20;

    /// <summary>Seconds of a step: the median of some.</summary>
    /// <param name="options">The run. Its videos are read as it would.</param>
    /// <param name="most">Time after which no further step begins, but for those that are needed.</param>
    /// <param name="clock">Measures.</param>
    /// <param name="told">Told the number of steps made and of all.</param>
    /// <param name="stop">Ends with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="BadInputException">The run cannot be.</exception>
    public static double Measure(TrainOptions options, TimeSpan most, TimeProvider clock, Action<int, int> told,
        CancellationToken stop)
    {
        // from the first step on all that a step will do later on, too
        options = options with { Epoch = int.MaxValue / 2, LocalFrom = 0, Split = 0, Resume = null };
        ClipLoader loader = TrainingRun.OpenLoader(options);
        options = options with
        {
            Precision = PrecisionChoice.Resolve(options.Precision, ComputeDevice.Choose(options.Device).type),
        };
        if (options.Threads > 0) set_num_threads(options.Threads);
        using IVideoModel model = TrainingRun.BuildModel(options);
        model.Module.to(ComputeDevice.Choose(options.Device));
        IObjective objective = Method.Of(options).Objective(options, model,
            new SplitBatch(new SingleProcess(), options.SyncBn));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watch = new Watch(clock, most, told, enough);
        using var trainer = new Pretrainer(options, objective, loader, clock, watch);
        try
        {
            trainer.Run(_ => { }, enough.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // there were enough steps
        }
        return watch.Median;
    }

    private sealed class Watch(TimeProvider clock, TimeSpan most, Action<int, int> told, CancellationTokenSource enough)
        : ITrainingObserver
    {
        private readonly List<double> _seconds = [];
        private readonly long _begin = clock.GetTimestamp();
        private long _last;
        private int _steps;

        public double Median => _seconds.Order().ElementAt(_seconds.Count / 2);

        public void StepDone(long step, long totalSteps, double loss)
        {
            long now = clock.GetTimestamp();
            if (_steps++ >= Warmup) _seconds.Add(clock.GetElapsedTime(_last, now).TotalSeconds);
            _last = now;
            told(Math.Min(_steps, Warmup + MostSteps), Warmup + MostSteps);
            bool late = _seconds.Count >= LeastSteps && clock.GetElapsedTime(_begin, now) > most;
            if (_seconds.Count >= MostSteps || late) enough.Cancel();
        }
    }
}
