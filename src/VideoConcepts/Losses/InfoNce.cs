using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>Instance contrast: each query against the keys of all videos. Source: spec, section 3.</summary>
public static class InfoNce
{
    public const double Temperature = 0.07;

    /// <summary>
    /// Cross-entropy of cosine / 0.07 against the video's own key; keys get no gradient.
    /// q (B, C), k (R, C) with R ≥ B, row <paramref name="firstKey"/> + b of k being the key of query b.
    /// </summary>
    public static Tensor Loss(Tensor q, Tensor k, long firstKey = 0)
    {
        using var scope = NewDisposeScope();
        Tensor logits = Heads.Unit(q).matmul(Heads.Unit(k).detach().t()) / Temperature;
        Tensor own = arange(firstKey, firstKey + q.shape[0], dtype: ScalarType.Int64, device: q.device);
        return nn.functional.cross_entropy(logits, own).MoveToOuterDisposeScope();
    }
}
