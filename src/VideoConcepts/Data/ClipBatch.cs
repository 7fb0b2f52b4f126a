using TorchSharp;

namespace VideoConcepts.Data;

/// <summary>
/// A loaded batch. Whoever received it owns it and disposes it, after a copy to a GPU is done: <see cref="On"/> does
/// not wait for it. The tensors belong to no dispose scope, also when the loader was asked for it inside one: they live
/// until <see cref="Dispose"/>. What is computed from them falls under the consumer's scope as usual.
/// </summary>
internal sealed class ClipBatch : IDisposable
{
    private readonly BadInputException?[] _bad;

    private readonly IClipBuilder _builder;
    private readonly nint _clips, _stills; // where their numbers lie

    internal ClipBatch(IReadOnlyList<int> indices, IReadOnlyList<VideoEntry> videos, IClipBuilder builder,
        bool pinned = false)
    {
        (Indices, Videos, _builder) = (indices, videos, builder);
        _bad = new BadInputException?[videos.Count];
        (long n, long size) = (videos.Count, builder.Size);
        (Clips, _clips) = Empty(pinned, n, builder.Clips, builder.Frames, 3, size, size);
        (Stills, _stills) = Empty(pinned, n, builder.Stills, 3, size, size);
    }

    /// <summary>(B, C, T, 3, H, W), 8-bit, on the CPU: the augmented clips.</summary>
    public torch.Tensor Clips { get; private set; }

    /// <summary>(B, S, 3, H, W), 8-bit, on the CPU: the augmented static frames.</summary>
    public torch.Tensor Stills { get; private set; }

    /// <summary>The videos' positions in the list that the loader was given.</summary>
    public IReadOnlyList<int> Indices { get; private set; }

    /// <summary>The videos, in the order of the tensor's first axis.</summary>
    public IReadOnlyList<VideoEntry> Videos { get; private set; }

    /// <summary>
    /// The tensors on a device; a copy where that is not the CPU. What the device is asked for next waits for it, the
    /// program does not.
    /// </summary>
    public (torch.Tensor Clips, torch.Tensor Stills) On(torch.Device device) =>
        (Clips.to(device, non_blocking: true), Stills.to(device, non_blocking: true));

    public void Dispose()
    {
        Clips.Dispose();
        Stills.Dispose();
    }

    /// <summary>Notes that a sample could not be read; each slot by one thread.</summary>
    internal void MarkBad(int slot, BadInputException reason) => _bad[slot] = reason;

    /// <summary>Takes the samples that could not be read out of the batch, and says which they were.</summary>
    internal IReadOnlyList<(int Index, BadInputException Reason)> DropBad()
    {
        (int Index, BadInputException Reason)[] dropped = [.. Enumerable.Range(0, _bad.Length)
            .Where(slot => _bad[slot] is not null).Select(slot => (Indices[slot], _bad[slot]!))];
        if (dropped.Length == 0) return dropped;
        int[] kept = [.. Enumerable.Range(0, _bad.Length).Where(slot => _bad[slot] is null)];
        (Indices, Videos) = ([.. kept.Select(slot => Indices[slot])], [.. kept.Select(slot => Videos[slot])]);
        using var scope = torch.NewDisposeScope();
        torch.Tensor places = torch.tensor(kept.Select(slot => (long)slot).ToArray());
        (Clips, Stills) = (Kept(Clips, places), Kept(Stills, places));
        return dropped;
    }

    /// <summary>
    /// The tensors' own memory of one sample: clips and static frames, as <see cref="IClipBuilder.Build"/> fills them.
    /// The batch must be kept alive while they are written.
    /// </summary>
    internal unsafe void Fill(int slot, IFrameReader reader, ref RandomStream random)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)slot, (uint)Videos.Count);
        (int clips, int stills) = (_builder.ClipsLength, _builder.StillsLength);
        _builder.Build(Videos[slot], reader, ref random, new Span<byte>((byte*)_clips + ((long)slot * clips), clips),
            new Span<byte>((byte*)_stills + ((long)slot * stills), stills));
    }

    private static (torch.Tensor Tensor, nint Memory) Empty(bool pinned, params long[] shape)
    {
        using var scope = torch.NewDisposeScope(); // the storage holds a second handle on the memory
        torch.Tensor tensor = torch.empty(shape, torch.uint8, torch.CPU);
        if (pinned) tensor = tensor.pin_memory();
        tensor.DetachFromDisposeScope();
        return (tensor, tensor.storage<byte>().data_ptr());
    }

    private static torch.Tensor Kept(torch.Tensor tensor, torch.Tensor places)
    {
        using torch.Tensor whole = tensor;
        return whole.index_select(0, places).DetachFromDisposeScope();
    }
}
