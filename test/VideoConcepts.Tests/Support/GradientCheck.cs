using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Support;

/// <summary>Gradients against central differences, in float64.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;

    /// <param name="at">Where; at most some hundred numbers, each is moved.</param>
    /// <param name="constantParts">The same value as <paramref name="loss"/>, with everything that gets no gradient
    /// held constant; the loss itself where it has no such parts.</param>
    public static void ShouldHaveGradientOf(
        this Func<Tensor, Tensor> loss, Tensor at, Func<Tensor, Tensor>? constantParts = null, double tolerance = 1e-6)
    {
        using var scope = NewDisposeScope();
        Tensor x = at.detach().clone().requires_grad_(true);
        loss(x).backward();
        double[] gradient = x.grad!.contiguous().data<double>().ToArray();

        Func<Tensor, Tensor> moved = constantParts ?? loss;
        using var noGrad = no_grad();
        for (int i = 0; i < gradient.Length; i++)
        {
            double difference = (At(moved, at, i, Step) - At(moved, at, i, -Step)) / (2 * Step);
            gradient[i].ShouldBe(difference, tolerance * Math.Max(1, Math.Abs(difference)), $"gradient of number {i}");
        }
    }

    private static double At(Func<Tensor, Tensor> loss, Tensor at, int index, double step)
    {
        using var scope = NewDisposeScope();
        Tensor x = at.detach().clone();
        x.view(-1)[index] += step;
        return loss(x).ToDouble();
    }
}
