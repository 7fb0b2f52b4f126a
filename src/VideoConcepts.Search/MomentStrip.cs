using SkiaSharp;
using VideoConcepts.Augmentation;

namespace VideoConcepts.Search;

/// <summary>Draws some frames side by side, from left to right in time, as one JPEG.</summary>
/// <param name="height">Of a frame, in pixels.</param>
internal sealed class MomentStrip(int height)
{
    internal const int Frames = 4;
    private const int Gap = 2, Quality = 65;
    private const double Widest = 2.5; // width of a frame for its height; what is wider is made less high

    /// <summary>A frame as small as it is shown in a strip.</summary>
    /// <param name="frame">The frame as it was decoded.</param>
    public FrameImage Small(FrameImage frame)
    {
        double scale = Math.Min((double)height / frame.Height, Widest * height / frame.Width);
        int w = Math.Max(1, (int)Math.Round(scale * frame.Width));
        int h = Math.Max(1, (int)Math.Round(scale * frame.Height));
        var small = new FrameImage();
        AntialiasedResize.Resize(frame, new CropBox(0, 0, frame.Width, frame.Height), w, h, small);
        return small;
    }

    /// <summary>The strip of a window.</summary>
    /// <param name="window">Its frames; some of them are shown.</param>
    public byte[] Draw(IReadOnlyList<FrameImage> window)
    {
        FrameImage[] shown = [.. Enumerable.Range(0, Frames)
            .Select(i => window[(int)Math.Round(i * (window.Count - 1.0) / (Frames - 1))]).Distinct()];
        int width = shown.Sum(frame => frame.Width + Gap) - Gap, high = shown.Max(frame => frame.Height);
        using var strip = new SKBitmap(new SKImageInfo(width, high, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = strip.GetPixelSpan();
        pixels.Fill(0x80); // the gaps, visible on a light and on a dark page
        int x = 0;
        foreach (FrameImage frame in shown)
        {
            Place(frame, pixels, 4 * x, strip.RowBytes);
            x += frame.Width + Gap;
        }
        using SKData jpeg = strip.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return jpeg.ToArray();
    }

    private static void Place(FrameImage frame, Span<byte> pixels, int offset, int rowBytes)
    {
        for (int y = 0; y < frame.Height; y++)
        {
            ReadOnlySpan<byte> from = frame.Pixels.Slice(3 * y * frame.Width, 3 * frame.Width);
            Span<byte> to = pixels.Slice((y * rowBytes) + offset, 4 * frame.Width);
            for (int i = 0, j = 0; i < from.Length; i += 3, j += 4)
                (to[j], to[j + 1], to[j + 2], to[j + 3]) = (from[i], from[i + 1], from[i + 2], 0xff);
        }
    }
}
