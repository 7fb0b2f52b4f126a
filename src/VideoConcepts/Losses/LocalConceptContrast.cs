using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Losses;

// B videos, R ≥ B videos of all processes, S clips, K' concepts, D features.

/// <summary>
/// What a concept found in one clip of a video must be near what it found in the other clips, and far from what it
/// found in other videos. Only the concepts that lead in both clips count. Source: spec, section 4.
/// </summary>
public static class LocalConceptContrast
{
    public const int Survivors = 10;
    private const double Margin = 1.4;

    /// <param name="found">Output of the local attention, (B, S, K', D).</param>
    /// <param name="scores">Scores of the same views on the same concepts, (B, S, K').</param>
    /// <param name="strict">Count only scores above the tenth largest, as the published program does.</param>
    public static Tensor Loss(Tensor found, Tensor scores, bool strict = false)
    {
        using var scope = NewDisposeScope();
        Tensor z = Heads.Unit(found), keys = z.detach();
        Tensor leads = Leading(scores.detach(), strict);
        int clips = (int)z.shape[1];
        Tensor total = zeros(1, dtype: z.dtype, device: z.device), count = zeros(1, dtype: z.dtype, device: z.device);
        for (int i = 0; i < clips; i++)
        {
            for (int j = 0; j < clips; j++)
            {
                if (i == j) continue;
                Tensor mask = leads.select(1, i).logical_and(leads.select(1, j)).to(z.dtype); // (B, K')
                total = total + Pair(z.select(1, i), keys.select(1, j), mask);
                count = count + mask.sum();
            }
        }
        return (total / (count + 1)).squeeze().MoveToOuterDisposeScope();
    }

    /// <summary>Positives and negatives of one ordered pair of clips; z (B, K', D), keys (B, K', D), mask (B, K').</summary>
    private static Tensor Pair(Tensor z, Tensor keys, Tensor mask)
    {
        Tensor cosine = einsum("bcd,pcd->bpc", z, keys);                          // (B, B, K')
        Tensor distance = (2 - (2 * cosine) + 1e-5).clamp_min(1e-12).sqrt();
        Tensor own = distance.diagonal(0, 0, 1).t();                              // (B, K')
        Tensor positives = (mask * own.square()).sum();
        long b = z.shape[0];
        if (b == 1) return positives;
        Tensor repelled = (Margin - distance).relu().square();
        Tensor others = repelled.sum(1) - repelled.diagonal(0, 0, 1).t();
        return positives + ((mask * others).sum() / (b - 1));
    }

    /// <summary>The up to ten leading concepts of each clip: scores (B, S, K') → bool (B, S, K').</summary>
    private static Tensor Leading(Tensor scores, bool strict)
    {
        int survivors = (int)Math.Min(Survivors, scores.shape[^1]);
        (Tensor values, Tensor indices) = scores.topk(survivors, dim: -1);
        return strict
            ? scores.gt(values.narrow(-1, survivors - 1, 1))
            : zeros_like(scores, ScalarType.Bool).scatter_(-1, indices, ones_like(indices, ScalarType.Bool));
    }
}
