using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// A convolution of kernel 1 over time, (N, C, t) → (N, C', t), as a matrix product; its keys are those of Conv1d.
/// </summary>
internal sealed class TimeProjection : nn.Module<Tensor, Tensor>
{
    public readonly Parameter weight; // (C', C, 1)
    public readonly Parameter bias;

    public TimeProjection(int inputs, int outputs) : base(nameof(TimeProjection))
    {
        weight = new Parameter(empty([outputs, inputs, 1], device: ShapesOnly.Device));
        bias = new Parameter(empty([outputs], device: ShapesOnly.Device));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return (weight.squeeze(2).matmul(x) + bias.unsqueeze(1)).MoveToOuterDisposeScope();
    }
}
