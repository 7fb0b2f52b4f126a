using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>
/// Adam or SGD over an objective's parameter groups, and what it remembers of each parameter, by name.
/// </summary>
internal sealed class Optimization : IDisposable
{
    private readonly IReadOnlyList<ParameterGroup> _groups;
    private readonly OptimizerHelper _optimizer;

    public Optimization(TrainOptions options, IObjective objective)
    {
        _groups = objective.Parameters;
        // Each group has numbers of its own: those given to the optimizer do not reach it.
        _optimizer = options.Momentum is { } momentum
            ? optim.SGD([.. _groups.Select(g => new SGD.ParamGroup(
                Weights(g), lr: options.Lr, momentum: momentum, weight_decay: options.WeightDecay))], options.Lr)
            : optim.Adam([.. _groups.Select(g => new Adam.ParamGroup(
                Weights(g), lr: options.Lr, beta1: 0.9, beta2: 0.999, eps: 1e-8,
                weight_decay: options.WeightDecay))], options.Lr);
    }

    public IEnumerable<(string Name, OptimizerState State)> States =>
        _groups.SelectMany(g => g.Parameters).Select(p => p.Name).Zip(_optimizer.state_dict().State);

    /// <summary>One update with the given rate; a parameter without a gradient is skipped.</summary>
    public void Step() => _optimizer.step();

    public void SetRate(double rate)
    {
        foreach ((var group, ParameterGroup ours) in _optimizer.ParamGroups.Zip(_groups))
            group.LearningRate = rate * ours.Factor;
    }

    private static Parameter[] Weights(ParameterGroup group) => [.. group.Parameters.Select(p => p.Parameter)];

    public void Dispose() => _optimizer.Dispose();
}
