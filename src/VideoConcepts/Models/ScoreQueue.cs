using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>A fixed number of rows, newest last. The tensor belongs to the model, whose buffer it is.</summary>
internal static class ScoreQueue
{
    /// <summary>
    /// Drops the oldest rows and appends detached <paramref name="rows"/>; of more rows than fit, the newest stay.
    /// </summary>
    public static void Append(Tensor queue, Tensor rows)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor all = cat([queue, rows.detach()], 0);
        queue.copy_(all.narrow(0, all.shape[0] - queue.shape[0], queue.shape[0]));
    }

    /// <summary>The newest <paramref name="filled"/> rows, a view of the queue.</summary>
    public static Tensor Filled(Tensor queue, int filled) => queue.narrow(0, queue.shape[0] - filled, filled);
}
