using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>The Euclidean norm of all gradients together: finite only if each of them is.</summary>
internal static class GradientNorm
{
    /// <param name="parameters">Those without a gradient are left out; one has one at least.</param>
    public static Tensor Of(IEnumerable<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return stack([.. parameters.Select(p => p.grad).OfType<Tensor>().Select(gradient => gradient.norm())])
            .norm().MoveToOuterDisposeScope();
    }
}
