using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Distributed;

/// <summary>Replaces every gradient by its mean over the ranks, one message for each type of number.</summary>
internal static class GradientAverage
{
    /// <param name="parameters">In the same order on all ranks; those without a gradient have none on any rank.</param>
    /// <param name="ranks">The processes.</param>
    public static void Apply(IEnumerable<Parameter> parameters, ICommunicator ranks)
    {
        if (ranks.Size == 1) return;
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (IGrouping<ScalarType, Tensor> group in parameters
            .Select(p => p.grad).OfType<Tensor>().GroupBy(g => g.dtype))
        {
            Tensor[] gradients = [.. group];
            Tensor flat = cat([.. gradients.Select(g => g.reshape(-1))], 0);
            ranks.Sum(flat);
            flat.div_(ranks.Size);
            long at = 0;
            foreach (Tensor gradient in gradients)
            {
                gradient.copy_(flat.narrow(0, at, gradient.numel()).view(gradient.shape));
                at += gradient.numel();
            }
        }
    }
}
