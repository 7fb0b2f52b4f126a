using TorchSharp.Modules;
using VideoConcepts.Data;
using VideoConcepts.Losses;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>
/// What is learned: the model, and how a batch becomes named loss terms. The training loop knows nothing else of the
/// method.
/// </summary>
internal interface IObjective
{
    nn.Module Model { get; }

    /// <summary>Called before the forward pass of every step.</summary>
    void BeforeStep();

    /// <summary>
    /// A batch → its views → loss terms of this epoch (from 0), with gradients, on the model's device.
    /// </summary>
    LossTerms Compute(ClipBatch batch, int epoch);

    /// <summary>
    /// Parameters that learn, by name, in groups that differ in their learning rate: a factor of the run's.
    /// </summary>
    IReadOnlyList<ParameterGroup> Parameters => [new([.. Model.named_parameters()], 1)];

    /// <summary>Called between the backward pass and the optimizer.</summary>
    void AfterBackward(int epoch);

    /// <summary>What the logs should say of the objective's state beside its losses, as shares of 1.</summary>
    IReadOnlyList<KeyValuePair<string, double>> Gauges();

    /// <summary>
    /// What evaluation during the run looks at: RGB clips (N, 3, T, H, W) → features (N, D), or logits.
    /// </summary>
    Tensor ClipFeatures(Tensor clips);
}

/// <summary>Parameters with a learning rate of <paramref name="Factor"/> times the run's.</summary>
internal sealed record ParameterGroup(IReadOnlyList<(string Name, Parameter Parameter)> Parameters, double Factor);
