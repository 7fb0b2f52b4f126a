using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Support;

/// <summary>A concept model small enough for a step in milliseconds, and batches for it.</summary>
internal static class TinyModel
{
    public const int Batch = 3, Concepts = 12, QueueLength = 8;

    public static ConceptModel Create(long seed = 1, int clips = 2)
    {
        var model = new ConceptModel(
            Backbones.Create("r2plus1d-tiny"), new ConceptModelOptions(Concepts, clips, QueueLength));
        Initialization.Fill(model, seed);
        model.train();
        return model;
    }

    /// <summary>In evaluation mode, its prototypes unit vectors.</summary>
    public static ConceptModel Trained()
    {
        ConceptModel model = Create();
        model.NormalisePrototypes();
        model.eval();
        return model;
    }

    public static ConceptObjective Objective(ConceptModel model, ReferenceQuirks? quirks = null) =>
        new(model, quirks ?? ReferenceQuirks.None);

    /// <summary>(B, 3S, 3, T, H, W), the same for the same name.</summary>
    public static Tensor Views(string name = "views", int clips = 2, int batch = Batch) =>
        ReferenceFill.Input(name, 1, Math.Sqrt(3), [batch, 3 * clips, 3, 4, 32, 64], ScalarType.Float32);

    /// <summary>(N, 3, T, H, W).</summary>
    public static Tensor Clips(int count) => Views().flatten(0, 1).narrow(0, 0, count);

    /// <summary>One training step; what the loss was.</summary>
    public static double Step(ConceptObjective objective, optim.Optimizer optimizer, Tensor views, int epoch)
    {
        using CollectionPause pause = CollectionPause.Begin();
        using var scope = NewDisposeScope();
        objective.BeforeStep();
        LossTerms terms = objective.Compute(views, epoch);
        Tensor total = terms.Total();
        optimizer.zero_grad();
        total.backward();
        objective.AfterBackward(epoch);
        optimizer.step();
        return total.ToDouble();
    }

    public static optim.Optimizer Adam(ConceptModel model) =>
        optim.Adam(model.parameters(), lr: 1e-3, weight_decay: 1e-5);
}
