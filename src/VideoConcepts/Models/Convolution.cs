using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>The numbers that a convolution computes with. Weights, batch-norm statistics and losses stay float32 or
/// float64 whatever is chosen here.</summary>
public enum Precision
{
    /// <summary>
    /// The type of the weights (float32, or float64 after <c>.to(torch.float64)</c>), the layout that is safe for it.
    /// </summary>
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
internal sealed class Convolution : nn.Module<Tensor, Tensor>
{
    public readonly Parameter weight; // (C', C, kT, kH, kW)
    private readonly long[] _stride, _padding;
    private readonly Precision _precision;

    public Convolution(long inputs, long outputs, (long T, long H, long W) kernel, (long T, long H, long W) stride,
        (long T, long H, long W) padding, Precision precision) : base(nameof(Convolution))
    {
        weight = new Parameter(torch.empty([outputs, inputs, kernel.T, kernel.H, kernel.W], device: ShapesOnly.Device));
        (_stride, _padding) = ([stride.T, stride.H, stride.W], [padding.T, padding.H, padding.W]);
        _precision = precision;
        RegisterComponents();
    }

    /// <summary>Of time, height and width.</summary>
    internal IReadOnlyList<long> Stride => _stride;

    /// <summary>Zeros before and behind time, height and width.</summary>
    internal IReadOnlyList<long> Padding => _padding;

    public override Tensor forward(Tensor input)
    {
        ScalarType type = _precision == Precision.Bfloat16 ? ScalarType.BFloat16 : weight.dtype;
        // oneDNN's 3-D kernels are not to be trusted (libtorch 2.10 on Zen 5): contiguous ones read memory that was
        // never written, channels-last ones gave wrong values and gradients. In float64, and off the CPU, others
        // compute.
        if (weight.device_type != DeviceType.CPU || (_precision == Precision.Full && type != ScalarType.Float32))
            return Native(input, type);
        using var scope = NewDisposeScope();
        // (N, T, H, W, C), a copy only if it lies otherwise
        Tensor x = input.to(type).permute(0, 2, 3, 4, 1).contiguous();
        Tensor w = weight.to(type);
        Tensor y = IsPoint(w) ? Point(x, w)
            : FewChannels(x, w) ? PixelConvolution.Of(x, w, Padded, _stride[1], _padding[1..])
            : Padded(x, w);
        Tensor result = y.permute(0, 4, 1, 2, 3);
        // batch norm adds up more exactly in this layout
        if (_precision == Precision.Full) result = result.contiguous();
        return result.MoveToOuterDisposeScope();
    }

    private Tensor Native(Tensor input, ScalarType type)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor w) = Operands(input, type);
        return nn.functional.conv3d(x, w, null, _stride, _padding).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What libtorch's own kernels are given. Unless full, channels are innermost in memory, as a GPU's kernels for
    /// bfloat16 want them; their results lie likewise, and what follows copies nothing.
    /// </summary>
    internal (Tensor X, Tensor W) Operands(Tensor input, ScalarType type)
    {
        (Tensor x, Tensor w) = (input.to(type), weight.to(type));
        return _precision == Precision.Full ? (x, w) : (ChannelsLast(x), ChannelsLast(w));
    }

    private static Tensor ChannelsLast(Tensor x) => x.permute(0, 2, 3, 4, 1).contiguous().permute(0, 4, 1, 2, 3);

    // Each takes and returns (N, T, H, W, C).

    // A shortcut is a product with a matrix at every s-th position.
    private Tensor Point(Tensor x, Tensor w)
    {
        for (int axis = 0; axis < 3; axis++)
            if (_stride[axis] > 1) x = x.slice(axis + 1, 0, x.shape[axis + 1], _stride[axis]);
        return x.matmul(w.flatten(1).t());
    }

    // oneDNN's bfloat16 data gradient reads output channels in pairs: of an odd number it reads past the end, and what
    // lies there may be NaN. Channels of zeros fill the pairs up; in float32, as a precaution, whole vectors.
    private Tensor Padded(Tensor x, Tensor w)
    {
        bool temporal = IsTemporal(w);
        if (!temporal) (x, w) = FoldTime(x, w);
        int group = w.dtype switch { ScalarType.BFloat16 => 2, ScalarType.Float32 when w.shape[1] > 4 => 16, _ => 1 };
        long outputs = w.shape[0];
        long more = (group - (outputs % group)) % group;
        long moreInputs = w.dtype == ScalarType.Float32 ? (group - (w.shape[1] % group)) % group : 0;
        if (more + moreInputs > 0) w = nn.functional.pad(w, [0, 0, 0, 0, 0, 0, 0, moreInputs, 0, more]);
        if (moreInputs > 0) x = nn.functional.pad(x, [0, moreInputs]);
        Tensor y = !temporal ? Spatial(x, w)
            : PackedClips.Current is { } packed ? PackedClips.Row(packed.Parts(x).Select(part => Temporal(part, w)))
            : Temporal(x, w);
        return more > 0 ? y.narrow(-1, 0, outputs).contiguous() : y;
    }

