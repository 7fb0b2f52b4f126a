using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>Instance contrast: each query against the keys of all videos. Source: docs/method.md.</summary>
public static class InfoNce
{
    /// <summary>Cosines are divided by it before the softmax.</summary>
    public const double Temperature = 0.07;

    /// <summary>
    /// Cross-entropy of cosine / 0.07 against the video's own key; keys get no gradient.
    /// q (B, C), k (R, C) with R = B·<paramref name="step"/>, row <paramref name="first"/> + b·<paramref name="step"/>
    /// of k being the key of query b: with several processes, k is of all of them and q of one.
    /// </summary>
    /// <param name="against">(B, C), for each query one key more that it should not match; null: none.</param>
    public static Tensor Loss(Tensor q, Tensor k, long first = 0, long step = 1, Tensor? against = null)
    {
        using var scope = NewDisposeScope();
        Tensor queries = UnitVectors.Of(q), logits = queries.matmul(UnitVectors.Of(k).detach().t()) / Temperature;
        if (against is not null)
            logits = cat([logits, (queries * UnitVectors.Of(against).detach()).sum(1, keepdim: true) / Temperature], 1);
        Tensor own = arange(first, k.shape[0], step, dtype: ScalarType.Int64, device: q.device);
        return nn.functional.cross_entropy(logits, own).MoveToOuterDisposeScope();
    }
}
