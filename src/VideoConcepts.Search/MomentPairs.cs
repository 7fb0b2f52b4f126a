using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace VideoConcepts.Search;

/// <summary>The moments of one video as rows whose inner product is the similarity of a position of the slider.
/// </summary>
/// <param name="Video">Of the library.</param>
/// <param name="First">Number of the first moment; the others have those after it.</param>
/// <param name="Count">Moments.</param>
/// <param name="Rows">(Count, width).</param>
internal sealed record VideoRows(LibraryVideo Video, long First, int Count, float[] Rows);

/// <summary>Told the similarities of moments of two videos.</summary>
/// <param name="a">Index of a video.</param>
/// <param name="firstA">Its moment that the first row is of, from 0.</param>
/// <param name="b">Index of another video, behind the first one.</param>
/// <param name="firstB">Its moment that the first column is of.</param>
/// <param name="tile">Their similarities.</param>
internal delegate void OnTile(int a, int firstA, int b, int firstB, PairTile tile);

/// <summary>Similarities of some moments with others, a part of a larger product.</summary>
internal readonly ref struct PairTile(ReadOnlySpan<float> product, int stride, int rows, int columns)
{
    private readonly ReadOnlySpan<float> _product = product;

    public int Rows => rows;

    public int Columns => columns;

    public ReadOnlySpan<float> Row(int row) => _product.Slice(row * stride, columns);
}

/// <summary>
/// All moments of a library, to be compared with each other: by matrix products of at most 2048 rows and columns, so
/// that beside the vectors themselves the memory does not grow with the library.
/// </summary>
internal sealed class MomentPairs
{
    private const int Side = 2048;

    private readonly int _width;

    private MomentPairs(IReadOnlyList<VideoRows> videos, int width) => (Videos, _width) = (videos, width);

    /// <summary>The videos that have moments, in the order in which they were added.</summary>
    public IReadOnlyList<VideoRows> Videos { get; }

    /// <summary>Moments.</summary>
    public long Count => Videos.Sum(video => (long)video.Count);

    /// <summary>The row of a moment.</summary>
    public float[] Row(int video, int moment) => Videos[video].Rows.AsSpan(moment * _width, _width).ToArray();

    /// <summary>How alike two moments are.</summary>
    public float Similarity(int videoA, int a, int videoB, int b) => TensorPrimitives.Dot(
        Videos[videoA].Rows.AsSpan(a * _width, _width), Videos[videoB].Rows.AsSpan(b * _width, _width));

    /// <summary>Reads the vectors of a library, those of them that the slider weighs.</summary>
    public static MomentPairs Load(MomentLibrary library, Slider slider, CancellationToken stop)
    {
        LibraryHeader header = library.Header;
        IMomentStore store = library.Store;
        int k = header.Concepts, d = header.MotionSize - k;
        (double Weight, int Size)[] parts = [(slider.Look, header.LookSize), (slider.Differences, d),
            (slider.Concepts, k)];
        int width = parts.Where(part => part.Weight > 0).Sum(part => part.Size);
        Dictionary<long, LibraryVideo> videos = store.Videos().ToDictionary(video => video.Id);
        return library.Work.Track("library", store.Count, tick =>
        {
            List<VideoRows> all = [];
            List<float[]> rows = [];
            long read = 0, first = 0, of = -1;
            foreach (MomentBlock block in store.Blocks(MomentParts.Vectors))
            {
                stop.ThrowIfCancellationRequested();
                if (block.VideoId != of) End();
                if (rows.Count == 0) (first, of) = (block.First, block.VideoId);
                rows.Add(Scaled(block, header, parts, width));
                tick(read += block.Count, "");
            }
            End();
            return new MomentPairs(all, width);

            void End()
            {
                if (rows.Count > 0 && videos.TryGetValue(of, out LibraryVideo? video))
                    all.Add(new(video, first, rows.Sum(part => part.Length) / width, [.. rows.SelectMany(r => r)]));
                rows.Clear();
            }
        });
    }

