using TorchSharp;

namespace VideoConcepts.Data;

/// <summary>
/// A loaded batch. Whoever received it owns it and disposes it. The tensor belongs to no dispose scope, also when
/// the loader was asked for it inside one: it lives until <see cref="Dispose"/>. What is computed from it falls
/// under the consumer's scope as usual.
/// </summary>
public sealed class ClipBatch : IDisposable
{
    private readonly BadInputException?[] _bad;

    internal unsafe ClipBatch(IReadOnlyList<int> indices, IReadOnlyList<VideoEntry> videos, IViewBuilder builder)
    {
        (Indices, Videos) = (indices, videos);
        _bad = new BadInputException?[videos.Count];
        SampleLength = checked(builder.Views * 3 * builder.Frames * builder.Size * builder.Size);
        using var scope = torch.NewDisposeScope(); // the storage holds a second handle on the memory
        Views = torch.empty(
            [videos.Count, builder.Views, 3, builder.Frames, builder.Size, builder.Size], torch.float32, torch.CPU).DetachFromDisposeScope();
        _memory = (float*)Views.storage<float>().data_ptr();
    }

    private readonly unsafe float* _memory;

    /// <summary>(B, V, 3, T, H, W) float32 on the CPU: normalised pixels.</summary>
    public torch.Tensor Views { get; private set; }

    /// <summary>The videos' positions in the list that the loader was given.</summary>
    public IReadOnlyList<int> Indices { get; private set; }

    /// <summary>The videos, in the order of the tensor's first axis.</summary>
    public IReadOnlyList<VideoEntry> Videos { get; private set; }

    public void Dispose() => Views.Dispose();

    /// <summary>Notes that a sample could not be read; each slot by one thread.</summary>
    internal void MarkBad(int slot, BadInputException reason) => _bad[slot] = reason;

    /// <summary>Takes the samples that could not be read out of the batch, and says which they were.</summary>
    internal IReadOnlyList<(int Index, BadInputException Reason)> DropBad()
    {
        (int Index, BadInputException Reason)[] dropped = [.. Enumerable.Range(0, _bad.Length).Where(slot => _bad[slot] is not null).Select(slot => (Indices[slot], _bad[slot]!))];
        if (dropped.Length == 0) return dropped;
        int[] kept = [.. Enumerable.Range(0, _bad.Length).Where(slot => _bad[slot] is null)];
        (Indices, Videos) = ([.. kept.Select(slot => Indices[slot])], [.. kept.Select(slot => Videos[slot])]);
        using var scope = torch.NewDisposeScope();
        torch.Tensor views = Views.index_select(0, torch.tensor(kept.Select(slot => (long)slot).ToArray())).DetachFromDisposeScope();
        Views.Dispose();
        Views = views;
        return dropped;
    }

    /// <summary>Floats of one sample, V·3·T·H·W.</summary>
    internal int SampleLength { get; }

    /// <summary>The tensor's own memory of one sample. The batch must be kept alive while it is written.</summary>
    internal unsafe Span<float> Sample(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Videos.Count);
        return new Span<float>(_memory + ((long)slot * SampleLength), SampleLength);
    }
}
