using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>
/// What <see cref="LinearProbe.Train(FeatureTable, LinearProbeOptions)"/> learned: features → classes.
/// </summary>
public sealed class LinearClassifier : IDisposable
{
    private readonly Linear _linear;
    private readonly BatchNorm1d? _norm;
    private readonly bool _normalize;

    internal LinearClassifier(Linear linear, BatchNorm1d? norm, bool normalize, int classes)
    {
        _linear = linear;
        _norm = norm;
        _normalize = normalize;
        Classes = classes;
    }

    /// <summary>C, the number of classes.</summary>
    public int Classes { get; }

    /// <summary>The most probable class of every row.</summary>
    /// <param name="features">(N, D), of the same encoder.</param>
    /// <exception cref="ArgumentException">D is another one.</exception>
    public int[] Predict(FeatureTable features) => Metrics.Predictions(Probabilities(features), Classes);

    /// <summary>The probability of every class, row-major (N, C).</summary>
    /// <param name="features">(N, D), of the same encoder.</param>
    /// <exception cref="ArgumentException">D is another one.</exception>
    public float[] Probabilities(FeatureTable features)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Logits(features).softmax(1).data<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _linear.Dispose();
        _norm?.Dispose();
    }

    /// <summary>(N, C), before the softmax.</summary>
    internal Tensor Logits(FeatureTable features)
    {
        if (features.Dimension != _linear.in_features)
            throw new ArgumentException($"The classifier takes {_linear.in_features} features, not "
                + $"{features.Dimension}.", nameof(features));
        return Logits(_linear, _norm, Matrix(features, _normalize));
    }

    internal static Tensor Logits(Linear linear, BatchNorm1d? norm, Tensor x) =>
        linear.call(norm is null ? x : norm.call(x));

    internal static Tensor Matrix(FeatureTable table, bool normalize)
    {
        Tensor x = RowTensor.Of(table.Values, [table.Rows, table.Dimension]);
        return normalize ? nn.functional.normalize(x, dim: 1) : x;
    }
}