    /// <summary>Compares the moments of every two videos of a group once.</summary>
    /// <param name="group">The group of each video; null: all are in one.</param>
    /// <param name="onTile">Told what was found, of each two videos in one or several parts.</param>
    /// <param name="work">Told how far it is.</param>
    /// <param name="stop">Stops between products.</param>
    public void Compare(IReadOnlyList<string>? group, OnTile onTile, WorkContext work, CancellationToken stop)
    {
        List<List<List<Part>>> groups = [.. Enumerable.Range(0, Videos.Count)
            .GroupBy(video => group?[video] ?? "").Select(Cut)];
        double all = groups.Sum(chunks => Pairs(chunks).Sum(pair => (double)Size(pair.A) * Size(pair.B))), done = 0;
        work.Track("pairs", all, tick =>
        {
            foreach ((List<Part> a, List<Part> b) in groups.SelectMany(Pairs))
            {
                stop.ThrowIfCancellationRequested();
                Multiply(a, b, onTile);
                tick(done += (double)Size(a) * Size(b), "");
            }
            return 0;
        });
    }

    private static IEnumerable<(List<Part> A, List<Part> B)> Pairs(List<List<Part>> chunks) =>
        chunks.SelectMany((a, i) => chunks.Skip(i).Select(b => (a, b)));

    private static int Size(List<Part> chunk) => chunk.Sum(part => part.Count);

    // Moments that one product takes: whole videos while there is room, and of longer ones a piece.
    private List<List<Part>> Cut(IEnumerable<int> videos)
    {
        List<List<Part>> chunks = [];
        int room = 0;
        foreach (int video in videos)
            for (int first = 0; first < Videos[video].Count;)
            {
                int left = Videos[video].Count - first;
                if (room == 0 || (left > room && left <= Side))
                {
                    chunks.Add([]);
                    room = Side;
                }
                var part = new Part(video, first, Math.Min(left, room));
                chunks[^1].Add(part);
                first += part.Count;
                room -= part.Count;
            }
        return chunks;
    }

    private void Multiply(List<Part> a, List<Part> b, OnTile onTile)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor left = Rows(a), right = ReferenceEquals(a, b) ? left : Rows(b);
        Tensor product = left.mm(right.t()).contiguous();
        ReadOnlySpan<float> numbers = MemoryMarshal.Cast<byte, float>(product.bytes);
        int stride = Size(b), row = 0;
        foreach (Part of in a)
        {
            int column = 0;
            foreach (Part with in b)
            {
                if (with.Video > of.Video)
                    onTile(of.Video, of.First, with.Video, with.First,
                        new(numbers[((row * stride) + column)..], stride, of.Count, with.Count));
                column += with.Count;
            }
            row += of.Count;
        }
    }

    private Tensor Rows(List<Part> chunk)
    {
        Tensor rows = empty([Size(chunk), _width], float32);
        Span<float> to = MemoryMarshal.Cast<byte, float>(rows.bytes);
        foreach (Part part in chunk)
        {
            Videos[part.Video].Rows.AsSpan(part.First * _width, part.Count * _width).CopyTo(to);
            to = to[(part.Count * _width)..];
        }
        return rows;
    }

    private static float[] Scaled(MomentBlock block, LibraryHeader header, (double Weight, int Size)[] parts, int width)
    {
        var rows = new float[block.Count * width];
        for (int i = 0, to = 0; i < block.Count; i++)
        {
            int from = 0;
            for (int p = 0; p < parts.Length; p++)
            {
                (double weight, int size) = parts[p];
                ReadOnlySpan<float> numbers = p == 0 ? block.Look.AsSpan(i * header.LookSize, size)
                    : block.Motion.AsSpan((i * header.MotionSize) + from, size);
                if (p > 0) from += size;
                if (weight <= 0) continue;
                TensorPrimitives.Multiply(numbers, (float)Math.Sqrt(weight), rows.AsSpan(to));
                to += size;
            }
        }
        return rows;
    }

    private readonly record struct Part(int Video, int First, int Count);
}
