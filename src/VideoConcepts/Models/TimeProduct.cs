using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace VideoConcepts.Models;

/// <summary>
/// A convolution over time alone as products of matrices: frames x (T, R, C) of R positions and weights (kT, C, C') give
/// y[t] = Σ_k x[stride·t + k - padding] w[k], (T', R, C'). The CPU's convolution kernels reach a third of the speed of
/// these products, forward, and a quarter, backward (docs/performance.md).
/// </summary>
internal sealed class TimeProduct : SingleTensorFunction<TimeProduct>
{
    public override string Name => nameof(TimeProduct);

    /// <param name="x">(T, R, C), contiguous.</param>
    /// <param name="w">(kT, C, C'), of the same type.</param>
    /// <param name="stride">Of the results, in frames.</param>
    /// <param name="padding">Frames of zeros before and behind.</param>
    public static Tensor Of(Tensor x, Tensor w, long stride, long padding) => apply(x, w, stride, padding);

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (x, w, taps) = ((Tensor)vars[0], (Tensor)vars[1], new Taps((long)vars[2], (long)vars[3]));
        ctx.save_for_backward([x, w]);
        ctx.save_data(nameof(Taps), taps);
        return Product(x.detach(), w.detach(), taps);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor x, Tensor w, Tensor dy) = (saved[0].detach(), saved[1].detach(), grad_output.contiguous());
        var taps = (Taps)ctx.get_data(nameof(Taps));
        Tensor dx = InputGradient(dy, w, x.shape[0], taps), dw = WeightGradient(x, dy, w, taps);
        return [dx.MoveToOuterDisposeScope(), dw.MoveToOuterDisposeScope(), null!, null!];
    }

    private static Tensor Product(Tensor x, Tensor w, Taps taps)
    {
        using DisposeScope scope = NewDisposeScope();
        (long kernel, long results) = (w.shape[0], taps.Results(x.shape[0], w.shape[0]));
        if (x.dtype == ScalarType.BFloat16) return Beside(x, w, results, taps).MoveToOuterDisposeScope();
        Tensor y = zeros([results, x.shape[1], w.shape[2]], x.dtype, x.device);
        foreach ((long k, long to, long from, long frames) in taps.Pieces(x.shape[0], kernel, results))
            Rows(y, to, frames).addmm_(Rows(x, from, frames), w[k], 1, 1);
        return y.MoveToOuterDisposeScope();
    }

    // Of short numbers the sum over k must not be rounded in between: the frames that meet in a result lie side by side.
    private static Tensor Beside(Tensor x, Tensor w, long results, Taps taps)
    {
        Tensor padded = taps.Padding == 0 ? x : nn.functional.pad(x, [0, 0, 0, 0, taps.Padding, taps.Padding]);
        Tensor[] frames = [.. Enumerable.Range(0, (int)w.shape[0]).Select(k =>
            padded.slice(0, k, k + (taps.Stride * (results - 1)) + 1, taps.Stride))];
        return cat(frames, -1).matmul(w.flatten(0, 1));
    }

    private static Tensor InputGradient(Tensor dy, Tensor w, long frames, Taps taps)
    {
        (long kernel, long results) = (w.shape[0], dy.shape[0]);
        Tensor back = w.transpose(1, 2);
        if (dy.dtype == ScalarType.BFloat16)
        {
            // A convolution with the weights reversed in time; of a stride, zeros lie between the results.
            Tensor spread = zeros([(taps.Stride * (results - 1)) + 1, .. dy.shape.AsSpan(1)], dy.dtype, dy.device);
            spread.slice(0, 0, spread.shape[0], taps.Stride).copy_(dy);
            long behind = frames - spread.shape[0] + taps.Padding - kernel + 1 + taps.Padding;
            Tensor gradient = Product(spread, back.flip(0), new Taps(1, kernel - 1 - taps.Padding));
            return behind == 0 || gradient.shape[0] == frames ? gradient
                : nn.functional.pad(gradient, [0, 0, 0, 0, 0, frames - gradient.shape[0]]);
        }
        Tensor dx = zeros([frames, dy.shape[1], w.shape[1]], dy.dtype, dy.device);
        foreach ((long k, long to, long from, long count) in taps.Pieces(frames, kernel, results))
            Rows(dx, from, count).addmm_(Rows(dy, to, count), back[k], 1, 1);
        return dx;
    }

    private static Tensor WeightGradient(Tensor x, Tensor dy, Tensor w, Taps taps)
    {
        Tensor[] sums = [.. Enumerable.Range(0, (int)w.shape[0]).Select(_ => zeros(w.shape[1..], float32, w.device))];
        if (w.dtype == ScalarType.Float64) sums = [.. sums.Select(sum => sum.to(float64))];
        foreach ((long k, long to, long from, long frames) in taps.Pieces(x.shape[0], w.shape[0], dy.shape[0]))
            sums[k].add_(x.narrow(0, from, frames).transpose(1, 2).bmm(dy.narrow(0, to, frames)).sum(0, type: sums[k].dtype));
        return stack(sums).to(w.dtype);
    }

    private static Tensor Rows(Tensor x, long first, long frames) => x.narrow(0, first, frames).flatten(0, 1);

    /// <summary>Which frames meet in a result.</summary>
    private sealed record Taps(long Stride, long Padding)
    {
        public long Results(long frames, long kernel) => ((frames + (2 * Padding) - kernel) / Stride) + 1;

        /// <summary>For each k, runs of results and the frames that enter them; runs of one if there is a stride.</summary>
        public IEnumerable<(long K, long Result, long Frame, long Count)> Pieces(long frames, long kernel, long results)
        {
            for (long k = 0; k < kernel; k++)
            {
                long first = Math.Max(0, (Padding - k + Stride - 1) / Stride);
                long last = Math.Min(results - 1, (frames - 1 + Padding - k) / Stride);
                if (Padding - k + frames - 1 < 0 || last < first) continue;
                if (Stride == 1) yield return (k, first, first + k - Padding, last - first + 1);
                else for (long t = first; t <= last; t++) yield return (k, t, (Stride * t) + k - Padding, 1);
            }
        }
    }
}
