using TorchSharp;
using VideoConcepts.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace VideoConcepts.Distributed;

/// <summary>
/// A batch whose rows lie on several processes. Gradients flow through both operations as if there were one process:
/// every rank computes the same loss from the whole batch, and the mean of the ranks' parameter gradients is the
/// gradient of that loss.
/// </summary>
/// <param name="ranks">The processes.</param>
/// <param name="syncNorms">Batch norms take the statistics of the whole batch, <c>--sync-bn</c>.</param>
internal sealed class SplitBatch(ICommunicator ranks, bool syncNorms)
{
    /// <summary>One process has the whole batch.</summary>
    public static SplitBatch None { get; } = new(new SingleProcess(), false);

    public ICommunicator Communicator { get; } = ranks;

    /// <summary>While it lives, batch norms take the statistics of the whole batch; null where they need not.</summary>
    public BatchNorm.SharedStatistics? SharedStatistics() =>
        syncNorms && Communicator.Size > 1 ? new BatchNorm.SharedStatistics(Sum, Communicator.Size) : null;

    /// <summary>
    /// The rows of all ranks, (n, …) → (Size·n, …): row i of rank r becomes row i·Size + r, which is the order in which
    /// one process would have had them. The gradient of a row is the sum of what all ranks want of it.
    /// </summary>
    public Tensor Gather(Tensor rows) => Communicator.Size == 1 ? rows
        : rows.requires_grad ? Gathered.apply(rows, Communicator)
        : InOrder(rows, Communicator);

    /// <summary>The rows of each rank in <see cref="Gather"/>: (Size·n, …) → Size times (n, …).</summary>
    public IEnumerable<Tensor> Parts(Tensor whole) => Communicator.Size == 1
        ? [whole]
        : Enumerable.Range(0, Communicator.Size)
            .Select(rank => whole.unflatten(0, -1, Communicator.Size).select(1, rank));

    /// <summary>This rank's rows of <see cref="Gather"/>: (Size·n, …) → (n, …).</summary>
    public Tensor Own(Tensor whole) => Communicator.Size == 1 ? whole
        : whole.unflatten(0, -1, Communicator.Size).select(1, Communicator.Rank);

    /// <summary>The mean of the ranks' losses, each being a mean over its own rows: that of the whole batch.</summary>
    public Tensor Mean(Tensor loss) => Communicator.Size == 1 ? loss : Sum(loss) / Communicator.Size;

    /// <summary>The sum over all ranks; so is its gradient.</summary>
    public Tensor Sum(Tensor part) => Communicator.Size == 1 ? part : Summed.apply(part, Communicator);

    private static Tensor InOrder(Tensor rows, ICommunicator ranks)
    {
        using DisposeScope scope = NewDisposeScope();
        return ranks.Gather(rows).transpose(0, 1).flatten(0, 1).contiguous().MoveToOuterDisposeScope();
    }

    private const string Processes = "communicator";

    private sealed class Gathered : SingleTensorFunction<Gathered>
    {
        public override string Name => nameof(Gathered);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var (rows, ranks) = ((Tensor)vars[0], (ICommunicator)vars[1]);
            ctx.save_data(Processes, ranks);
            return InOrder(rows, ranks);
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            var ranks = (ICommunicator)ctx.get_data(Processes);
            using DisposeScope scope = NewDisposeScope();
            return
            [
                ranks.SumOwn(grad_output.unflatten(0, -1, ranks.Size).transpose(0, 1)).MoveToOuterDisposeScope(),
                null!
            ];
        }
    }

    private sealed class Summed : SingleTensorFunction<Summed>
    {
        public override string Name => nameof(Summed);

        public override Tensor forward(AutogradContext ctx, params object[] vars)
        {
            var (part, ranks) = ((Tensor)vars[0], (ICommunicator)vars[1]);
            ctx.save_data(Processes, ranks);
            Tensor sum = part.detach().clone().contiguous();
            ranks.Sum(sum);
            return sum;
        }

        public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
        {
            var ranks = (ICommunicator)ctx.get_data(Processes);
            Tensor sum = grad_output.clone().contiguous();
            ranks.Sum(sum);
            return [sum, null!];
        }
    }
}
