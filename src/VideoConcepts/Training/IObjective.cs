using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Losses;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>
/// What is learned: which views of a video it needs, the model, and how a batch becomes named loss terms. The
/// training loop knows nothing else of the method.
/// </summary>
public interface IObjective
{
    IViewBuilder Views { get; }

    nn.Module Model { get; }

    /// <summary>Called before the forward pass of every step.</summary>
    void BeforeStep();

    /// <summary>views (B, V, 3, T, H, W) → loss terms of this epoch (from 0), with gradients.</summary>
    LossTerms Compute(Tensor views, int epoch);

    /// <summary>Called between the backward pass and the optimizer.</summary>
    void AfterBackward(int epoch);

    /// <summary>What the logs should say of the objective's state beside its losses, as shares of 1.</summary>
    IReadOnlyList<KeyValuePair<string, double>> Gauges();

    /// <summary>Features of RGB clips for evaluation: (N, 3, T, H, W) → (N, D).</summary>
    Tensor ClipFeatures(Tensor clips);
}
