using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// Batch normalisation over the channels, axis 1, of (N, C) or (N, C, …), with the keys of PyTorch's. In training its statistics are those of
/// the batch, or, within <see cref="SharedStatistics"/>, of a batch of which this process has a part.
/// </summary>
public sealed class BatchNorm : nn.Module<Tensor, Tensor>
{
    private const double Momentum = 0.1, Epsilon = 1e-5;

    [ThreadStatic]
    private static SharedStatistics? s_shared;

    public readonly Parameter weight, bias;
    public readonly Tensor running_mean, running_var, num_batches_tracked;

    public BatchNorm(long channels) : base(nameof(BatchNorm))
    {
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        running_mean = zeros(channels);
        running_var = ones(channels);
        num_batches_tracked = zeros([], int64);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        if (training)
        {
            using var noGrad = no_grad();
            num_batches_tracked.add_(1);
        }
        return training && s_shared is { } shared ? Together(x, shared.Sum) : nn.functional.batch_norm(x, running_mean, running_var, weight, bias, training, Momentum, Epsilon);
    }

    private Tensor Together(Tensor x, Func<Tensor, Tensor> sum)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] others = [.. Enumerable.Range(0, (int)x.dim()).Where(axis => axis != 1).Select(axis => (long)axis)];
        long[] shape = [1, -1, .. Enumerable.Repeat(1L, (int)x.dim() - 2)];
        Tensor wide = x.to(weight.dtype); // bfloat16 has too few digits for sums
        Tensor first = sum(cat([wide.sum(others), full(1, x.numel() / x.shape[1], dtype: wide.dtype, device: x.device)], 0)); // sums and their number, in one message
        double count = first[-1].ToDouble();
        Tensor mean = first.narrow(0, 0, x.shape[1]) / count;
        Tensor centred = wide - mean.view(shape);
        Tensor variance = sum((centred * centred).sum(others)) / count;
        using (no_grad())
        {
            running_mean.mul_(1 - Momentum).add_(mean * Momentum);
            running_var.mul_(1 - Momentum).add_(variance * (Momentum * count / (count - 1)));
        }
        return (centred * (variance + Epsilon).rsqrt().view(shape) * weight.view(shape) + bias.view(shape)).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>While it lives, batch norms of this thread take the batch to be spread over several parts.</summary>
    public sealed class SharedStatistics : IDisposable
    {
        private readonly SharedStatistics? _before = s_shared;

        /// <param name="sum">The sum of a tensor over all parts, with a gradient.</param>
        public SharedStatistics(Func<Tensor, Tensor> sum)
        {
            Sum = sum;
            s_shared = this;
        }

        internal Func<Tensor, Tensor> Sum { get; }

        public void Dispose() => s_shared = _before;
    }
}
