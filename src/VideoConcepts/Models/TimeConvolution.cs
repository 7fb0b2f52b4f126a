using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace VideoConcepts.Models;

/// <summary>
/// A convolution over time alone, without a stride: pictures (N, C, T, P) of T frames and P positions, channels last in
/// memory, and weights (C', C, kT, 1). The CPU's kernels for its gradients reach a quarter of the speed of what stands
/// here instead (docs/performance.md): the gradient of the input is a convolution with the weights reversed, that of
/// the weights a product of matrices for each tap.
/// </summary>
internal sealed class TimeConvolution : SingleTensorFunction<TimeConvolution>
{
    private const string Padding = "padding", Input = "input";

    public override string Name => nameof(TimeConvolution);

    /// <param name="x">(N, C, T, P), of at least two pictures.</param>
    /// <param name="w">(C', C, kT, 1), of the same type.</param>
    /// <param name="padding">Frames of zeros before and behind.</param>
    /// <returns>(N, C', T', P).</returns>
    public static Tensor Of(Tensor x, Tensor w, long padding) => KeptForBackward.IsWanted(x, w)
        ? apply(x, w, padding) : Convolved(x, w, padding);

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (x, w, padding) = ((Tensor)vars[0], (Tensor)vars[1], (long)vars[2]);
        ctx.save_for_backward([w]);
        ctx.save_data(Input, new KeptForBackward(x));
        ctx.save_data(Padding, padding);
        return Convolved(x, w, padding);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        using Tensor x = ((KeptForBackward)ctx.get_data(Input)).Take();
        (Tensor w, long padding) = (ctx.get_saved_variables()[0].detach(), (long)ctx.get_data(Padding));
        Tensor reversed = Last(w.flip(2).transpose(0, 1));
        Tensor dx = nn.functional.conv2d(grad_output, reversed, null, [1, 1], [w.shape[2] - 1 - padding, 0]);
        Tensor dw = WeightGradient(x, grad_output, w, padding);
        return [dx.MoveToOuterDisposeScope(), dw.MoveToOuterDisposeScope(), null!];
    }

    private static Tensor Convolved(Tensor x, Tensor w, long padding) =>
        nn.functional.conv2d(x, w, null, [1, 1], [padding, 0]);

    // Σ over clips, frames and positions of x[t + k - padding] dy[t].
    private static Tensor WeightGradient(Tensor x, Tensor dy, Tensor w, long padding)
    {
        (x, dy) = (x.permute(0, 2, 3, 1).contiguous(), dy.permute(0, 2, 3, 1).contiguous()); // (N, T, P, C)
        ScalarType exact = w.dtype == ScalarType.BFloat16 ? ScalarType.Float32 : w.dtype;
        IEnumerable<Tensor> taps = Enumerable.Range(0, (int)w.shape[2]).Select(k =>
        {
            long first = Math.Max(0, padding - k), frames = Math.Min(dy.shape[1], x.shape[1] + padding - k) - first;
            return frames < 1 ? zeros([w.shape[0], w.shape[1]], exact, w.device)
                : dy.narrow(1, first, frames).flatten(1, 2).transpose(1, 2)
                    .bmm(x.narrow(1, first + k - padding, frames).flatten(1, 2)).sum(0, type: exact);
        });
        return stack([.. taps], -1).unsqueeze(-1).to(w.dtype);
    }

    private static Tensor Last(Tensor w) => w.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
