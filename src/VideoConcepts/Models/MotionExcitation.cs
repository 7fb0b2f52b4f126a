using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

// N clips, C channels, t frames.

/// <summary>
/// Strengthens the channels of a feature map that change from frame to frame: (N, C, t, h, w) → the same shape.
/// Source: docs/method.md.
/// </summary>
internal sealed class MotionExcitation : nn.Module<Tensor, Tensor>
{
    private const int Reduction = 16;

    public readonly Conv2d conv1, conv2, conv3;
    public readonly BatchNorm bn1, bn3;

    public MotionExcitation(int channels) : base(nameof(MotionExcitation))
    {
        int inner = Math.Max(1, channels / Reduction);
        conv1 = nn.Conv2d(channels, inner, 1, bias: false, device: ShapesOnly.Device);
        bn1 = new BatchNorm(inner);
        conv2 = nn.Conv2d(inner, inner, 3, padding: 1, groups: inner, bias: false, device: ShapesOnly.Device);
        conv3 = nn.Conv2d(inner, channels, 1, bias: false, device: ShapesOnly.Device);
        bn3 = new BatchNorm(channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        long n = x.shape[0], t = x.shape[2];
        Tensor frames = x.transpose(1, 2).flatten(0, 1).contiguous(); // (N·t, C, h, w)
        Tensor y = bn1.call(Point(conv1, frames)), z = Depthwise(y);
        (Tensor now, Tensor next) = (y.unflatten(0, n, t), z.unflatten(0, n, t));
        Tensor motion = next.narrow(1, 1, t - 1) - now.narrow(1, 0, t - 1); // m[t] = z[t+1] - y[t]
        motion = cat([motion, zeros_like(now.narrow(1, 0, 1))], 1).flatten(0, 1).mean([2, 3], keepdim: true);
        Tensor gate = bn3.call(Point(conv3, motion)).sigmoid() - 0.5; // (N·t, C, 1, 1)
        return (x + gate.unflatten(0, n, t).transpose(1, 2) * x).MoveToOuterDisposeScope();
    }

    // As matrix products and sums: oneDNN's float32 kernels for few channels are not to be trusted (see Convolution).
    private static Tensor Point(Conv2d conv, Tensor x) =>
        conv.weight.flatten(1).matmul(x.flatten(2)).unflatten(2, x.shape[2], x.shape[3]);

    private Tensor Depthwise(Tensor y)
    {
        (long h, long w) = (y.shape[2], y.shape[3]);
        Tensor padded = nn.functional.pad(y, [1, 1, 1, 1]), weight = conv2.weight.squeeze(1); // (c, 3, 3)
        Tensor Tap(long dy, long dx) =>
            padded.narrow(2, dy, h).narrow(3, dx, w) * weight.select(1, dy).select(1, dx).view(1, -1, 1, 1);
        return (from dy in Enumerable.Range(0, 3) from dx in Enumerable.Range(0, 3) select Tap(dy, dx))
            .Aggregate((a, b) => a + b);
    }
}
