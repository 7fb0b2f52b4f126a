using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>The numbers that a convolution computes with. Weights, batch-norm statistics and losses stay float32 or
/// float64 whatever is chosen here.</summary>
public enum Precision
{
    /// <summary>The type of the weights (float32, or float64 after <c>.to(torch.float64)</c>), contiguous layout.</summary>
    Full,

    /// <summary>The type of the weights, channels-last layout.</summary>
    ChannelsLast,

    /// <summary>bfloat16 activations and a bfloat16 copy of the weights, channels-last layout.</summary>
    Bfloat16,
}

/// <summary>
/// A 3-D convolution without bias, and the one place that knows about precision and memory layout.
/// Shapes: (N, C, T, H, W) → (N, C', T', H', W').
/// </summary>
public sealed class Convolution : nn.Module<Tensor, Tensor>
{
    public readonly Parameter weight; // (C', C, kT, kH, kW)
    private readonly long[] _stride, _padding;
    private readonly Precision _precision;

    public Convolution(long inputs, long outputs, (long T, long H, long W) kernel, (long T, long H, long W) stride,
        (long T, long H, long W) padding, Precision precision) : base(nameof(Convolution))
    {
        weight = new Parameter(torch.empty([outputs, inputs, kernel.T, kernel.H, kernel.W]));
        (_stride, _padding) = ([stride.T, stride.H, stride.W], [padding.T, padding.H, padding.W]);
        _precision = precision;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        if (_precision == Precision.Full) return nn.functional.conv3d(input, weight, null, _stride, _padding);
        ScalarType type = _precision == Precision.Bfloat16 ? ScalarType.BFloat16 : weight.dtype;
        using var scope = NewDisposeScope();
        Tensor output = nn.functional.conv3d(ChannelsLast(input.to(type)), ChannelsLast(weight.to(type)), null, _stride, _padding);
        return output.MoveToOuterDisposeScope();
    }

    // TorchSharp has no channels_last_3d; the permuted copy has its strides, and oneDNN goes by the strides.
    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 4, 1).contiguous().permute(0, 4, 1, 2, 3);
}
