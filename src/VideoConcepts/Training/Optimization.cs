using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>Adam or SGD over an objective's parameter groups, and what it remembers of each parameter, by name.</summary>
internal sealed class Optimization : IDisposable
{
    private readonly IReadOnlyList<ParameterGroup> _groups;
    private readonly OptimizerHelper _optimizer;

    public Optimization(TrainOptions options, IObjective objective)
    {
        _groups = objective.Parameters;
        _optimizer = options.Momentum is { } momentum
            ? optim.SGD([.. _groups.Select(g => new SGD.ParamGroup([.. g.Parameters.Select(p => p.Parameter)]))], options.Lr, momentum, weight_decay: options.WeightDecay)
            : optim.Adam([.. _groups.Select(g => new Adam.ParamGroup([.. g.Parameters.Select(p => p.Parameter)]))], options.Lr, weight_decay: options.WeightDecay);
    }

    public IEnumerable<(string Name, OptimizerState State)> States =>
        _groups.SelectMany(g => g.Parameters).Select(p => p.Name).Zip(_optimizer.state_dict().State);

    /// <summary>One update with the given rate; a parameter without a gradient is skipped.</summary>
    public void Step() => _optimizer.step();

    public void SetRate(double rate)
    {
        foreach ((var group, ParameterGroup ours) in _optimizer.ParamGroups.Zip(_groups)) group.LearningRate = rate * ours.Factor;
    }

    public void Dispose() => _optimizer.Dispose();
}