    // A convolution over time and space is one over space alone of the kT frames that meet in each result, lying side
    // by side as channels: (N, T, H, W, C) → (N, T', H, W, kT·C), weights (C', C, kT, kH, kW) → (C', kT·C, 1, kH, kW).
    private (Tensor X, Tensor W) FoldTime(Tensor x, Tensor w)
    {
        long kernel = w.shape[2], stride = _stride[0], results = Results(x.shape[1], 0);
        if (kernel == 1 && stride == 1) return (x, w);
        if (_padding[0] > 0) x = nn.functional.pad(x, [0, 0, 0, 0, 0, 0, _padding[0], _padding[0]]);
        Tensor[] taps = [.. Enumerable.Range(0, (int)kernel)
            .Select(tap => x.slice(1, tap, tap + (stride * (results - 1)) + 1, stride))];
        return (cat(taps, -1), w.transpose(1, 2).flatten(1, 2).unsqueeze(2));
    }

    // A convolution over space alone is a 2-D one of N·T pictures (N·T, C, H, W). Of results less than four wide or
    // high, oneDNN's 7×7 kernels give wrong ones: a border of zeros makes more of them, which are cut off again.
    private Tensor Spatial(Tensor x, Tensor w)
    {
        long frames = x.shape[1], height = Results(x.shape[2], 1), width = Results(x.shape[3], 2);
        (long below, long right) = w.shape[3] > 3
            ? (Math.Max(0, 4 - height) * _stride[1], Math.Max(0, 4 - width) * _stride[2]) : (0, 0);
        if (below + right > 0) x = nn.functional.pad(x, [0, 0, 0, right, 0, below]);
        Tensor y = Pictures(x.flatten(0, 1).permute(0, 3, 1, 2), Last(w.squeeze(2)), _stride[1..], _padding[1..]);
        if (below + right > 0) y = y.narrow(2, 0, height).narrow(3, 0, width);
        return y.permute(0, 2, 3, 1).unflatten(0, x.shape[0], frames);
    }

    // Pixels have three channels, of which the weight gradient above makes sixteen.
    private bool FewChannels(Tensor x, Tensor w) =>
        w.shape[2] == 1 && w.shape[1] <= 4 && _stride[0] == 1 && _stride[1] == _stride[2] && !x.requires_grad;

    // One over time alone is a 2-D one of pictures of T rows and H·W columns (N, C, T, H·W).
    private Tensor Temporal(Tensor x, Tensor w)
    {
        Tensor y = Pictures(x.flatten(2, 3).permute(0, 3, 1, 2), Last(w.squeeze(4)), [_stride[0], 1], [_padding[0], 0]);
        return y.permute(0, 2, 3, 1).unflatten(2, x.shape[2], x.shape[3]);
    }

    private static bool IsPoint(Tensor w) => w.shape[2] == 1 && w.shape[3] == 1 && w.shape[4] == 1;

    private bool IsTemporal(Tensor w) => w.shape[3] == 1 && w.shape[4] == 1 && _stride[1] == 1;

    // libtorch treats a single picture differently: past oneDNN, and with a warning that NNPACK is missing. It gets a
    // twin.
    private static Tensor Pictures(Tensor x, Tensor w, long[] stride, long[] padding)
    {
        bool single = x.shape[0] == 1;
        if (single) x = cat([x, x], 0);
        Tensor y = w.shape[3] == 1 && stride[0] == 1 ? TimeConvolution.Of(x, w, padding[0])
            : nn.functional.conv2d(x, w, null, stride, padding);
        return single ? y.narrow(0, 0, 1) : y;
    }

    // How many positions of an axis (0 time, 1 height, 2 width) the result has.
    private long Results(long length, int axis) =>
        ((length + (2 * _padding[axis]) - weight.shape[2 + axis]) / _stride[axis]) + 1;

    private static Tensor Last(Tensor w) => w.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
