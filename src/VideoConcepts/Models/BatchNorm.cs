using System.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace VideoConcepts.Models;

/// <summary>
/// Batch normalisation over the channels, axis 1, of (N, C) or (N, C, …), with the keys of PyTorch's, and if wished the
/// rectifier behind it. In training its statistics are those of the batch, or, within <see cref="SharedStatistics"/>,
/// of a batch of which this process has a part.
/// </summary>
internal sealed class BatchNorm : nn.Module<Tensor, Tensor>
{
    private const double Momentum = 0.1;

    /// <summary>Names of the buffers of <see cref="AddDifferenceStatistics"/>.</summary>
    public const string DifferenceMean = "difference_mean", DifferenceVariance = "difference_var";

    internal const double Epsilon = 1e-5;

    [ThreadStatic]
    private static SharedStatistics? s_shared;

    [ThreadStatic]
    private static bool s_again, s_differences;

    public readonly Parameter weight, bias;
    public readonly Tensor running_mean, running_var, num_batches_tracked;
    private bool _hasDifferences; // buffers for their statistics

    /// <param name="channels">C.</param>
    /// <param name="rectifies">Numbers below zero become zero.</param>
    public BatchNorm(long channels, bool rectifies = false) : base(nameof(BatchNorm))
    {
        Rectifies = rectifies;
        weight = new Parameter(ones([channels], device: ShapesOnly.Device));
        bias = new Parameter(zeros([channels], device: ShapesOnly.Device));
        running_mean = zeros([channels], device: ShapesOnly.Device);
        running_var = ones([channels], device: ShapesOnly.Device);
        num_batches_tracked = zeros([], int64, ShapesOnly.Device);
        RegisterComponents();
    }

    internal bool Rectifies { get; }

    // Those that hold now.
    internal Tensor RunningMean => s_differences && _hasDifferences ? get_buffer(DifferenceMean)! : running_mean;

    internal Tensor RunningVariance =>
        s_differences && _hasDifferences ? get_buffer(DifferenceVariance)! : running_var;

    /// <summary>Adds buffers for the running statistics of difference views (ours): two keys more.</summary>
    internal void AddDifferenceStatistics()
    {
        register_buffer(DifferenceMean, running_mean.clone().DetachFromDisposeScope());
        register_buffer(DifferenceVariance, running_var.clone().DetachFromDisposeScope());
        _hasDifferences = true;
    }

    public override Tensor forward(Tensor x)
    {
        bool remembers = training && !s_again;
        if (remembers)
        {
            using var noGrad = no_grad();
            num_batches_tracked.add_(1);
        }
        if (x.dtype == weight.dtype && (training || !is_grad_enabled()))
        {
            if (x.dtype == ScalarType.Float32 && BatchNormKernel<float>.Takes(x)) return Fused<float>(x);
            if (x.dtype == ScalarType.Float64 && BatchNormKernel<double>.Takes(x)) return Fused<double>(x);
        }
        if (PackedClips.Current is not null) throw new InvalidOperationException("This batch norm takes whole clips.");
        Tensor y = training && s_shared is { } shared ? WithSharedStatistics(x, shared)
            : training && !remembers
            ? nn.functional.batch_norm(x, null, null, weight, bias, training, Momentum, Epsilon)
            : nn.functional.batch_norm(x, RunningMean, RunningVariance, weight, bias, training, Momentum, Epsilon);
        return Rectifies ? y.relu() : y;
    }

