using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>The scores must hold enough to rebuild the feature. Source: docs/method.md.</summary>
public static class Fidelity
{
    /// <summary>
    /// Minus the mean cosine of rebuilt and real features, both (N, D); the real ones get no gradient.
    /// </summary>
    public static Tensor Loss(Tensor rebuilt, Tensor feat)
    {
        using var scope = NewDisposeScope();
        return (-nn.functional.cosine_similarity(rebuilt, feat.detach(), dim: -1, eps: 1e-12).mean())
            .MoveToOuterDisposeScope();
    }
}
