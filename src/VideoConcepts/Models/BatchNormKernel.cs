using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// The sums of a batch norm and its rectifier over positions of C numbers that lie side by side in memory (channels
/// last), float32 or float64, on the CPU. Each is one pass over memory on all threads of libtorch; what is added up,
/// and in which order, depends on shapes alone, never on the number of threads. Partial sums are of the type of the
/// numbers, those of them of float64.
/// </summary>
internal static unsafe class BatchNormKernel<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int PieceBytes = 1 << 15; // two passes over a piece find it in the cache
    private const int PiecesOfSegment = 16;
    private const long AloneBelow = 1 << 15; // numbers; waking a thread takes longer

    private static int Width => Vector<T>.Count;

    /// <summary>Positions of one weight: how many stand in the tensor from <paramref name="First"/> on, and how often
    /// each counts.</summary>
    private readonly record struct Segment(long First, int Count, double Weight);

    /// <summary>Whether the numbers of (N, C, …) lie as this wants them.</summary>
    public static bool Takes(Tensor x) => x.device_type == DeviceType.CPU && x.dim() > 2 && x.shape[1] >= Width
        && x.numel() > 0 && LastIsDense(x);

    /// <summary>Mean and variance (over M, not M - 1) of each channel.</summary>
    public static (double[] Mean, double[] Variance) Moments(Tensor x, PackedClips? packed)
    {
        int channels = (int)x.shape[1];
        Segment[] segments = Segments(x, packed);
        double[] means = ArrayPool<double>.Shared.Rent(segments.Length * channels);
        double[] squares = ArrayPool<double>.Shared.Rent(segments.Length * channels);
        T* from = Pointer(x);
        Each(segments.Length, x.numel(), s => MomentsOf(from, segments[s], channels,
            means.AsSpan(s * channels, channels), squares.AsSpan(s * channels, channels)));
        double count = segments.Sum(s => s.Count * s.Weight);
        (double[] mean, double[] variance) = (new double[channels], new double[channels]);
        for (int s = 0; s < segments.Length; s++)
            for (int c = 0; c < channels; c++)
                mean[c] += segments[s].Count * segments[s].Weight / count * means[(s * channels) + c];
        for (int s = 0; s < segments.Length; s++)
            for (int c = 0; c < channels; c++)
            {
                double off = means[(s * channels) + c] - mean[c];
                variance[c] += segments[s].Weight / count
                    * (squares[(s * channels) + c] + (segments[s].Count * off * off));
            }
        ArrayPool<double>.Shared.Return(means);
        ArrayPool<double>.Shared.Return(squares);
        return (mean, variance);
    }

    /// <summary>y = max(x scale + shift, floor), in the layout of x.</summary>
    public static Tensor Apply(Tensor x, Affine<T> affine)
    {
        Tensor y = Like(x);
        int channels = (int)x.shape[1];
        T* from = Pointer(x), to = Pointer(y);
        Segment[] segments = Segments(x, null);
        Each(segments.Length, x.numel(), s =>
        {
            long first = segments[s].First * channels;
            var floor = new Vector<T>(affine.Floor);
            fixed (T* scale = affine.Scale, shift = affine.Shift)
                for (int p = 0; p < segments[s].Count; p++, first += channels)
                    for (int c = 0; c >= 0; c = Next(c, channels))
                        Vector.Store(NotBelow(Affine(from + first, scale, shift, c), floor), to + first + c);
        });
        return y;
    }

    /// <summary>
    /// Σ g and Σ g (x - mean) of each channel, g being <paramref name="dy"/> where the rectifier let the number pass.
    /// </summary>
    public static (double[] Sum, double[] Product) GradientSums(Tensor x, Tensor dy, Affine<T> affine)
    {
        int channels = (int)x.shape[1];
        Segment[] segments = Segments(x, null);
        double[] sums = ArrayPool<double>.Shared.Rent(segments.Length * channels);
        double[] products = ArrayPool<double>.Shared.Rent(segments.Length * channels);
        T* values = Pointer(x), gradients = Pointer(dy);
        Each(segments.Length, x.numel(), s => SumsOf(values, gradients, segments[s], channels, affine,
            sums.AsSpan(s * channels, channels), products.AsSpan(s * channels, channels)));
        (double[] sum, double[] product) = (new double[channels], new double[channels]);
        for (int s = 0; s < segments.Length; s++)
            for (int c = 0; c < channels; c++)
            {
                sum[c] += sums[(s * channels) + c];
                product[c] += products[(s * channels) + c];
            }
        ArrayPool<double>.Shared.Return(sums);
        ArrayPool<double>.Shared.Return(products);
        return (sum, product);
    }

    /// <summary>dx = scale g + weight (constant + slope (x - mean)), the weight being that of the position.</summary>
    public static Tensor InputGradient(
        Tensor x, Tensor dy, Affine<T> affine, T[] constants, T[] slopes, PackedClips? packed)
    {
        Tensor dx = Like(x);
        int channels = (int)x.shape[1];
        Segment[] segments = Segments(x, packed);
        T* values = Pointer(x), gradients = Pointer(dy), to = Pointer(dx);
        Each(segments.Length, x.numel(), s =>
        {
            long first = segments[s].First * channels;
            (var floor, var weight) = (new Vector<T>(affine.Floor), new Vector<T>(T.CreateChecked(segments[s].Weight)));
            fixed (T* scale = affine.Scale, shift = affine.Shift, mean = affine.Mean)
            fixed (T* constant = constants, slope = slopes)
                for (int p = 0; p < segments[s].Count; p++, first += channels)
                    for (int c = 0; c >= 0; c = Next(c, channels))
                    {
                        Vector<T> g = Passed(values + first, gradients + first, scale, shift, floor, c);
                        Vector<T> off = Vector.Load(values + first + c) - Vector.Load(mean + c);
                        Vector<T> whole = ((off * Vector.Load(slope + c)) + Vector.Load(constant + c)) * weight;
                        Vector.Store((g * Vector.Load(scale + c)) + whole, to + first + c);
                    }
        });
        return dx;
    }

    private static void MomentsOf(T* x, Segment segment, int channels, Span<double> mean, Span<double> squares)
    {
        mean.Clear();
        squares.Clear();
        int piece = Math.Max(1, PieceBytes / sizeof(T) / channels);
        for (int seen = 0; seen < segment.Count; seen += piece)
        {
            int count = Math.Min(piece, segment.Count - seen);
            T* first = x + ((segment.First + seen) * channels);
            var divisor = new Vector<T>(T.CreateChecked(count));
            for (int c = 0, done = 0; c >= 0; done = c + Width, c = Next(c, channels))
            {
                Vector<T> sum = default, square = default;
                T* at = first + c;
                for (int p = 0; p < count; p++, at += channels) sum += Vector.Load(at);
                Vector<T> own = sum / divisor;
                at = first + c;
                for (int p = 0; p < count; p++, at += channels)
                {
                    Vector<T> off = Vector.Load(at) - own;
                    square += off * off;
                }
                for (int i = Math.Max(c, done); i < c + Width; i++) // means and squares of both pieces give the whole's
                {
                    double off = double.CreateChecked(own[i - c]) - mean[i];
                    mean[i] += off * count / (seen + count);
                    squares[i] += double.CreateChecked(square[i - c]) + (off * off * seen * count / (seen + count));
                }
            }
        }
    }

    private static void SumsOf(T* x, T* dy, Segment segment, int channels, Affine<T> affine,
        Span<double> sums, Span<double> products)
    {
        sums.Clear();
        products.Clear();
        int piece = Math.Max(1, PieceBytes / sizeof(T) / channels);
        var floor = new Vector<T>(affine.Floor);
        fixed (T* scale = affine.Scale, shift = affine.Shift, means = affine.Mean)
            for (int seen = 0; seen < segment.Count; seen += piece)
            {
                int count = Math.Min(piece, segment.Count - seen);
                long first = (segment.First + seen) * channels;
                for (int c = 0, done = 0; c >= 0; done = c + Width, c = Next(c, channels))
                {
                    Vector<T> sum = default, product = default, mean = Vector.Load(means + c);
                    T* values = x + first, gradients = dy + first;
                    for (int p = 0; p < count; p++, values += channels, gradients += channels)
                    {
                        Vector<T> g = Passed(values, gradients, scale, shift, floor, c);
                        sum += g;
                        product += g * (Vector.Load(values + c) - mean);
                    }
                    for (int i = Math.Max(c, done); i < c + Width; i++)
                    {
                        sums[i] += double.CreateChecked(sum[i - c]);
                        products[i] += double.CreateChecked(product[i - c]);
                    }
                }
            }
    }

    // The next vector's first channel; the last one ends with the last channel and may overlap; -1 behind it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(int channel, int channels) =>
        channel + Width == channels ? -1 : Math.Min(channel + Width, channels - Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Affine(T* x, T* scale, T* shift, int c) =>
        (Vector.Load(x + c) * Vector.Load(scale + c)) + Vector.Load(shift + c);

    // What is not a number stays so.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> NotBelow(Vector<T> values, Vector<T> floor) =>
        Vector.ConditionalSelect(Vector.LessThan(values, floor), floor, values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Passed(T* x, T* dy, T* scale, T* shift, Vector<T> floor, int c) =>
        Vector.ConditionalSelect(
            Vector.GreaterThan(Affine(x, scale, shift, c), floor), Vector.Load(dy + c), Vector<T>.Zero);

    private static void Each(int segments, long numbers, Action<int> run)
    {
        int threads = numbers < AloneBelow ? 1 : Math.Min(segments, get_num_threads());
        void Some(int thread)
        {
            int end = (int)((long)segments * (thread + 1) / threads);
            for (int s = (int)((long)segments * thread / threads); s < end; s++) run(s);
        }
        if (threads == 1) Some(0);
        else Parallel.For(0, threads, Some);
    }

    private static Segment[] Segments(Tensor x, PackedClips? packed)
    {
        long channels = x.shape[1], positions = x.numel() / channels;
        int most = (int)Math.Max(1, PiecesOfSegment * (long)PieceBytes / sizeof(T) / channels);
        if (packed is null) return [.. Cut(0, positions, 1)];
        long picture = positions / packed.Pictures;
        return [.. packed.Runs().SelectMany(run => Cut(run.First * picture, run.Count * picture, run.Weight))];

        IEnumerable<Segment> Cut(long first, long count, double weight)
        {
            for (long at = 0; at < count; at += most)
                yield return new Segment(first + at, (int)Math.Min(most, count - at), weight);
        }
    }

    private static bool LastIsDense(Tensor x)
    {
        using Tensor last = Last(x);
        return last.is_contiguous();
    }

    private static Tensor Like(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return First(empty_like(Last(x))).MoveToOuterDisposeScope();
    }

    /// <summary>The same numbers as this wants them.</summary>
    public static Tensor Dense(Tensor x) => LastIsDense(x) ? x : First(Last(x).contiguous());

    private static Tensor First(Tensor last) =>
        last.permute([0, last.dim() - 1, .. Enumerable.Range(1, (int)last.dim() - 2).Select(i => (long)i)]);

    // (N, C, …) → (N, …, C).
    private static Tensor Last(Tensor x) =>
        x.permute([0, .. Enumerable.Range(2, (int)x.dim() - 2).Select(i => (long)i), 1]);

    // Spans end at two billion; the first number's place is all that is asked for.
    private static T* Pointer(Tensor x)
    {
        using Tensor first = x.detach().as_strided([1], [1]);
        return (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}

/// <summary>What a batch norm does to the numbers of each channel: max(x Scale + Shift, Floor).</summary>
/// <param name="Mean">Of the channel.</param>
/// <param name="Scale">Weight over standard deviation.</param>
/// <param name="Shift">Bias less the mean's share.</param>
/// <param name="Floor">Zero behind a rectifier, else minus infinity.</param>
internal sealed record Affine<T>(T[] Mean, T[] Scale, T[] Shift, T Floor);
