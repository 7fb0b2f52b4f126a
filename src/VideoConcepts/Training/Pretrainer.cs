using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Losses;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>The training loop. What is learned is the objective's affair; when, is decided here.</summary>
public sealed class Pretrainer : IDisposable
{
    private readonly TrainOptions _options;
    private readonly IObjective _objective;
    private readonly ClipLoader _loader;
    private readonly IReadOnlyList<ITrainingObserver> _observers;
    private readonly TimeProvider _clock;
    private readonly optim.Optimizer _optimizer;

    public Pretrainer(TrainOptions options, IObjective objective, ClipLoader loader, TimeProvider clock, params IReadOnlyList<ITrainingObserver> observers)
    {
        (_options, _objective, _loader, _clock, _observers) = (options, objective, loader, clock, observers);
        _optimizer = optim.Adam(objective.Model.parameters(), options.Lr, weight_decay: options.WeightDecay);
        TotalSteps = (long)options.Epoch * loader.BatchesPerEpoch;
    }

    public long TotalSteps { get; }

    /// <summary>Trains to the last epoch. Calls <paramref name="save"/> with the number of whole epochs done, after each and when stopped.</summary>
    /// <exception cref="OperationCanceledException">After the step in which <paramref name="stop"/> was asked for.</exception>
    /// <exception cref="TrainingFailedException">The loss is not a finite number.</exception>
    public void Run(Action<int> save, CancellationToken stop = default)
    {
        _objective.Model.train();
        var meter = new IntervalMeter(_clock, _loader);
        long step = 0;
        for (int epoch = 0; epoch < _options.Epoch; epoch++)
        {
            bool cut = false;
            foreach (ClipBatch batch in _loader.Epoch(epoch))
            {
                using (batch)
                    meter.Add(Step(batch, epoch, step), batch.Indices.Count);
                step++;
                foreach (ITrainingObserver o in _observers) o.StepDone(step, TotalSteps, meter.LastLoss);
                if (step % _options.LogEvery == 0 || step == TotalSteps)
                    foreach (IntervalMetrics metrics in meter.Flush(epoch, step, TotalSteps, RateAt(epoch, step - 1)))
                        foreach (ITrainingObserver o in _observers) o.IntervalDone(metrics);
                cut = stop.IsCancellationRequested && step < (epoch + 1L) * _loader.BatchesPerEpoch;
                if (cut) break;
            }
            save(cut ? epoch : epoch + 1);
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One step: views → loss terms → gradients → Adam.</summary>
    private IReadOnlyList<KeyValuePair<string, double>> Step(ClipBatch batch, int epoch, long step)
    {
        using CollectionPause pause = CollectionPause.Begin();
        using var scope = NewDisposeScope();
        foreach (var group in _optimizer.ParamGroups) group.LearningRate = RateAt(epoch, step);
        _objective.BeforeStep();
        LossTerms terms = _objective.Compute(batch.Views, epoch);
        Tensor total = terms.Total();
        var values = terms.Terms.Select(t => KeyValuePair.Create(t.Name, t.Value.ToDouble())).Prepend(new("total", total.ToDouble())).ToList();
        if (!double.IsFinite(values[0].Value)) throw TrainingFailedException.NotFinite(values, epoch, step, batch.Videos);

        // Null, not zero: Adam must skip what has no gradient and leave its step count alone.
        foreach (var parameter in _objective.Model.parameters()) parameter.grad = null;
        total.backward();
        _objective.AfterBackward(epoch);
        _optimizer.step();
        return values;
    }

    public void Dispose() => _optimizer.Dispose();

    private double RateAt(int epoch, long step) => LearningRate.At(_options.Lr, _options.LrDecay, epoch, step, _options.Warmup);
}
