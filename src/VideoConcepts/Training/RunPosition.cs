using TorchSharp;
using TorchSharp.Modules;

namespace VideoConcepts.Training;

/// <summary>Where a run stands between two steps. All that is random follows from the seed and these numbers.</summary>
/// <param name="Epoch">Epoch index of the next step, from 0.</param>
/// <param name="Batch">Its number in the epoch, from 0.</param>
/// <param name="Step">Steps done.</param>
internal readonly record struct RunPosition(int Epoch, int Batch, long Step)
{
    internal RunPosition Next(int batchesPerEpoch) =>
        Batch + 1 < batchesPerEpoch ? new(Epoch, Batch + 1, Step + 1) : new(Epoch + 1, 0, Step + 1);
}

/// <summary>Sum of a loss term over the steps in which it took part.</summary>
internal sealed record TermSum(string Name, double Sum, int Steps);

/// <summary>What an interval of metrics has added up so far.</summary>
internal sealed record IntervalSums(int Steps, IReadOnlyList<TermSum> Terms);

/// <summary>What a trainer remembers from step to step beside the model: Adam's moments, or SGD's momentum.</summary>
internal sealed class TrainerState
{
    private const string First = "adam.exp_avg.", Second = "adam.exp_avg_sq.", Momentum = "sgd.momentum_buffer.";
    private readonly IReadOnlyList<(string Name, OptimizerState State)> _states;
    private readonly IntervalMeter _meter;

    internal TrainerState(Optimization optimizer, IntervalMeter meter)
    {
        _states = [.. optimizer.States];
        _meter = meter;
    }

    public IntervalSums Sums
    {
        get => _meter.Sums;
        set => _meter.Sums = value;
    }

    /// <summary>Adam's own step count of each parameter; one that never had a gradient has none.</summary>
    public IReadOnlyDictionary<string, long> Steps => _states
        .Where(s => s.State is Adam.State { step: > 0 })
        .ToDictionary(s => s.Name, s => ((Adam.State)s.State).step);

    /// <summary>The optimizer's tensors, by names that no state_dict has; they stay the optimizer's.</summary>
    public IEnumerable<KeyValuePair<string, torch.Tensor>> Tensors => _states.SelectMany(s => s.State switch
    {
        Adam.State { step: > 0 } adam => [new(First + s.Name, adam.exp_avg), new(Second + s.Name, adam.exp_avg_sq)],
        SGD.State { momentum_buffer: not null } sgd => [new(Momentum + s.Name, sgd.momentum_buffer)],
        _ => (KeyValuePair<string, torch.Tensor>[])[],
    });

    internal static bool IsName(string key) =>
        key.StartsWith("adam.", StringComparison.Ordinal) || key.StartsWith("sgd.", StringComparison.Ordinal);

    /// <exception cref="BadInputException">The tensors are not those of this model and optimizer.</exception>
    public void Load(IReadOnlyDictionary<string, torch.Tensor> tensors, IReadOnlyDictionary<string, long> steps)
    {
        using var noGrad = torch.no_grad();
        foreach ((string name, OptimizerState state) in _states)
            if (state is Adam.State adam && steps.TryGetValue(name, out long step))
            {
                adam.step = step;
                adam.exp_avg.copy_(Saved(First + name, adam.exp_avg.shape, tensors));
                adam.exp_avg_sq.copy_(Saved(Second + name, adam.exp_avg.shape, tensors));
            }
            else if (state is SGD.State sgd && tensors.TryGetValue(Momentum + name, out torch.Tensor? buffer))
            {
                sgd.momentum_buffer = buffer.clone().DetachFromDisposeScope();
            }
    }

    private static torch.Tensor Saved(string name, long[] shape, IReadOnlyDictionary<string, torch.Tensor> tensors) =>
        tensors.TryGetValue(name, out torch.Tensor? saved) && saved.shape.SequenceEqual(shape)
            ? saved
            : throw new BadInputException($"{name} is missing or of another shape.");
}
