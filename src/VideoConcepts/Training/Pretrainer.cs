using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Losses;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>The training loop. What is learned is the objective's affair; when, is decided here.</summary>
internal sealed class Pretrainer : IDisposable
{
    private readonly TrainOptions _options;
    private readonly IObjective _objective;
    private readonly ClipLoader _loader;
    private readonly IReadOnlyList<ITrainingObserver> _observers;
    private readonly Optimization _optimizer;
    private readonly IntervalMeter _meter;
    private readonly TimeProvider _clock;
    private long _saved; // when that was last done

    public Pretrainer(TrainOptions options, IObjective objective, ClipLoader loader, TimeProvider clock,
        params IReadOnlyList<ITrainingObserver> observers)
    {
        _options = options;
        _objective = objective;
        _loader = loader;
        _clock = clock;
        _observers = observers;
        _optimizer = new Optimization(options, objective);
        _meter = new IntervalMeter(clock, loader);
        TotalSteps = (long)options.Epoch * loader.BatchesPerEpoch;
    }

    /// <summary>The processes that train together; the objective knows of them too.</summary>
    public ICommunicator Communicator { get; init; } = new SingleProcess();

    public long TotalSteps { get; }

    /// <summary>
    /// The optimizer's memory and the sums of the interval under way: what a checkpoint needs beside the model.
    /// </summary>
    public TrainerState State => new(_optimizer, _meter);

    /// <summary>
    /// Trains to the last epoch. Calls <paramref name="save"/> after each epoch, every <c>save_every</c> steps or
    /// <c>save_minutes</c>, and when stopped; what observers do after an epoch follows when it is saved.
    /// </summary>
    /// <param name="from">Where to begin; what comes before was done by an earlier run, whose state is loaded.</param>
    /// <exception cref="OperationCanceledException">When the step in which <paramref name="stop"/> was asked for is
    /// saved.</exception>
    /// <exception cref="TrainingFailedException">The loss or a gradient is not a finite number.</exception>
    public void Run(Action<RunPosition> save, CancellationToken stop = default, RunPosition from = default)
    {
        _objective.Model.train();
        _meter.Start(from.Step);
        // Of a run that had fewer videos in a step, an epoch may be seen to its end already.
        RunPosition at = from.Batch < _loader.BatchesPerEpoch ? from : new(from.Epoch + 1, 0, from.Step);
        _saved = _clock.GetTimestamp();
        while (true)
        {
            // also where a run goes on: it may have been stopped before
            if (at is { Epoch: > 0, Batch: 0 }) EndEpoch(at, stop);
            if (at.Epoch >= _options.Epoch) return;
            bool stopping = false;
            foreach (ClipBatch batch in _loader.Epoch(at.Epoch, at.Batch, at.Step))
            {
                int epoch = at.Epoch;
                using (batch) Step(batch, epoch, at.Step);
                at = at.Next(_loader.BatchesPerEpoch);
                foreach (ITrainingObserver o in _observers) o.StepDone(at.Step, TotalSteps, _meter.LastLoss);
                if (at.Step % _options.LogEvery == 0 || at.Epoch == _options.Epoch)
                    foreach (IntervalMetrics metrics in _meter.Flush(
                        epoch, at.Step, TotalSteps, RateAt(epoch, at.Step - 1), _objective.Gauges()))
                        foreach (ITrainingObserver o in _observers) o.IntervalDone(metrics);
                (stopping, bool overdue) = Communicator.Any(stop.IsCancellationRequested, SaveIsOverdue);
                if (at.Batch == 0 || stopping) break;
                if (overdue || (_options.SaveEvery > 0 && at.Step % _options.SaveEvery == 0)) Save();
            }
            Save();
            if (stopping) throw new OperationCanceledException(stop);
        }

        void Save()
        {
            save(at);
            _saved = _clock.GetTimestamp();
        }
    }

    private void EndEpoch(RunPosition at, CancellationToken stop)
    {
        foreach (ITrainingObserver o in _observers) o.EpochDone(at.Epoch, at.Step, stop);
        if (Communicator.Any(stop.IsCancellationRequested)) throw new OperationCanceledException(stop);
    }

    /// <summary>One step: views → loss terms → gradients → optimizer.</summary>
    private void Step(ClipBatch batch, int epoch, long step)
    {
        using CollectionPause pause = CollectionPause.Begin();
        using var scope = NewDisposeScope();
        _optimizer.SetRate(RateAt(epoch, step));
        _objective.BeforeStep();
        LossTerms terms = _objective.Compute(batch, epoch);
        Tensor total = terms.Total();
        // Null, not zero: Adam must skip what has no gradient and leave its step count alone.
        foreach (var parameter in _objective.Model.parameters()) parameter.grad = null;
        total.backward();
        GradientAverage.Apply(_objective.Model.parameters(), Communicator);
        Tensor norm = GradientNorm.Of(_objective.Model.parameters());
        // The one time in a step that the host waits for the device: nothing is learned or saved of what is not finite.
        double[] read = ReadBack.Numbers(stack([total.detach(), norm.to(total.dtype)]));
        if (!read.All(double.IsFinite))
            throw TrainingFailedException.NotFinite(terms, _objective.Model, epoch, step, batch.Videos);
        _objective.AfterBackward(epoch);
        _optimizer.Step();
        _meter.Add(terms, total, norm, read[0], batch.Indices.Count * Communicator.Size);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _meter.Dispose();
    }

    /// <summary>By the first process's clock.</summary>
    private bool SaveIsOverdue => Communicator.Rank == 0 && _options.SaveMinutes > 0
        && _clock.GetElapsedTime(_saved).TotalMinutes >= _options.SaveMinutes;

    private double RateAt(int epoch, long step) =>
        LearningRate.At(_options.Lr, _options.LrDecay, epoch, step, _options.Warmup);
}
