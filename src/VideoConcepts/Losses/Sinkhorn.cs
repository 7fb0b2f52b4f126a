using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>Balanced soft assignment of samples to concepts (Sinkhorn–Knopp). Source: docs/method.md.</summary>
public static class Sinkhorn
{
    private const double Largest = 1e300; // stands for an infinite score; finite after any sum of two

    /// <summary>
    /// scores (R, C) → targets (R, C), every row summing to 1, the columns having equal mass as far as
    /// <paramref name="iterations"/> rounds bring it. No gradient. Computed as logarithms in float64, so that no row
    /// can underflow to nothing; the result has the type of the scores.
    /// </summary>
    public static Tensor Assign(Tensor scores, double epsilon = 0.05, int iterations = 3)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor log = scores.detach().to(ScalarType.Float64).div(epsilon).clamp(-Largest, Largest);
        for (int i = 0; i < iterations; i++)
        {
            log = log - log.logsumexp(0, keepdim: true); // concepts share the mass equally …
            log = log - log.logsumexp(1, keepdim: true); // … and so do samples
        }
        return nn.functional.softmax(log, 1).to(scores.dtype).MoveToOuterDisposeScope();
    }
}
