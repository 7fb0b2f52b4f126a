using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>How many directions features spread over.</summary>
internal static class EffectiveRank
{
    /// <summary>
    /// exp(-Σ p ln p) with p the singular values of the features less their mean, over their sum: D' if they spread
    /// over D' directions alike, 1 if they lie on a line or are all the same. Source: Roy, Vetterli, "The effective
    /// rank", EUSIPCO 2007; of representations: Garrido et al., "RankMe", ICML 2023, there with the mean.
    /// </summary>
    /// <param name="features">Row-major (N, D).</param>
    /// <param name="dimension">D.</param>
    public static double Of(ReadOnlySpan<float> features, int dimension)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor x = tensor(features.ToArray(), [features.Length / dimension, dimension]).to(float64);
        Tensor values = linalg.svdvals(x - x.mean([0], keepdim: true));
        Tensor p = values / values.sum().clamp_min(double.Epsilon);
        return Math.Exp(-xlogy(p, p).sum().ToDouble());
    }
}
