using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
namespace VideoConcepts.Augmentation;

/// <summary>Changes the pixels of one vector's width: values 0 … 255, whole numbers before and after.</summary>
internal interface IPixelOperation
{
    void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue);
}

/// <summary>
/// The three planes of one frame while its colours are changed: 8-bit pixels, stored as whole floats 0 … 255.
/// </summary>
internal readonly ref struct PixelPlanes
{
    private PixelPlanes(Span<float> red, Span<float> green, Span<float> blue, int width)
    {
        Red = red;
        Green = green;
        Blue = blue;
        Width = width;
    }

    /// <summary>H·W values, row-major.</summary>
    public Span<float> Red { get; }

    /// <summary>H·W values, row-major.</summary>
    public Span<float> Green { get; }

    /// <summary>H·W values, row-major.</summary>
    public Span<float> Blue { get; }

    public int Width { get; }

    /// <summary>Planes in a buffer of 3·H·W numbers.</summary>
    public static PixelPlanes Of(Span<float> buffer, int width, int height)
    {
        int area = width * height;
        return new PixelPlanes(buffer[..area], buffer.Slice(area, area), buffer.Slice(2 * area, area), width);
    }

    /// <summary>Takes over the pixels of a picture of the same size.</summary>
    public void Load(FrameImage image)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        ref byte first = ref MemoryMarshal.GetReference(pixels);
        int i = 0;
        for (; i + 4 <= Red.Length && (3 * i) + 16 <= pixels.Length; i += 4)
        {
            Vector128<byte> four = Vector128.LoadUnsafe(ref first, (nuint)(3 * i));
            Spread(Vector128.Shuffle(four,
                Vector128.Create(0, 255, 255, 255, 3, 255, 255, 255, 6, 255, 255, 255, 9, 255, 255, 255)), Red, i);
            Spread(Vector128.Shuffle(four,
                Vector128.Create(1, 255, 255, 255, 4, 255, 255, 255, 7, 255, 255, 255, 10, 255, 255, 255)), Green, i);
            Spread(Vector128.Shuffle(four,
                Vector128.Create(2, 255, 255, 255, 5, 255, 255, 255, 8, 255, 255, 255, 11, 255, 255, 255)), Blue, i);
        }
        for (; i < Red.Length; i++)
            (Red[i], Green[i], Blue[i]) = (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]);
    }

    /// <summary>Writes the pixels as bytes (3, H, W).</summary>
    public void Store(Span<byte> frame)
    {
        Store(Red, frame);
        Store(Green, frame[Red.Length..]);
        Store(Blue, frame[(2 * Red.Length)..]);
    }

    private static void Store(ReadOnlySpan<float> plane, Span<byte> bytes)
    {
        ReadOnlySpan<Vector<float>> from = MemoryMarshal.Cast<float, Vector<float>>(plane);
        int i = 0;
        for (int v = 0; v + 4 <= from.Length; v += 4, i += Vector<byte>.Count)
        {
            Vector<ushort> low = Vector.Narrow(ToIntegers(from[v]), ToIntegers(from[v + 1])),
                high = Vector.Narrow(ToIntegers(from[v + 2]), ToIntegers(from[v + 3]));
            Vector.Narrow(low, high).CopyTo(bytes[i..]);
        }
        for (; i < plane.Length; i++) bytes[i] = (byte)plane[i];

        static Vector<uint> ToIntegers(Vector<float> pixels) => Vector.ConvertToInt32(pixels).As<int, uint>();
    }

    /// <summary>Applies an operation to all pixels.</summary>
    internal void Map<T>(T operation)
        where T : struct, IPixelOperation
    {
        Span<Vector<float>> red = MemoryMarshal.Cast<float, Vector<float>>(Red);
        Span<Vector<float>> green = MemoryMarshal.Cast<float, Vector<float>>(Green);
        Span<Vector<float>> blue = MemoryMarshal.Cast<float, Vector<float>>(Blue);
        for (int i = 0; i < red.Length; i++) operation.Apply(ref red[i], ref green[i], ref blue[i]);
        int done = red.Length * Vector<float>.Count;
        if (done == Red.Length) return;
        // What is left is less than a vector: the same operation on a padded copy.
        Span<Vector<float>> last = [default, default, default];
        Span<float> values = MemoryMarshal.Cast<Vector<float>, float>(last);
        int width = Vector<float>.Count;
        Red[done..].CopyTo(values);
        Green[done..].CopyTo(values[width..]);
        Blue[done..].CopyTo(values[(2 * width)..]);
        operation.Apply(ref last[0], ref last[1], ref last[2]);
        values[..(Red.Length - done)].CopyTo(Red[done..]);
        values.Slice(width, Red.Length - done).CopyTo(Green[done..]);
        values.Slice(2 * width, Red.Length - done).CopyTo(Blue[done..]);
    }

    /// <summary>Stores one channel of four pixels, each byte at the low end of a 32-bit lane.</summary>
    private static void Spread(Vector128<byte> channel, Span<float> plane, int i) =>
        Vector128.ConvertToSingle(channel.AsInt32()).CopyTo(plane[i..]);
}
