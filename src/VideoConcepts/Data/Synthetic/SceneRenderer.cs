using System.Runtime.InteropServices;
using SkiaSharp;

namespace VideoConcepts.Data.Synthetic;

/// <summary>Draws the frames of one video. One instance serves one thread.</summary>
internal sealed class SceneRenderer : IDisposable
{
    private const int FillSize = 64;
    private const float LineWidth = 0.1f, SpotRadius = 0.17f;

    private readonly SceneDraw _scene;
    private readonly SKBitmap _frame;
    private readonly SKCanvas _canvas;
    private readonly byte[] _background;
    private readonly SKPath _shape;
    private readonly SKPaint _fill, _line, _spot;
    private readonly SKBitmap _fillTexture;
    private readonly SKImage _fillImage;

    public SceneRenderer(SceneDraw scene, int width, int height)
    {
        _scene = scene;
        _frame = new SKBitmap(Opaque(width, height));
        _canvas = new SKCanvas(_frame);
        _background = scene.Background.Pixels(width, height);
        _shape = ObjectShape.Create(scene.Appearance);
        _fillTexture = FillTexture();
        _fillImage = SKImage.FromBitmap(_fillTexture);
        using var shader = _fillImage.ToShader(SKShaderTileMode.Clamp, SKShaderTileMode.Clamp,
            new SKSamplingOptions(SKFilterMode.Linear), FillToShape());
        _fill = new SKPaint { IsAntialias = true, Shader = shader };
        _line = new SKPaint
        {
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = LineWidth,
            StrokeJoin = SKStrokeJoin.Round,
            Color = scene.Colours.Line,
        };
        _spot = new SKPaint { IsAntialias = true, Color = scene.Colours.Line };
    }

    /// <summary>
    /// Draws a frame, counted from 0. The picture is the renderer's own and is overwritten by the next.
    /// </summary>
    /// <param name="frame">Where the objects are.</param>
    /// <param name="noise">The frame whose noise it has; null: its own.</param>
    public SKBitmap Render(int frame, int? noise = null)
    {
        _background.CopyTo(_frame.GetPixelSpan());
        foreach (var matrix in Placements(frame))
        {
            _canvas.SetMatrix(matrix);
            _canvas.DrawPath(_shape, _fill);
            _canvas.DrawPath(_shape, _line);
            var spot = ObjectShape.Spot(_scene.Appearance);
            _canvas.DrawCircle(spot, SpotRadius, _spot);
        }

        _canvas.Flush();
        AddNoise(noise ?? frame);
        _frame.NotifyPixelsChanged();
        return _frame;
    }

    /// <summary>
    /// The smallest rectangles of whole pixels round the visible objects: one for each, or while it comes back at the
    /// opposite edge one for each part.
    /// </summary>
    public IReadOnlyList<SKRectI> Boxes(int frame)
    {
        var boxes = new List<SKRectI>();
        var edges = new SKRectI(0, 0, _frame.Width, _frame.Height);
        foreach (var matrix in Placements(frame))
        {
            using var placed = new SKPath();
            _shape.Transform(matrix, placed);
            var bounds = placed.TightBounds;
            // A line thinner than a pixel is drawn fainter, not thinner.
            float margin = Math.Max(1, LineWidth / 2 * matrix.MapRadius(1));
            bounds.Inflate(margin, margin);
            var box = SKRectI.Intersect(SKRectI.Ceiling(bounds, outwards: true), edges);
            if (box.Width > 0 && box.Height > 0) boxes.Add(box);
        }

        return boxes;
    }

    public void Dispose()
    {
        _spot.Dispose();
        _line.Dispose();
        _fill.Dispose();
        _fillImage.Dispose();
        _fillTexture.Dispose();
        _shape.Dispose();
        _canvas.Dispose();
        _frame.Dispose();
    }

    // From the shape's unit circle to pixels; for a motion through the edges also the copies that look in.
    private IEnumerable<SKMatrix> Placements(int frame) => _scene.Paths.SelectMany(path => Placements(path, frame));

    private IEnumerable<SKMatrix> Placements(MotionPath path, int frame)
    {
        var pose = path.At(frame);
        int height = _frame.Height;
        double radius = _scene.Size / 2 * pose.Scale * height;
        double x = pose.X * height, y = pose.Y * height;
        double reach = radius * (1 + (LineWidth / 2));
        foreach (double left in Copies(path, x, _frame.Width, reach))
            foreach (double top in Copies(path, y, height, reach))
                yield return SKMatrix.CreateTranslation((float)left, (float)top)
                    .PreConcat(SKMatrix.CreateRotation((float)pose.Angle))
                    .PreConcat(SKMatrix.CreateScale((float)(_scene.Mirrored ? -radius : radius), (float)radius));
    }

    private static IEnumerable<double> Copies(MotionPath path, double centre, int period, double reach)
    {
        yield return centre;
        if (!path.Wraps) yield break;
        if (centre - reach < 0) yield return centre + period;
        if (centre + reach > period) yield return centre - period;
    }

    // The scene's texture once more, in softer colours; it moves with the object.
    private SKBitmap FillTexture()
    {
        var bitmap = new SKBitmap(Opaque(FillSize, FillSize));
        var pixels = bitmap.GetPixelSpan();
        for (int row = 0, i = 0; row < FillSize; row++)
            for (int column = 0; column < FillSize; column++, i += 4)
            {
                double x = (((column + 0.5) / FillSize) - 0.5) * _scene.Size;
                double y = (((row + 0.5) / FillSize) - 0.5) * _scene.Size;
                double share = SceneTexture.At(_scene.Appearance, _scene.Texture, x, y);
                Backdrop.Mix(_scene.Colours.Fill, _scene.Colours.Shade, share, 0, pixels.Slice(i, 4));
            }

        return bitmap;
    }

    private static SKMatrix FillToShape() =>
        SKMatrix.CreateTranslation(-1, -1).PreConcat(SKMatrix.CreateScale(2f / FillSize, 2f / FillSize));

    // Triangular noise from the two halves of a random byte, of a chosen standard deviation.
    private void AddNoise(int frame)
    {
        if (_scene.Noise == 0) return;
        var random = RandomStream.For(_scene.NoiseSeed, frame);
        const double nibbleDeviation = 6.5192;
        int factor = (int)Math.Round(_scene.Noise * 255 / nibbleDeviation * 65536);
        var blocks = MemoryMarshal.Cast<byte, ulong>(_frame.GetPixelSpan());
        for (int i = 0; i < blocks.Length; i++)
        {
            ulong bits = random.NextBits(), noisy = 0;
            for (int shift = 0; shift < 64; shift += 8)
            {
                int draw = (int)(bits >> shift) & 255;
                int value = (int)(blocks[i] >> shift) & 255;
                if (shift is not (24 or 56))
                    value = Math.Clamp(value + ((((draw & 15) + (draw >> 4) - 15) * factor) >> 16), 0, 255);
                noisy |= (ulong)value << shift;
            }

            blocks[i] = noisy;
        }
    }

    private static SKImageInfo Opaque(int width, int height) =>
        new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
}
