using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Distributed;

/// <summary>
/// The processes of a run. Every method is collective: all ranks call it in the same order with tensors of equal shape
/// and type, float32, float64 or int64; those of a GPU go by way of the CPU's memory.
/// </summary>
public interface ICommunicator : IDisposable
{
    /// <summary>This process, from 0.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Size { get; }

    /// <summary>
    /// Bytes that this rank has handed to the others, and the time that it spent in doing so and in waiting for them.
    /// </summary>
    (long Bytes, TimeSpan Time) Traffic { get; }

    /// <summary>Replaces a contiguous tensor by the sum over all ranks, the same bits on each.</summary>
    void Sum(Tensor tensor);

    /// <summary>The tensors of all ranks, (…) → (Size, …), in the order of the ranks; without gradient.</summary>
    Tensor Gather(Tensor tensor);

    /// <summary>Of the tensors (Size, …) of all ranks, the sum of their rows that belong to this one: (…).</summary>
    Tensor SumOwn(Tensor rows);

    /// <summary>Whether the flag is set on any rank; also the place where all wait for all.</summary>
    bool Any(bool flag)
    {
        if (Size == 1) return flag;
        using Tensor flags = tensor((long[])[flag ? 1 : 0]);
        Sum(flags);
        return flags.ToInt64() > 0;
    }

    /// <summary>The same of two flags, in one message.</summary>
    (bool First, bool Second) Any(bool first, bool second)
    {
        if (Size == 1) return (first, second);
        using Tensor flags = tensor((long[])[first ? 1 : 0, second ? 1 : 0]);
        Sum(flags);
        long[] set = [.. flags.data<long>()];
        return (set[0] > 0, set[1] > 0);
    }

    /// <summary>The number that rank 0 has.</summary>
    long OfFirst(long number)
    {
        if (Size == 1) return number;
        using Tensor own = tensor((long[])[number]);
        using Tensor all = Gather(own);
        return all.data<long>()[0];
    }

    /// <summary>The ranks r whose r / size is that of this one: groups of neighbours, of which the last may be
    /// smaller. What they hand over counts in <see cref="Traffic"/> here, too.</summary>
    /// <param name="size">Ranks of a group, from 1 on.</param>
    ICommunicator Group(int size);

    /// <summary>Ends all ranks at once with this exit status.</summary>
    void Abort(int status);
}

/// <summary>One process, which is all of them.</summary>
public sealed class SingleProcess : ICommunicator
{
    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public (long Bytes, TimeSpan Time) Traffic => default;

    /// <inheritdoc/>
    public void Sum(Tensor tensor)
    {
    }

    /// <inheritdoc/>
    public Tensor Gather(Tensor tensor) => tensor.detach().unsqueeze(0);

    /// <inheritdoc/>
    public Tensor SumOwn(Tensor rows) => rows.detach().squeeze(0).clone();

    /// <inheritdoc/>
    public ICommunicator Group(int size) => this;

    /// <inheritdoc/>
    public void Abort(int status) => Environment.Exit(status);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
