using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Support;

/// <summary>Comparison with reference vectors at a relative tolerance.</summary>
internal static class ReferenceAssertions
{
    /// <summary>A gradient norm below this is rounding noise, of a bias before a batch norm for instance.</summary>
    private const double NoiseBelow = 1e-12;

    public static void ShouldAgree(this double actual, double expected, double tolerance, string what)
    {
        double error = Math.Abs(actual - expected) / Math.Max(Math.Abs(expected), double.Epsilon);
        (actual == expected || error <= tolerance)
            .ShouldBeTrue($"{what}: {actual:R}, reference {expected:R}, relative difference {error:E2}");
    }

    /// <summary>
    /// L2 within tolerance of itself; mean, largest magnitude and samples within tolerance of the largest magnitude.
    /// </summary>
    public static void ShouldAgree(this Tensor actual, TensorSummary expected, double tolerance, string what) =>
        ShouldAgree(actual, expected, tolerance, tolerance, what);

    /// <param name="single">Tolerance for single numbers.</param>
    public static void ShouldAgree(
        this Tensor actual, TensorSummary expected, double tolerance, double single, string what)
    {
        using var scope = NewDisposeScope();
        Tensor values = actual.detach().to(ScalarType.Float64).cpu().contiguous().flatten();
        values.numel().ShouldBe(expected.Shape.Aggregate(1L, (a, b) => a * b), what);
        // (N, D, 1) is written for (N, D).
        if (expected.Shape is not [.., 1]) actual.shape.ShouldBe(expected.Shape, what);
        values.norm().ToDouble().ShouldAgree(expected.L2, tolerance, $"{what} l2");
        double[] numbers = values.data<double>().ToArray();
        double bound = single * expected.Absmax;
        numbers.Average().ShouldBe(expected.Mean, bound, $"{what} mean");
        numbers.Max(Math.Abs).ShouldBe(expected.Absmax, bound, $"{what} absmax");
        foreach (double[] sample in expected.Samples)
            numbers[(int)sample[0]].ShouldBe(sample[1], bound, $"{what}[{sample[0]}]");
    }

    public static void ShouldAgree(
        this IReadOnlyDictionary<string, double> actual, IReadOnlyDictionary<string, double> expected,
        double tolerance, string what)
    {
        actual.Keys.Order().ShouldBe(expected.Keys.Order(), what);
        foreach ((string key, double value) in expected)
        {
            if (value < NoiseBelow) actual[key].ShouldBeLessThan(NoiseBelow, $"{what} {key}");
            else actual[key].ShouldAgree(value, tolerance, $"{what} {key}");
        }
    }

    /// <summary>
    /// For float32: half of the norms within <paramref name="median"/>, each within <paramref name="each"/>. Rounding
    /// of a convolution alone moves them by some 1e-6; where it also turns the sign of a rectifier's input, single
    /// norms move by some 1e-4.
    /// </summary>
    public static void ShouldMostlyAgree(
        this IReadOnlyDictionary<string, double> actual, IReadOnlyDictionary<string, double> expected,
        double median, double each, string what)
    {
        actual.Keys.Order().ShouldBe(expected.Keys.Order(), what);
        double[] errors = [.. expected.Where(e => e.Value >= NoiseBelow)
            .Select(e => Math.Abs(actual[e.Key] - e.Value) / e.Value).Order()];
        errors[errors.Length / 2].ShouldBeLessThan(median, $"{what}: median of {errors.Length} relative differences");
        errors[^1].ShouldBeLessThan(each, $"{what}: largest of {errors.Length} relative differences");
    }

    /// <summary>The same keys with the same shapes, none missing and none too many.</summary>
    public static void ShouldHaveStateOf(this nn.Module module, JsonElement[][] keys)
    {
        Dictionary<string, long[]> expected = ReferenceVectors.Shapes(keys);
        Dictionary<string, Tensor> actual = module.state_dict();
        actual.Keys.Except(expected.Keys).ShouldBeEmpty("keys that the reference does not have");
        expected.Keys.Except(actual.Keys).ShouldBeEmpty("keys of the reference that are missing");
        foreach ((string key, long[] shape) in expected) actual[key].shape.ShouldBe(shape, key);
    }

    /// <summary>L2 norm of every gradient that exists.</summary>
    public static Dictionary<string, double> GradientNorms(this nn.Module module)
    {
        using var scope = NewDisposeScope();
        return module.named_parameters().Where(p => p.parameter.grad is not null)
            .ToDictionary(p => p.name, p => p.parameter.grad!.to(ScalarType.Float64).norm().ToDouble());
    }
}
