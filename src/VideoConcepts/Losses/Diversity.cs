using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>
/// Minus the entropy of the scores of views that should not know these concepts: lowest when they say nothing.
/// Source: docs/method.md.
/// </summary>
public static class Diversity
{
    /// <summary>scores (B, views, C) → mean of Σ_c p log p with p = softmax(scores / 0.1).</summary>
    public static Tensor Loss(Tensor scores)
    {
        using var scope = NewDisposeScope();
        Tensor logs = nn.functional.log_softmax(scores / ConceptAlignment.Temperature, -1);
        return (logs.exp() * logs).sum(-1).mean().MoveToOuterDisposeScope();
    }
}
