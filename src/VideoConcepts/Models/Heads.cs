using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>The small heads of the method. Source: docs/method.md.</summary>
internal static class Heads
{
    /// <summary>Linear, ReLU, Linear: (N, inputs) → (N, outputs), for instance contrast.</summary>
    public static Sequential Projection(int inputs, int outputs) =>
        nn.Sequential(("0", nn.Linear(inputs, inputs, device: ShapesOnly.Device)), ("1", nn.ReLU()),
            ("2", nn.Linear(inputs, outputs, device: ShapesOnly.Device)));

    /// <summary>
    /// Linear, BatchNorm, ReLU, Linear: (N, inputs) → (N, width). Concept heads and reconstruction heads.
    /// </summary>
    public static Sequential Normalised(int inputs, int width) =>
        nn.Sequential(("0", nn.Linear(inputs, width, device: ShapesOnly.Device)), ("1", new BatchNorm(width)),
            ("2", nn.ReLU()), ("3", nn.Linear(width, width, device: ShapesOnly.Device)));

    /// <summary>Makes the rows of a prototype layer unit vectors, in place and without a gradient.</summary>
    public static void NormaliseRows(Linear prototype)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        prototype.weight!.copy_(UnitVectors.Of(prototype.weight));
    }
}
