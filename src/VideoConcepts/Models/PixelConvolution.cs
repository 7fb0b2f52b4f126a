using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace VideoConcepts.Models;

/// <summary>
/// A convolution over space of pixels, which have few channels and no gradient. Of the weights' gradient the CPU's
/// kernels make sixteen channels of the three there are; here, all pixels that a result is made of are laid in a row
/// of a matrix, for a few pictures at a time, and the rest is a product (docs/performance.md).
/// </summary>
internal sealed class PixelConvolution : SingleTensorFunction<PixelConvolution>
{
    private const string Shape = "shape";
    private const long GroupBytes = 32L << 20; // a matrix of so much stays near the processor

    private sealed record Geometry(Func<Tensor, Tensor, Tensor> Forward, long Stride, long[] Padding);

    public override string Name => nameof(PixelConvolution);

    /// <param name="x">(N, T, H, W, C), channels last.</param>
    /// <param name="w">(C', C, 1, kH, kW), of the same type.</param>
    /// <param name="forward">The convolution itself.</param>
    /// <param name="stride">In both directions.</param>
    /// <param name="padding">Above and below, and at both sides.</param>
    /// <returns>(N, T, H', W', C').</returns>
    public static Tensor Of(Tensor x, Tensor w, Func<Tensor, Tensor, Tensor> forward, long stride, long[] padding) =>
        apply(x, w, new Geometry(forward, stride, padding));

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (x, w, geometry) = ((Tensor)vars[0], (Tensor)vars[1], (Geometry)vars[2]);
        ctx.save_for_backward([x, w]);
        ctx.save_data(Shape, geometry);
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        return geometry.Forward(x.detach(), w.detach()).contiguous().MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        List<Tensor> saved = ctx.get_saved_variables();
        var geometry = (Geometry)ctx.get_data(Shape);
        (Tensor x, Tensor w) = (saved[0].detach().flatten(0, 1), saved[1].detach());
        Tensor dy = grad_output.contiguous().flatten(0, 1);
        (long height, long width, long row) = (w.shape[3], w.shape[4], w.shape[3] * w.shape[4] * x.shape[3]);
        ScalarType exact = w.dtype == ScalarType.BFloat16 ? ScalarType.Float32 : w.dtype;
        Tensor sum = zeros([w.shape[0], row], exact, w.device);
        long results = dy.shape[1] * dy.shape[2];
        long group = Math.Max(1, GroupBytes / (results * row * x.element_size()));
        for (long first = 0; first < x.shape[0]; first += group)
        {
            using DisposeScope each = NewDisposeScope();
            long count = Math.Min(group, x.shape[0] - first);
            long together = new long[] { 4, 3, 2, 1 }.First(n => count % n == 0);
            Tensor rows = Unfolded(x.narrow(0, first, count), height, width, dy.shape[1], dy.shape[2], geometry);
            Tensor wanted = dy.narrow(0, first, count).reshape(count / together, together * results, -1);
            sum.add_(wanted.transpose(1, 2).bmm(rows.view(count / together, together * results, row))
                .sum(0, type: exact));
        }
        Tensor dw = sum.view(w.shape[0], height, width, -1).permute(0, 3, 1, 2).unsqueeze(2).to(w.dtype);
        return [null!, dw.MoveToOuterDisposeScope(), null!];
    }

    // (n, H, W, C) → (n·H'·W', kH·kW·C).
    private static Tensor Unfolded(Tensor x, long kernelHeight, long kernelWidth, long height, long width, Geometry of)
    {
        Tensor padded = nn.functional.pad(x, [0, 0, of.Padding[1], of.Padding[1], of.Padding[0], of.Padding[0]]);
        (long c, long row) = (padded.shape[3], padded.shape[2] * padded.shape[3]);
        return padded.as_strided([x.shape[0], height, width, kernelHeight, kernelWidth * c],
            [padded.shape[1] * row, of.Stride * row, of.Stride * c, row, 1])
            .reshape(-1, kernelHeight * kernelWidth * c);
    }
}
