using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace VideoConcepts.Models;

/// <summary>
/// What a batch norm divides by and where it comes from, of a batch that several processes may share.
/// </summary>
/// <param name="Mean">Of each channel.</param>
/// <param name="Variance">Over <paramref name="Count"/>.</param>
/// <param name="Count">M, numbers of each channel in the whole batch.</param>
internal sealed record BatchMoments(double[] Mean, double[] Variance, double Count);

/// <summary>
/// Batch norm and rectifier in two passes over memory forward, statistics and result, and two backward: y = max(w z +
/// b, 0) with z = (x - mean) / σ of the whole batch. With g = dy where the rectifier let the number pass, S1 = Σ g and
/// S2 = Σ g z over all processes: dx = w/σ (g - n (S1/M + z S2/M)), n being how often the position counts (1 but in
/// <see cref="PackedClips"/>).
/// </summary>
internal sealed class FusedBatchNorm<T> : SingleTensorFunction<FusedBatchNorm<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string State = "state", Input = "input";

    private sealed record Saved(
        Affine<T> Affine, BatchMoments Moments, PackedClips? Packed, BatchNorm.SharedStatistics? Shared, bool Learned);

    public override string Name => "FusedBatchNorm";

    /// <summary>Those of this batch; all processes that share it call this.</summary>
    public static BatchMoments Moments(Tensor x, PackedClips? packed, BatchNorm.SharedStatistics? shared)
    {
        (double[] mean, double[] variance) = BatchNormKernel<T>.Moments(x, packed);
        double count = packed is null ? (double)x.numel() / x.shape[1] : packed.Count(x.shape[3] * x.shape[4]);
        if (shared is null) return new BatchMoments(mean, variance, count);
        // Each part's variance about its own mean travels, not its squares: E[x²] - E[x]² would lose digits.
        double[] all = [.. Sum(shared, mean).Select(m => m / shared.Parts)];
        double[] spread = [.. variance.Zip(mean, all)
            .Select(c => c.First + ((c.Second - c.Third) * (c.Second - c.Third)))];
        return new BatchMoments(
            all, [.. Sum(shared, spread).Select(v => v / shared.Parts)], count * shared.Parts);
    }

    /// <summary>
    /// The result of the whole batch's moments; null: of the running ones, of which no gradient is asked for.
    /// </summary>
    public static Tensor Of(Tensor x, BatchNorm norm, BatchMoments? moments, PackedClips? packed)
    {
        Affine<T> affine = moments is null
            ? AffineOf(norm, Doubles(norm.RunningMean), Doubles(norm.RunningVariance))
            : AffineOf(norm, moments.Mean, moments.Variance);
        if (moments is null || !KeptForBackward.IsWanted(x, norm.weight, norm.bias))
            return BatchNormKernel<T>.Apply(x.detach(), affine);
        return apply(x, norm.weight, norm.bias,
            new Saved(affine, moments, packed, BatchNorm.SharedStatistics.Current, x.requires_grad));
    }

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (x, saved) = ((Tensor)vars[0], (Saved)vars[3]);
        ctx.save_data(Input, new KeptForBackward(x));
        ctx.save_data(State, saved);
        return BatchNormKernel<T>.Apply(x.detach(), saved.Affine);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        var saved = (Saved)ctx.get_data(State);
        using Tensor x = ((KeptForBackward)ctx.get_data(Input)).Take();
        Tensor dy = BatchNormKernel<T>.Dense(grad_output.detach());
        (double[] sum, double[] product) = BatchNormKernel<T>.GradientSums(x, dy, saved.Affine);
        double[] deviation = [.. saved.Moments.Variance.Select(v => Math.Sqrt(v + BatchNorm.Epsilon))];
        Tensor dw = Numbers([.. product.Zip(deviation, (p, d) => p / d)]), db = Numbers(sum);
        Tensor? dx = null;
        if (saved.Learned)
        {
            if (saved.Shared is { } shared) (sum, product) = (Sum(shared, sum), Sum(shared, product));
            var (constants, slopes) = (new T[sum.Length], new T[sum.Length]);
            for (int c = 0; c < sum.Length; c++)
            {
                double scale = -double.CreateChecked(saved.Affine.Scale[c]) / saved.Moments.Count;
                constants[c] = T.CreateChecked(scale * sum[c]);
                slopes[c] = T.CreateChecked(scale * product[c] / (deviation[c] * deviation[c]));
            }
            dx = BatchNormKernel<T>.InputGradient(x, dy, saved.Affine, constants, slopes, saved.Packed);
        }
        return [dx?.MoveToOuterDisposeScope()!, dw.MoveToOuterDisposeScope(), db.MoveToOuterDisposeScope(), null!];
    }

    private static Affine<T> AffineOf(BatchNorm norm, double[] mean, double[] variance)
    {
        (double[] weight, double[] bias) = (Doubles(norm.weight), Doubles(norm.bias));
        var (scale, shift) = (new T[mean.Length], new T[mean.Length]);
        for (int c = 0; c < mean.Length; c++)
        {
            double own = weight[c] / Math.Sqrt(variance[c] + BatchNorm.Epsilon);
            (scale[c], shift[c]) = (T.CreateChecked(own), T.CreateChecked(bias[c] - (own * mean[c])));
        }
        return new Affine<T>([.. mean.Select(T.CreateChecked)], scale, shift,
            norm.Rectifies ? T.Zero : T.NegativeInfinity);
    }

    private static double[] Sum(BatchNorm.SharedStatistics shared, double[] part)
    {
        using DisposeScope scope = NewDisposeScope();
        return Doubles(shared.Sum(tensor(part)));
    }

    private static double[] Doubles(Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        return values.detach().to(float64).data<double>().ToArray();
    }

    private static Tensor Numbers(double[] values) =>
        tensor(values, typeof(T) == typeof(double) ? float64 : float32);
}
