using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>
/// Each clip predicts the other one's balanced assignment to prototypes. Source: docs/method.md.
/// </summary>
public static class PrototypeSwap
{
    private const double Temperature = 0.1;

    /// <summary>
    /// Balanced targets of a batch: logits (B, 2, P), of which one Sinkhorn per clip over <paramref name="past"/> (R,
    /// 2, P), whose last B rows are the batch's, or over the batch alone.
    /// </summary>
    public static Tensor Targets(Tensor logits, Tensor? past)
    {
        using var scope = NewDisposeScope();
        long b = logits.shape[0];
        Tensor all = past ?? logits.detach();
        return stack([.. Enumerable.Range(0, 2)
            .Select(clip => Sinkhorn.Assign(all.select(1, clip)).narrow(0, all.shape[0] - b, b))], 1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>-0.5 mean_b Σ (q2 log p1 + q1 log p2), p = softmax(logits / 0.1).</summary>
    public static Tensor Loss(Tensor logits, Tensor targets)
    {
        using var scope = NewDisposeScope();
        Tensor log = (nn.functional.softmax(logits / Temperature, -1) + 1e-10).log();
        return ((targets.flip(1) * log).sum([1, 2]).mean() * -0.5).MoveToOuterDisposeScope();
    }

    /// <summary>The prototype of each video, argmax(q1 + q2): (B).</summary>
    public static Tensor Labels(Tensor targets) => targets.sum(1).argmax(1);
}
