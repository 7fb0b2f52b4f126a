using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Support;

/// <summary>What one step of the trajectory gave.</summary>
/// <param name="Gradients">L2 norms between the backward pass and the optimizer.</param>
internal sealed record TrajectoryStep(
    double Total, Dictionary<string, double> Losses, Dictionary<string, double> Gradients);

/// <summary>
/// The whole model, filled by the rule, and its Adam; every call of <see cref="Next"/> is one training step.
/// </summary>
internal sealed class ReferenceTrajectory : IDisposable
{
    private readonly ConceptVectors _vectors;
    private readonly ScalarType _dtype;
    private readonly ConceptObjective _objective;
    private readonly optim.Optimizer _adam;
    private ConceptOutput? _output;

    public ReferenceTrajectory(ConceptVectors vectors, ScalarType dtype)
    {
        (_vectors, _dtype) = (vectors, dtype);
        Model = CreateModel(vectors);
        Model.to(dtype);
        ReferenceFill.Fill(Model, vectors.Seed);
        Model.NormalisePrototypes();
        Model.register_forward_hook((_, _, output) => _output = output);
        _objective = new ConceptObjective(Model, new ReferenceQuirks(StrictTopTen: true, RandomQueue: true));
        _adam = optim.Adam(Model.parameters(), lr: 1e-3, weight_decay: 1e-5);
    }

    public ConceptModel Model { get; }

    public static ConceptModel CreateModel(ConceptVectors vectors)
    {
        int clips = (int)ReferenceVectors.Shapes(vectors.StateDictKeys)["queue"][1] / 3;
        return new ConceptModel(
            Backbones.Create("r2plus1d"), new ConceptModelOptions(vectors.Concepts, clips, vectors.QueueLength));
    }

    public TrajectoryStep Next(StepVectors step)
    {
        using CollectionPause pause = CollectionPause.Begin(); // as the training loop does, beside other tests
        using var scope = NewDisposeScope();
        long views = 3 * Model.Options.Clips;
        Tensor video = ReferenceFill.Input($"video.{step.Step}", _vectors.Seed, Math.Sqrt(3),
            [_vectors.Batch, views, 3, _vectors.Frames, _vectors.Size, _vectors.Size], _dtype);
        Model.train();
        _objective.BeforeStep();
        LossTerms terms = _objective.Compute(video, step.Epoch);
        Tensor total = terms.Total();
        Dictionary<string, double> losses = terms.Terms.ToDictionary(t => t.Name, t => t.Value.ToScalar().ToDouble());
        foreach ((string name, double value) in LocalLosses()) losses.TryAdd(name, value);
        _adam.zero_grad();
        total.backward();
        _objective.AfterBackward(step.Epoch);
        Dictionary<string, double> gradients = Model.GradientNorms();
        _adam.step();
        return new TrajectoryStep(total.ToScalar().ToDouble(), losses, gradients);
    }

    public void Dispose()
    {
        _adam.Dispose();
        Model.Dispose();
    }

    // The file reports the local terms of every step, also of those whose loss leaves them out.
    private List<(string Name, double Value)> LocalLosses()
    {
        using var noGrad = no_grad();
        return [.. _objective.LocalTerms(_output!.Maps, _output.Scores)
            .Select(t => (t.Name, t.Value.ToScalar().ToDouble()))];
    }
}
