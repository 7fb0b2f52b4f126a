using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using VideoConcepts.Data;

namespace VideoConcepts.Augmentation;

/// <summary>Changes the pixels of one vector's width: values 0 … 255, whole numbers before and after.</summary>
internal interface IPixelOperation
{
    void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue);
}

/// <summary>
/// The three planes of one frame inside a (3, T, H, W) clip. While colours are changed they hold 8-bit pixels, stored
/// as whole floats 0 … 255: that is where the frame ends up anyway, and one layout serves all transforms.
/// </summary>
public readonly ref struct PixelPlanes
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

    /// <summary>The planes of frame t of a clip of T frames.</summary>
    public static PixelPlanes Of(Span<float> clip, int frame, int frames, int width, int height)
    {
        int area = width * height;
        return new PixelPlanes(
            clip.Slice(frame * area, area), clip.Slice((frames + frame) * area, area), clip.Slice(((2 * frames) + frame) * area, area), width);
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
            Spread(Vector128.Shuffle(four, Vector128.Create(0, 255, 255, 255, 3, 255, 255, 255, 6, 255, 255, 255, 9, 255, 255, 255)), Red, i);
            Spread(Vector128.Shuffle(four, Vector128.Create(1, 255, 255, 255, 4, 255, 255, 255, 7, 255, 255, 255, 10, 255, 255, 255)), Green, i);
            Spread(Vector128.Shuffle(four, Vector128.Create(2, 255, 255, 255, 5, 255, 255, 255, 8, 255, 255, 255, 11, 255, 255, 255)), Blue, i);
        }
        for (; i < Red.Length; i++) (Red[i], Green[i], Blue[i]) = (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]);
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
