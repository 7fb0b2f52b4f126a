using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// A tensor that a function of ours keeps for its backward pass, and lets go of in it. libtorch's functions do so too;
/// what <c>save_for_backward</c> takes, TorchSharp holds until the whole graph goes, which is gigabytes of activations
/// beside the gradients.
/// </summary>
internal sealed class KeptForBackward
{
    private Tensor? _tensor;

    /// <param name="tensor">An input of the function, which nobody changes in place.</param>
    public KeptForBackward(Tensor tensor) => _tensor = tensor.detach().DetachFromDisposeScope();

    /// <summary>
    /// Whether there will be a backward pass to some input: else a function of ours is not to be applied, for nobody
    /// would let go of what it keeps.
    /// </summary>
    public static bool IsWanted(params ReadOnlySpan<Tensor> inputs)
    {
        if (!is_grad_enabled()) return false;
        foreach (Tensor input in inputs)
            if (input.requires_grad) return true;
        return false;
    }

    /// <summary>The tensor, which is the caller's now.</summary>
    /// <exception cref="InvalidOperationException">It was taken before: a graph is gone through once.</exception>
    public Tensor Take()
    {
        Tensor tensor = _tensor ?? throw new InvalidOperationException("This graph was gone through before.");
        _tensor = null;
        return tensor;
    }
}
