using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>
/// Contrast of clips at one level of the backbone; gradients flow through both sides. Source: docs/method.md.
/// </summary>
public static class LevelContrast
{
    /// <summary>Cosines are divided by it before the softmax.</summary>
    public const double Temperature = 0.07;

    /// <summary>
    /// Each of a video's two clips finds the other one among the clips of all videos: -log(P / (P + N)), mean over the
    /// anchors. feat (B, 2, C); <paramref name="reversed"/>, of the same shape: its two rows of the anchor's own video
    /// are negatives, too.
    /// </summary>
    public static Tensor Loss(Tensor feat, Tensor? reversed = null)
    {
        using var scope = NewDisposeScope();
        long b = feat.shape[0];
        Tensor rows = UnitVectors.Of(feat).flatten(0, 1); // (2B, C): video, clip
        Tensor own = eye(2 * b, dtype: ScalarType.Bool, device: feat.device);
        Tensor logits = (rows.matmul(rows.t()) / Temperature).masked_fill(own, double.NegativeInfinity);
        if (reversed is not null)
        {
            Tensor against = rows.unflatten(0, b, 2)
                .matmul(UnitVectors.Of(reversed).transpose(1, 2)) / Temperature; // (B, 2, 2)
            logits = cat([logits, against.flatten(0, 1)], 1);
        }
        Tensor other = arange(2 * b, dtype: ScalarType.Int64, device: feat.device).unflatten(0, b, 2).flip(1).flatten();
        return nn.functional.cross_entropy(logits, other).MoveToOuterDisposeScope();
    }
}
