using SkiaSharp;

namespace VideoConcepts.Evaluation;

/// <summary>A row of small pictures for each of some videos, under titles.</summary>
internal static class BiasPicture
{
    public const string FileName = "bias.png";

    private const int Gap = 6, Title = 22, Smallest = 96;

    /// <summary>PNG.</summary>
    /// <param name="titles">Of the columns.</param>
    /// <param name="rows">Planes (3, H, W) of each column, H = W.</param>
    /// <param name="side">H.</param>
    public static byte[] Draw(IReadOnlyList<string> titles, IReadOnlyList<byte[][]> rows, int side)
    {
        int shown = side * Math.Max(1, (Smallest + side - 1) / side); // whole multiples: pixels stay visible
        int width = Gap + (titles.Count * (shown + Gap)), height = Title + (rows.Count * (shown + Gap));
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        using var ink = new SKPaint { Color = new SKColor(0x33, 0x33, 0x33), IsAntialias = true };
        using var font = new SKFont(SKTypeface.Default, 13);
        for (int column = 0; column < titles.Count; column++)
        {
            float left = Gap + (column * (shown + Gap));
            canvas.DrawText(titles[column], left, Title - 7, SKTextAlign.Left, font, ink);
            for (int row = 0; row < rows.Count; row++)
            {
                using SKBitmap picture = Bitmap(rows[row][column], side);
                using var image = SKImage.FromBitmap(picture);
                canvas.DrawImage(image, SKRect.Create(left, Title + (row * (shown + Gap)), shown, shown),
                    new SKSamplingOptions(SKFilterMode.Nearest));
            }
        }

        using SKImage sheet = surface.Snapshot();
        using SKData data = sheet.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static SKBitmap Bitmap(byte[] planes, int side)
    {
        var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = bitmap.GetPixelSpan();
        int area = side * side;
        for (int i = 0; i < area; i++)
        {
            for (int c = 0; c < 3; c++) pixels[(4 * i) + c] = planes[(c * area) + i];
            pixels[(4 * i) + 3] = 255;
        }

        return bitmap;
    }
}
