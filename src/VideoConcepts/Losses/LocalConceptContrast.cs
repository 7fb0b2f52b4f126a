using static TorchSharp.torch;

namespace VideoConcepts.Losses;

// B videos, R ≥ B videos of all processes, S clips, K' concepts, D features, Q leading concepts of a clip.

/// <summary>
/// What a concept found in one clip of a video must be near what it found in the other clips, and far from what it
/// found in other videos. Only the concepts that lead in both clips count. Source: docs/method.md.
/// </summary>
public static class LocalConceptContrast
{
    /// <summary>Concepts of a clip that take part: those that score highest.</summary>
    public const int Survivors = 10;
    private const double Margin = 1.4;

    /// <param name="found">Output of the local attention, (B, S, K', D).</param>
    /// <param name="scores">Scores of the same views on the same concepts, (B, S, K').</param>
    /// <param name="strict">Count only scores above the tenth largest, as the published program does.</param>
    public static Tensor Loss(Tensor found, Tensor scores, bool strict = false)
    {
        using var scope = NewDisposeScope();
        Tensor z = UnitVectors.Of(found), leads = Leading(scores, strict);
        return (Part(z, z.detach(), leads, found.shape[0], sameVideos: true) / (Count(leads) + 1))
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What the clips of B videos add to the loss by the clips of B videos, before it is divided by <see cref="Count"/>
    /// + 1. A batch on several processes is the sum of this over all pairs of processes.
    /// </summary>
    /// <param name="z">Unit vectors, (B, S, K', D); only those of concepts that lead matter.</param>
    /// <param name="keys">Unit vectors of the videos that they are compared with, (B, S, K', D), without
    /// gradient.</param>
    /// <param name="leads">See <see cref="Leading"/>, of the videos of <paramref name="z"/>.</param>
    /// <param name="videos">R.</param>
    /// <param name="sameVideos">Both are of the same videos, so that each has a positive.</param>
    public static Tensor Part(Tensor z, Tensor keys, Tensor leads, long videos, bool sameVideos)
    {
        using var scope = NewDisposeScope();
        int clips = (int)z.shape[1];
        Tensor total = zeros([], dtype: z.dtype, device: z.device);
        for (int i = 0; i < clips; i++)
            for (int j = 0; j < clips; j++)
                if (i != j)
                    total = total + Pair(z.select(1, i), keys.select(1, j), Both(leads, i, j).to(z.dtype),
                        videos, sameVideos);
        return total.MoveToOuterDisposeScope();
    }

    /// <summary>The number of (ordered pair of clips, video, concept) that count.</summary>
    public static Tensor Count(Tensor leads)
    {
        using var scope = NewDisposeScope();
        int clips = (int)leads.shape[1];
        IEnumerable<Tensor> counts = from i in Enumerable.Range(0, clips)
                                     from j in Enumerable.Range(0, clips)
                                     where i != j
                                     select Both(leads, i, j).sum();
        return stack([.. counts]).sum().MoveToOuterDisposeScope();
    }

    /// <summary>The up to ten leading concepts of each clip: scores (B, S, K') → bool (B, S, K').</summary>
    public static Tensor Leading(Tensor scores, bool strict)
    {
        using var scope = NewDisposeScope();
        (Tensor values, Tensor indices) = scores.detach().topk((int)Math.Min(Survivors, scores.shape[^1]), dim: -1);
        Tensor leads = strict ? scores.detach().gt(values.narrow(-1, values.shape[^1] - 1, 1))
            : zeros_like(scores, ScalarType.Bool).scatter_(-1, indices, ones_like(indices, ScalarType.Bool));
        return leads.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The vectors of the leading concepts alone, which is what other processes need: z (B, S, K', D), scores (B, S,
    /// K') → (B, S, Q, D).
    /// </summary>
    public static Tensor Pick(Tensor z, Tensor scores)
    {
        using var scope = NewDisposeScope();
        return z.gather(2, Places(scores, z.shape[^1])).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Puts them back where they were, zeros elsewhere: picked (B, S, Q, D), scores (B, S, K') → (B, S, K', D).
    /// </summary>
    public static Tensor Spread(Tensor picked, Tensor scores)
    {
        using var scope = NewDisposeScope();
        return zeros([.. scores.shape, picked.shape[^1]], dtype: picked.dtype, device: picked.device)
            .scatter(2, Places(scores, picked.shape[^1]), picked).MoveToOuterDisposeScope();
    }

    private static Tensor Places(Tensor scores, long features) =>
        scores.detach().topk((int)Math.Min(Survivors, scores.shape[^1]), dim: -1).indexes
            .unsqueeze(-1).expand([-1, -1, -1, features]);

    private static Tensor Both(Tensor leads, int i, int j) =>
        leads.select(1, i).logical_and(leads.select(1, j)); // (B, K')

    /// <summary>
    /// Positives and negatives of one ordered pair of clips; z (B, K', D), keys (B, K', D), mask (B, K').
    /// </summary>
    private static Tensor Pair(Tensor z, Tensor keys, Tensor mask, long videos, bool sameVideos)
    {
        Tensor cosine = einsum("bcd,pcd->bpc", z, keys); // (B, B, K')
        Tensor distance = (2 - (2 * cosine) + 1e-5).clamp_min(1e-12).sqrt();
        Tensor repelled = (Margin - distance).relu().square(), others = repelled.sum(1);
        if (!sameVideos) return (mask * others).sum() / (videos - 1);
        Tensor own = distance.diagonal(0, 0, 1).t(); // (B, K')
        Tensor positives = (mask * own.square()).sum();
        return videos == 1 ? positives
            : positives + ((mask * (others - repelled.diagonal(0, 0, 1).t())).sum() / (videos - 1));
    }
}
