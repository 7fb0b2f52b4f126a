using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>
/// Videos that look alike and belong together should be near, as far as they are: a graph of the batch, inferred from
/// one kind of features, weighs the pairs of another. Source: docs/method.md.
/// </summary>
public static class GraphConstraint
{
    /// <summary>Row-softmax of the cosines / 0.07 of (B, C) against (R, C): (B, R); R = B, or with several processes
    /// the videos of all.</summary>
    public static Tensor Similarity(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return nn.functional.softmax(UnitVectors.Of(a).matmul(UnitVectors.Of(b).t()) / LevelContrast.Temperature, 1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The graph, without gradient: similarities below the threshold become 0, but for the diagonal; times the affinity
    /// of the pair; rows divided by their sum.
    /// </summary>
    /// <param name="similarity">(B, R), see <see cref="Similarity"/>.</param>
    /// <param name="threshold"><c>--thres</c>.</param>
    /// <param name="affinity">(B, R) in [0, 1], 1 on the diagonal: 1 for pairs that belong together, 0 for those that
    /// do not.</param>
    /// <param name="first">The diagonal: video b of the rows is video first + b·step of the columns.</param>
    /// <param name="step">See <paramref name="first"/>.</param>
    public static Tensor Infer(Tensor similarity, double threshold, Tensor affinity, long first = 0, long step = 1)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor s = similarity.detach();
        Tensor own = arange(first, first + (s.shape[0] * step), step, dtype: ScalarType.Int64, device: s.device);
        Tensor diagonal = own.unsqueeze(1).eq(arange(s.shape[1], dtype: ScalarType.Int64, device: s.device));
        Tensor kept = s.masked_fill(s.lt(threshold).logical_and(diagonal.logical_not()), 0) * affinity;
        return (kept / kept.sum(1, keepdim: true)).MoveToOuterDisposeScope();
    }

    /// <summary>1 for pairs of equal labels: labels (B) of the rows and (R) of the columns → (B, R).</summary>
    public static Tensor SameLabel(Tensor labels, Tensor all, ScalarType type) =>
        labels.unsqueeze(1).eq(all.unsqueeze(0)).to(type);

    /// <summary>Mean over all B·R pairs of graph · -log(similarity + 1e-10).</summary>
    public static Tensor Loss(Tensor graph, Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return (graph * (Similarity(a, b) + 1e-10).log()).mean().neg().MoveToOuterDisposeScope();
    }
}
