using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
namespace VideoConcepts.Augmentation;

/// <summary>
/// Cuts a rectangle out of a picture and resizes it with antialiasing, rows first, then columns, rounding to 8 bits in
/// between. Weights and buffers are kept from call to call: prepare once per clip, resize each of its frames. One
/// instance serves one thread.
/// </summary>
internal sealed class Resampler
{
    private const int Half = 1 << (AxisWeights.Precision - 1);

    // Bytes of pixel k of a group of four, spread over the low bytes of 32-bit lanes; 255 gives 0.
    private static readonly Vector128<byte> Pixel0 =
        Vector128.Create(0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255);
    private static readonly Vector128<byte> Pixel1 =
        Vector128.Create(3, 255, 255, 255, 4, 255, 255, 255, 5, 255, 255, 255, 255, 255, 255, 255);
    private static readonly Vector128<byte> Pixel2 =
        Vector128.Create(6, 255, 255, 255, 7, 255, 255, 255, 8, 255, 255, 255, 255, 255, 255, 255);
    private static readonly Vector128<byte> Pixel3 =
        Vector128.Create(9, 255, 255, 255, 10, 255, 255, 255, 11, 255, 255, 255, 255, 255, 255, 255);

    private readonly AxisWeights _columns = new();
    private readonly AxisWeights _rows = new();
    private (CropBox Box, int Width, int Height, ResampleFilter Filter) _prepared;
    private byte[] _narrowed = []; // (box height, Width, 3): the picture after the pass along rows

    /// <summary>Sets rectangle, output size and filter. Free if nothing changes.</summary>
    public void Prepare(CropBox box, int width, int height, ResampleFilter filter = ResampleFilter.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(box.Width, nameof(box));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(box.Height, nameof(box));
        if (_prepared == (box, width, height, filter)) return;
        _columns.Build(box.Width, width, filter);
        _rows.Build(box.Height, height, filter);
        int needed = checked((3 * width * box.Height) + 1); // a pixel is stored as 4 bytes, the last one spare
        if (_narrowed.Length < needed) _narrowed = new byte[needed];
        _prepared = (box, width, height, filter);
    }

    /// <summary>Resizes the prepared rectangle of a picture.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is not inside the picture.</exception>
    public void Resize(FrameImage source, FrameImage destination)
    {
        (CropBox box, int width, int height, _) = _prepared;
        if (width == 0) throw new InvalidOperationException("Prepare comes first.");
        if (box.X < 0 || box.Y < 0 || box.X + box.Width > source.Width || box.Y + box.Height > source.Height)
            throw new ArgumentOutOfRangeException(
                nameof(source), $"{box} is not inside a picture of {source.Width}x{source.Height}.");
        int stride = 3 * width;
        for (int y = 0; y < box.Height; y++)
        {
            ReadOnlySpan<byte> row = source.Pixels[(3 * (((box.Y + y) * source.Width) + box.X))..];
            NarrowRow(row, _narrowed.AsSpan(y * stride, stride + 1));
        }
        destination.Resize(width, height);
        for (int y = 0; y < height; y++) SumRows(y, stride, destination.Pixels.Slice(y * stride, stride));
    }

    /// <summary>
    /// One row of the first pass. <paramref name="row"/> runs on past the rectangle, to the picture's end.
    /// </summary>
    private void NarrowRow(ReadOnlySpan<byte> row, Span<byte> output)
    {
        ref byte first = ref MemoryMarshal.GetReference(row);
        ref byte result = ref MemoryMarshal.GetReference(output);
        for (int x = 0; x < _prepared.Width; x++)
        {
            ReadOnlySpan<int> weights = _columns.PaddedWeights(x);
            int offset = 3 * _columns.Start(x);
            if (offset + (3 * weights.Length) + 4 > row.Length)
            {
                NarrowPixel(row[offset..], _columns.Weights(x), output.Slice(3 * x, 3));
                continue;
            }
            // Whole groups of four pixels: what lies past the last one that counts has weight 0.
            Vector128<int> even = Vector128.Create(Half), odd = default;
            for (int k = 0; k < weights.Length; k += AxisWeights.Group)
            {
                Vector128<byte> pixels = Vector128.LoadUnsafe(ref first, (nuint)(offset + (3 * k)));
                even += Vector128.Shuffle(pixels, Pixel0).AsInt32() * weights[k];
                odd += Vector128.Shuffle(pixels, Pixel1).AsInt32() * weights[k + 1];
                even += Vector128.Shuffle(pixels, Pixel2).AsInt32() * weights[k + 2];
                odd += Vector128.Shuffle(pixels, Pixel3).AsInt32() * weights[k + 3];
            }
            Vector128<int> sum = (even + odd) >> AxisWeights.Precision;
            Vector128<short> words = Vector128.NarrowWithSaturation(sum, sum);
            Vector128<byte> bytes = Vector128.NarrowWithSaturation(
                Vector128.Max(words, Vector128<short>.Zero).AsUInt16(), default);
            // Four bytes at once: the fourth is overwritten by the next pixel.
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref result, 3 * x), bytes.AsUInt32().ToScalar());
        }
    }

    /// <summary>The same for one pixel without reading past what counts: the end of the picture's last row.</summary>
    private static void NarrowPixel(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> weights, Span<byte> output)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            int sum = Half;
            for (int k = 0; k < weights.Length; k++) sum += pixels[(3 * k) + channel] * weights[k];
            output[channel] = (byte)Math.Clamp(sum >> AxisWeights.Precision, 0, 255);
        }
    }

    /// <summary>One row of the second pass: a weighted sum of whole rows, 32 bytes at a time.</summary>
    private void SumRows(int y, int stride, Span<byte> output)
    {
        ReadOnlySpan<int> weights = _rows.Weights(y);
        ReadOnlySpan<byte> rows = _narrowed.AsSpan(_rows.Start(y) * stride, weights.Length * stride);
        int block = Vector256<byte>.Count;
        if (stride < block)
        {
            for (int i = 0; i < stride; i++)
            {
                int sum = Half;
                for (int k = 0; k < weights.Length; k++) sum += rows[(k * stride) + i] * weights[k];
                output[i] = (byte)Math.Clamp(sum >> AxisWeights.Precision, 0, 255);
            }
            return;
        }
        for (int i = 0; i < stride; i += block)
        {
            int at = Math.Min(i, stride - block); // the last block may overlap the one before
            SumBlock(rows[at..], stride, weights).CopyTo(output.Slice(at, block));
        }
    }

    private static Vector256<byte> SumBlock(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights)
    {
        ref byte first = ref MemoryMarshal.GetReference(rows);
        Vector256<int> a = Vector256.Create(Half), b = a, c = a, d = a;
        for (int k = 0; k < weights.Length; k++)
        {
            (Vector256<ushort> low, Vector256<ushort> high) =
                Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)(k * stride)));
            int weight = weights[k];
            a += Vector256.WidenLower(low).AsInt32() * weight;
            b += Vector256.WidenUpper(low).AsInt32() * weight;
            c += Vector256.WidenLower(high).AsInt32() * weight;
            d += Vector256.WidenUpper(high).AsInt32() * weight;
        }
        Vector256<short> ab = Vector256.NarrowWithSaturation(a >> AxisWeights.Precision, b >> AxisWeights.Precision);
        Vector256<short> cd = Vector256.NarrowWithSaturation(c >> AxisWeights.Precision, d >> AxisWeights.Precision);
        return Vector256.NarrowWithSaturation(
            Vector256.Max(ab, Vector256<short>.Zero).AsUInt16(), Vector256.Max(cd, Vector256<short>.Zero).AsUInt16());
    }
}
