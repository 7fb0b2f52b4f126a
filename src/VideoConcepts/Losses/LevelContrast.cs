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
    /// <param name="feat">The clips that are anchors.</param>
    /// <param name="reversed">The same in the other order of time.</param>
    /// <param name="all">(R, 2, C) with R = B·<paramref name="step"/>, the clips of all videos, of which row
    /// <paramref name="first"/> + b·<paramref name="step"/> is row b of <paramref name="feat"/>: with several
    /// processes, the anchors are those of one. null: <paramref name="feat"/> is all.</param>
    /// <param name="first">See above.</param>
    /// <param name="step">See above.</param>
    public static Tensor Loss(Tensor feat, Tensor? reversed = null, Tensor? all = null, long first = 0, long step = 1)
    {
        using var scope = NewDisposeScope();
        long b = feat.shape[0];
        Tensor rows = UnitVectors.Of(feat).flatten(0, 1); // (2B, C): video, clip
        Tensor every = all is null ? rows : UnitVectors.Of(all).flatten(0, 1); // (2R, C)
        Tensor clips = arange(2 * first, 2 * (first + (b * step)), 2 * step, dtype: ScalarType.Int64,
            device: feat.device).unsqueeze(1) + arange(2, dtype: ScalarType.Int64, device: feat.device); // (B, 2)
        Tensor own = clips.flatten().unsqueeze(1)
            .eq(arange(every.shape[0], dtype: ScalarType.Int64, device: feat.device)); // (2B, 2R)
        Tensor logits = (rows.matmul(every.t()) / Temperature).masked_fill(own, double.NegativeInfinity);
        if (reversed is not null)
        {
            Tensor against = rows.unflatten(0, b, 2)
                .matmul(UnitVectors.Of(reversed).transpose(1, 2)) / Temperature; // (B, 2, 2)
            logits = cat([logits, against.flatten(0, 1)], 1);
        }
        return nn.functional.cross_entropy(logits, clips.flip(1).flatten()).MoveToOuterDisposeScope();
    }
}
