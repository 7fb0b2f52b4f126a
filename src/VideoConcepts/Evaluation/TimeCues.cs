using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>How the classifier of time cues is trained.</summary>
internal sealed record TimeCueOptions
{
    /// <summary>Adam steps.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>Clips per step, each once forward and once backward.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Adam's rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Seed of the order.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>
/// Where a clip tells forward from backward: a linear layer without bias on the pooled features of a frozen backbone
/// learns whether a clip's frames are reversed; its row for "forward", applied to each position of the maps before
/// pooling, says how much that position speaks for it. Source: docs/method.md.
/// </summary>
internal sealed class TimeCues : IDisposable
{
    // N clips, D features, T frames of H×W; t, h, w positions of the maps.

    private readonly Tensor _rows; // (2, D): forward, backward

    private TimeCues(Tensor rows) => _rows = rows;

    /// <summary>Clips (N, 3, T, H, W) with their frames in reverse.</summary>
    public static Tensor Reversed(Tensor clips) => clips.flip(2);

    /// <summary>Trains the classifier.</summary>
    /// <param name="pairs">(N, 2D): the feature of each clip, then that of the clip reversed.</param>
    /// <param name="options">How.</param>
    /// <exception cref="BadInputException">There is no clip.</exception>
    public static TimeCues Train(ClipTable pairs, TimeCueOptions options)
    {
        int clips = pairs.Origins.Count;
        if (clips == 0) throw new BadInputException("No video is long enough to tell forward from backward.");
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Matrix(pairs);
        // The problem is convex and both classes are alike: from zero, the rows stay each other's opposite.
        using var linear = new Parameter(zeros(2, pairs.Dimension / 2));
        using var optimizer = optim.Adam([linear], options.LearningRate);
        var random = RandomStream.For(options.Seed);
        int[] order = [];
        for (int step = 0, at = clips; step < options.Steps; step++)
        {
            using CollectionPause pause = CollectionPause.Begin();
            using DisposeScope inner = NewDisposeScope();
            if (at >= clips) (order, at) = (random.NextPermutation(clips), 0);
            int[] batch = order.AsSpan(at, Math.Min(options.BatchSize, clips - at)).ToArray();
            at += batch.Length;
            // (2n, D): forward, backward, forward …
            Tensor both = x[tensor(batch, int64)].flatten(0, 1);
            Tensor loss = nn.functional.cross_entropy(both.matmul(linear.t()), arange(2, int64).repeat(batch.Length));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }
        return new TimeCues(linear.detach().clone().DetachFromDisposeScope());
    }

    /// <summary>
    /// Share of clips and reversed clips that are told right; a clip that looks the same both ways counts half.
    /// </summary>
    public double Accuracy(ClipTable pairs)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        // (N, 2): how much speaks for "forward"
        Tensor forward = Matrix(pairs).matmul((_rows[0] - _rows[1]).unsqueeze(1)).squeeze(2);
        Tensor right = forward.mul(tensor((float[])[1, -1])).sign();
        return (right.mean().ToDouble() + 1) / 2;
    }

    /// <summary>
    /// maps (N, D, t, h, w) of clips as they are → (N, t, h, w): the row for "forward" at each position.
    /// </summary>
    public Tensor At(Tensor maps)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        return (maps * _rows[0].to(maps.device).view(1, -1, 1, 1, 1)).sum([1]).MoveToOuterDisposeScope();
    }

    /// <summary>(N, t, h, w), of <see cref="At"/> → (N, T, H, W): spread over the frames.</summary>
    public static Tensor Spread(Tensor cues, int frames, int size)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        return nn.functional.interpolate(cues.unsqueeze(1), [frames, size, size], mode: InterpolationMode.Trilinear,
            align_corners: false).squeeze(1).MoveToOuterDisposeScope();
    }

    public void Dispose() => _rows.Dispose();

    private static Tensor Matrix(ClipTable pairs) =>
        RowTensor.Of(pairs.Values, [pairs.Origins.Count, 2, pairs.Dimension / 2]);
}
