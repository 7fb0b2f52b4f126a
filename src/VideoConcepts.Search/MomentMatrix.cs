using System.Numerics.Tensors;

namespace VideoConcepts.Search;

/// <summary>
/// The vectors of all moments of a library, in memory: each row is a moment's look and motion side by side. A million
/// moments of 512 numbers take 2 GB.
/// </summary>
internal sealed class MomentMatrix
{
    private const int RowsAtOnce = 1024; // of one thread's turn: they fit into its cache

    private readonly List<float[]> _rows = [];
    private readonly List<(long First, long Video, int Count)> _blocks = [];

    private MomentMatrix(int look, int motion) => (LookSize, MotionSize) = (look, motion);

    public int LookSize { get; }

    public int MotionSize { get; }

    /// <summary>Numbers of a row.</summary>
    public int Width => LookSize + MotionSize;

    /// <summary>Rows.</summary>
    public long Count { get; private set; }

    /// <summary>Reads all vectors of a library, block after block.</summary>
    /// <param name="store">The library.</param>
    /// <param name="progress">Told the number of moments that were read.</param>
    /// <param name="stop">Stops between blocks.</param>
    public static MomentMatrix Load(IMomentStore store, Action<long>? progress = null, CancellationToken stop = default)
    {
        LibraryHeader header = store.Header!;
        var matrix = new MomentMatrix(header.LookSize, header.MotionSize);
        foreach (MomentBlock block in store.Blocks(MomentParts.Vectors))
        {
            stop.ThrowIfCancellationRequested();
            matrix.Add(block);
            progress?.Invoke(matrix.Count);
        }
        return matrix;
    }

    /// <summary>The moments with the largest inner products, largest first.</summary>
    /// <param name="query">A row's numbers.</param>
    /// <param name="count">How many.</param>
    /// <param name="withoutVideo">A video that is left out.</param>
    /// <param name="stop">Ends the search.</param>
    public IReadOnlyList<(long Moment, float Product)> Nearest(float[] query, int count, long? withoutVideo = null,
        CancellationToken stop = default)
    {
        var all = new TopMoments(count);
        Lock joining = new();
        int perTurn = Math.Max(1, RowsAtOnce / MomentBlock.Most);
        int turns = (_blocks.Count + perTurn - 1) / perTurn;
        Parallel.For(0, turns, new ParallelOptions { CancellationToken = stop }, () => new TopMoments(count),
            (turn, _, found) =>
            {
                int end = Math.Min(_blocks.Count, (turn + 1) * perTurn);
                for (int b = turn * perTurn; b < end; b++)
                {
                    (long first, long video, int rows) = _blocks[b];
                    if (video == withoutVideo) continue;
                    ReadOnlySpan<float> block = _rows[b];
                    for (int i = 0; i < rows; i++)
                    {
                        float product = TensorPrimitives.Dot(block.Slice(i * Width, Width), query);
                        if (product >= found.Least) found.Add(first + i, product);
                    }
                }
                return found;
            }, found =>
            {
                lock (joining) all.Add(found);
            });
        return all.Ordered();
    }

    /// <summary>The row of a moment; it must be there.</summary>
    public ReadOnlySpan<float> Row(long moment)
    {
        int low = 0, high = _blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_blocks[middle].First <= moment) low = middle;
            else high = middle - 1;
        }
        return _rows[low].AsSpan((int)(moment - _blocks[low].First) * Width, Width);
    }

    /// <summary>The rows of each block, with the number of their first moment and their video.</summary>
    public IEnumerable<(long First, long Video, int Count, float[] Rows)> Blocks() =>
        _blocks.Select((block, i) => (block.First, block.Video, block.Count, _rows[i]));

    /// <summary>A row of look and motion for each moment of a block.</summary>
    internal static float[] Rows(MomentBlock block, int look, int motion)
    {
        int width = look + motion;
        var rows = new float[block.Count * width];
        for (int i = 0; i < block.Count; i++)
        {
            block.Look.AsSpan(i * look, look).CopyTo(rows.AsSpan(i * width));
            block.Motion.AsSpan(i * motion, motion).CopyTo(rows.AsSpan((i * width) + look));
        }
        return rows;
    }

    private void Add(MomentBlock block)
    {
        _rows.Add(Rows(block, LookSize, MotionSize));
        _blocks.Add((block.First, block.VideoId, block.Count));
        Count += block.Count;
    }
}
