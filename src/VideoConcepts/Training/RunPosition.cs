using TorchSharp;
using TorchSharp.Modules;

namespace VideoConcepts.Training;

/// <summary>Where a run stands between two steps. All that is random follows from the seed and these numbers.</summary>
/// <param name="Epoch">Epoch index of the next step, from 0.</param>
/// <param name="Batch">Its number in the epoch, from 0.</param>
/// <param name="Step">Steps done.</param>
public readonly record struct RunPosition(int Epoch, int Batch, long Step)
{
    internal RunPosition Next(int batchesPerEpoch) =>
        Batch + 1 < batchesPerEpoch ? new(Epoch, Batch + 1, Step + 1) : new(Epoch + 1, 0, Step + 1);
}

/// <summary>Sum of a loss term over the steps in which it took part.</summary>
public sealed record TermSum(string Name, double Sum, int Steps);

/// <summary>What an interval of metrics has added up so far.</summary>
public sealed record IntervalSums(int Steps, IReadOnlyList<TermSum> Terms);

/// <summary>What a trainer remembers from step to step beside the model.</summary>
public sealed class TrainerState
{
    private const string First = "adam.exp_avg.", Second = "adam.exp_avg_sq.";
    private readonly IReadOnlyList<(string Name, Adam.State State)> _moments;
    private readonly IntervalMeter _meter;

    internal TrainerState(Adam optimizer, torch.nn.Module model, IntervalMeter meter)
    {
        List<OptimizerState> states = optimizer.state_dict().State;
        _moments = [.. model.named_parameters().Select((p, i) => (p.name, (Adam.State)states[i]))];
        _meter = meter;
    }

    public IntervalSums Sums
    {
        get => _meter.Sums;
        set => _meter.Sums = value;
    }

    /// <summary>Adam's own step count of each parameter; one that never had a gradient has none.</summary>
    public IReadOnlyDictionary<string, long> Steps => _moments.Where(m => m.State.step > 0).ToDictionary(m => m.Name, m => m.State.step);

    /// <summary>Adam's moments, by names that no state_dict has; they stay the optimizer's.</summary>
    public IEnumerable<KeyValuePair<string, torch.Tensor>> Tensors => _moments.Where(m => m.State.step > 0)
        .SelectMany(m => (KeyValuePair<string, torch.Tensor>[])[new(First + m.Name, m.State.exp_avg), new(Second + m.Name, m.State.exp_avg_sq)]);

    internal static bool IsName(string key) => key.StartsWith("adam.", StringComparison.Ordinal);

    /// <exception cref="BadInputException">The moments are not those of this model.</exception>
    public void Load(IReadOnlyDictionary<string, torch.Tensor> tensors, IReadOnlyDictionary<string, long> steps)
    {
        using var noGrad = torch.no_grad();
        foreach ((string name, Adam.State state) in _moments)
        {
            if (!steps.TryGetValue(name, out long step)) continue;
            if (!tensors.TryGetValue(First + name, out torch.Tensor? first) || !tensors.TryGetValue(Second + name, out torch.Tensor? second)
                || !first.shape.SequenceEqual(state.exp_avg.shape) || !second.shape.SequenceEqual(state.exp_avg.shape))
                throw new BadInputException($"Adam's moments of {name} are missing or of another shape.");
            state.step = step;
            state.exp_avg.copy_(first);
            state.exp_avg_sq.copy_(second);
        }
    }
}