    private Tensor Fused<T>(Tensor x) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PackedClips? packed = PackedClips.Current;
        if (!training) return FusedBatchNorm<T>.Of(x, this, null, packed);
        BatchMoments moments = FusedBatchNorm<T>.Moments(x, packed, s_shared);
        if (!s_again)
        {
            using DisposeScope scope = NewDisposeScope();
            Remember(tensor(moments.Mean, weight.dtype), tensor(moments.Variance, weight.dtype), moments.Count);
        }
        return FusedBatchNorm<T>.Of(x, this, moments, packed);
    }

    private void Remember(Tensor mean, Tensor variance, double count)
    {
        using var noGrad = no_grad();
        RunningMean.mul_(1 - Momentum).add_(mean * Momentum);
        RunningVariance.mul_(1 - Momentum).add_(variance * (Momentum * count / (count - 1)));
    }

    /// <summary>The parts' means and variances give those of the whole.</summary>
    private Tensor WithSharedStatistics(Tensor x, SharedStatistics shared)
    {
        using DisposeScope scope = NewDisposeScope();
        double count = (double)shared.Parts * x.numel() / x.shape[1];
        (Tensor mean, Tensor variance) = Statistics(x.detach(), shared, weight.dtype);
        if (!s_again) Remember(mean, variance, count);
        Tensor y = KeptForBackward.IsWanted(x, weight, bias)
            ? Normalised.apply(x, weight, bias, mean, variance, count, shared.Sum)
            : nn.functional.batch_norm(x, mean, variance, weight, bias, training: false, Momentum, Epsilon);
        return y.MoveToOuterDisposeScope();
    }

    // Each part's variance about its own mean travels, not its squares: E[x²] - E[x]² would lose digits.
    private static (Tensor Mean, Tensor Variance) Statistics(Tensor x, SharedStatistics shared, ScalarType type)
    {
        using var noGrad = no_grad();
        long channels = x.shape[1], own = x.numel() / channels;
        Tensor ownMean = own == 1 ? x.to(type).reshape(channels) : zeros([channels], type, x.device);
        Tensor ownVariance = zeros([channels], type, x.device);
        if (own > 1)
        {
            // With a momentum of 1 the kernel for one process leaves this part's mean and variance; its result is not
            // needed.
            nn.functional.batch_norm(x, ownMean, ownVariance, null, null, training: true, 1, Epsilon);
            ownVariance.mul_((own - 1.0) / own);
        }
        Tensor mean = shared.Sum(ownMean.clone()) / shared.Parts;
        return (mean, shared.Sum(ownVariance + (ownMean - mean).square()) / shared.Parts);
    }

    /// <summary>
    /// While it lives, batch norms of this thread that have them keep and use statistics of difference views.
    /// </summary>
    internal sealed class DifferenceStatistics : IDisposable
    {
        private readonly bool _before = s_differences;

        public DifferenceStatistics() => s_differences = true;

        public void Dispose() => s_differences = _before;
    }

    /// <summary>While it lives, batch norms of this thread take the batch to be spread over several parts.</summary>
    public sealed class SharedStatistics : IDisposable
    {
        private readonly SharedStatistics? _before = s_shared;

        /// <param name="sum">The sum of a tensor over all parts, which are of one size.</param>
        /// <param name="parts">Their number.</param>
        public SharedStatistics(Func<Tensor, Tensor> sum, int parts)
        {
            (Sum, Parts) = (sum, parts);
            s_shared = this;
        }

        /// <summary>Those of this thread now.</summary>
        internal static SharedStatistics? Current => s_shared;

        internal int Parts { get; }

        internal Func<Tensor, Tensor> Sum { get; }

        public void Dispose() => s_shared = _before;
    }

    /// <summary>
    /// While it lives, batch norms of this thread compute what they have computed before, and do not remember it.
    /// </summary>
    internal sealed class Again : IDisposable
    {
        private readonly SharedStatistics? _shared = s_shared;
        private readonly bool _before = s_again;
        private readonly IDisposable _packed;

        /// <param name="shared">What held when it was computed first.</param>
        /// <param name="packed">As well.</param>
        public Again(SharedStatistics? shared, PackedClips? packed)
        {
            (s_shared, s_again) = (shared, true);
            _packed = PackedClips.Again(packed);
        }

        public void Dispose()
        {
            (s_shared, s_again) = (_shared, _before);
            _packed.Dispose();
        }
    }

    /// <summary>
    /// y = w z + b with z = (x - mean) / σ of the whole batch. Its gradient, with S1 = Σ dy and S2 = Σ dy z over all
    /// parts of M numbers: dx = w/σ (dy - S1/M - z S2/M), in which w/σ (-S1/M - z S2/M) is a batch norm of x again.
    /// </summary>
    private sealed class Normalised : SingleTensorFunction<Normalised>
    {
        public override string Name => nameof(Normalised);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var (x, w, b, mean, variance) =
                ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor)vars[4]);
            ctx.save_for_backward([w, mean, variance]);
            ctx.save_data("input", new KeptForBackward(x));
            ctx.save_data("count", vars[5]);
            ctx.save_data("sum", vars[6]);
            return nn.functional.batch_norm(x, mean, variance, w, b, training: false, Momentum, Epsilon);
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            using DisposeScope scope = NewDisposeScope();
            List<Tensor> saved = ctx.get_saved_variables();
            (Tensor w, Tensor mean, Tensor variance) = (saved[0], saved[1], saved[2]);
            using Tensor x = ((KeptForBackward)ctx.get_data("input")).Take();
            var (count, sum) = ((double)ctx.get_data("count"), (Func<Tensor, Tensor>)ctx.get_data("sum"));
            Tensor scale = w * (variance + Epsilon).rsqrt();
            (Tensor s1, Tensor s2) = Sums(x, mean, variance, grad_output);
            Tensor all = sum(stack([s1, s2])) / -count;
            Tensor dx = nn.functional.batch_norm(
                x, mean, variance, scale * all[1], scale * all[0], training: false, Momentum, Epsilon);
            // w/σ dy, by the fastest kernel
            Tensor direct = nn.functional.batch_norm(
                grad_output, zeros_like(mean), full_like(mean, 1 - Epsilon), scale, null,
                training: false, Momentum, Epsilon);
            dx.add_(direct);
            return
            [
                dx.MoveToOuterDisposeScope(), s2.MoveToOuterDisposeScope(), s1.MoveToOuterDisposeScope(),
                null!, null!, null!, null!
            ];
        }

        /// <summary>Σ dy and Σ dy z of this part: what the kernel gives as gradients of a bias and a weight.</summary>
        private static (Tensor S1, Tensor S2) Sums(Tensor x, Tensor mean, Tensor variance, Tensor dy)
        {
            using var grad = enable_grad();
            Tensor one = ones_like(mean).requires_grad_(true), none = zeros_like(mean).requires_grad_(true);
            Tensor z = nn.functional.batch_norm(x, mean, variance, one, none, training: false, Momentum, Epsilon);
            IList<Tensor> sums = autograd.grad([z], [none, one], [dy]);
            return (sums[0], sums[1]);
        }
    }
}
