using SkiaSharp;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>
/// Where in the picture a concept is seen: by how much its score falls where a part of the picture is hidden. A part is
/// hidden from a static concept by the frames' mean colour, from a dynamic one by holding it still.
/// </summary>
internal static class ConceptPlace
{
    private const int Grid = 8, Patch = 2, Shown = 4, Scale = 3;

    /// <summary>Draws some frames of a moment, as the network sees them, with the place over them, as a PNG.</summary>
    /// <param name="network">The library's.</param>
    /// <param name="frames">Of the moment, (3, H, W) each.</param>
    /// <param name="size">H = W.</param>
    /// <param name="isDynamic">Which kind of concept.</param>
    /// <param name="concept">Its number.</param>
    public static byte[] Draw(MomentNetwork network, byte[][] frames, int size, bool isDynamic, int concept) =>
        Draw(frames, size, Falls(network, frames, size, isDynamic, concept), isDynamic);

    /// <summary>How much the score falls where each cell of the grid is hidden, from 0 to 1, where most.</summary>
    internal static float[] Falls(MomentNetwork network, byte[][] frames, int size, bool isDynamic, int concept)
    {
        byte[][][] hidden = [.. Enumerable.Range(0, (Grid - Patch + 1) * (Grid - Patch + 1))
            .Select(i => Hide(frames, size, i % (Grid - Patch + 1), i / (Grid - Patch + 1), isDynamic))];
        int column = ((isDynamic ? 3 : 2) * network.Concepts) + concept, row = 4 * network.Concepts;
        float whole = network.Describe([frames], size).Scores[column];
        var falls = new float[Grid * Grid];
        var counts = new int[Grid * Grid];
        int done = 0;
        foreach (byte[][][] some in hidden.Chunk(16))
        {
            float[] scores = network.Describe(some, size).Scores;
            for (int i = 0; i < some.Length; i++, done++)
                for (int y = 0; y < Patch; y++)
                    for (int x = 0; x < Patch; x++)
                    {
                        int cell = (((done / (Grid - Patch + 1)) + y) * Grid) + (done % (Grid - Patch + 1)) + x;
                        falls[cell] += Math.Max(0, whole - scores[(i * row) + column]);
                        counts[cell]++;
                    }
        }
        for (int i = 0; i < falls.Length; i++) falls[i] /= counts[i];
        float most = Math.Max(1e-6f, falls.Max());
        return [.. falls.Select(fall => fall / most)];
    }

    private static byte[][] Hide(byte[][] frames, int size, int left, int top, bool isDynamic)
    {
        int cell = size / Grid, area = size * size;
        var mean = new byte[3];
        for (int c = 0; c < 3; c++)
            mean[c] = (byte)frames.Average(frame => frame.Skip(c * area).Take(area).Average(v => (double)v));
        return [.. frames.Select(frame =>
        {
            byte[] changed = [.. frame];
            for (int c = 0; c < 3; c++)
                for (int y = top * cell; y < (top + Patch) * cell; y++)
                {
                    Span<byte> row = changed.AsSpan((c * area) + (y * size) + (left * cell), Patch * cell);
                    if (isDynamic) frames[0].AsSpan((c * area) + (y * size) + (left * cell), Patch * cell).CopyTo(row);
                    else row.Fill(mean[c]);
                }
            return changed;
        })];
    }

    private static byte[] Draw(byte[][] frames, int size, float[] falls, bool isDynamic)
    {
        int side = size * Scale, area = size * size;
        using var bitmap = new SKBitmap(new SKImageInfo((side * Shown) + (2 * (Shown - 1)), side));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(new SKColor(0x80, 0x80, 0x80));
        using SKBitmap heat = new(new SKImageInfo(Grid, Grid, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        SKColor colour = isDynamic ? new SKColor(0xF0, 0x6A, 0x00) : new SKColor(0x00, 0x9A, 0xFF);
        for (int i = 0; i < falls.Length; i++)
            heat.SetPixel(i % Grid, i / Grid, colour.WithAlpha((byte)(200 * falls[i])));
        var smooth = new SKSamplingOptions(SKCubicResampler.Mitchell);
        for (int k = 0; k < Shown; k++)
        {
            byte[] frame = frames[(int)Math.Round(k * (frames.Length - 1.0) / (Shown - 1))];
            using SKBitmap picture = new(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque));
            Span<byte> pixels = picture.GetPixelSpan();
            for (int i = 0; i < area; i++)
                (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3]) =
                    (frame[i], frame[area + i], frame[(2 * area) + i], 0xff);
            var place = SKRect.Create(k * (side + 2), 0, side, side);
            using SKImage image = SKImage.FromBitmap(picture), over = SKImage.FromBitmap(heat);
            canvas.DrawImage(image, place, smooth);
            canvas.DrawImage(over, place, smooth);
        }
        canvas.Flush();
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
