using System.Numerics.Tensors;

namespace VideoConcepts.Search;

/// <summary>How like a query single moments of a library are: reads the blocks that they are in, each once.</summary>
/// <param name="store">The library.</param>
/// <param name="query">LookSize + MotionSize numbers.</param>
internal sealed class MomentProducts(IMomentStore store, float[] query)
{
    private const int AtOnce = 32;

    private readonly List<MomentBlock> _blocks = [];
    private readonly Dictionary<long, Moment> _moments = [];

    /// <summary>A moment and its inner product with the query, by its number; null: there is none.</summary>
    public (Moment Moment, float Product)? Of(long id)
    {
        if (!TryRow(id, out ReadOnlySpan<float> look, out ReadOnlySpan<float> motion)) return null;
        float product = TensorPrimitives.Dot(look, query.AsSpan(0, look.Length))
            + TensorPrimitives.Dot(motion, query.AsSpan(look.Length));
        return MomentOf(id) is { } moment ? (moment, product) : null;
    }

    /// <summary>The vectors of a moment, by its number; false: there is none.</summary>
    public bool TryRow(long id, out ReadOnlySpan<float> look, out ReadOnlySpan<float> motion)
    {
        MomentBlock? block = BlockOf(id);
        look = block is null ? default : Row(block.Look, id, block);
        motion = block is null ? default : Row(block.Motion, id, block);
        return block is not null;
    }

    private static ReadOnlySpan<float> Row(float[] part, long id, MomentBlock block)
    {
        int size = part.Length / block.Count;
        return part.AsSpan((int)(id - block.First) * size, size);
    }

    private MomentBlock? BlockOf(long id)
    {
        if (_blocks.Find(block => id >= block.First && id < block.First + block.Count) is { } known) return known;
        if (store.BlockOf(id, MomentParts.Vectors) is not { } read) return null;
        _blocks.Add(read);
        return read;
    }

    // Those beside it are asked for next.
    private Moment? MomentOf(long id)
    {
        if (_moments.TryGetValue(id, out Moment? moment)) return moment;
        long first = id - (id % AtOnce);
        foreach (Moment read in store.Moments([.. Enumerable.Range(0, AtOnce).Select(i => first + i)]))
            _moments[read.Id] = read;
        return _moments.GetValueOrDefault(id);
    }
}
