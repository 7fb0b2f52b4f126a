using SkiaSharp;

namespace VideoConcepts.Evaluation;

/// <summary>A square to plot in, with axes from 0 on; what is drawn is on a white picture that several may share.
/// </summary>
internal sealed class PlotArea : IDisposable
{
    private static readonly SKColor s_ink = new(0x33, 0x33, 0x33), s_grid = new(0xe3, 0xe3, 0xe3);

    private readonly SKCanvas _canvas;
    private readonly SKRect _box;
    private readonly double _right, _top;
    private readonly SKFont _small = new(SKTypeface.Default, 12), _label = new(SKTypeface.Default, 14);

    /// <param name="canvas">Where it is drawn.</param>
    /// <param name="box">The square, in pixels; titles stand around it.</param>
    /// <param name="right">Value at the right end.</param>
    /// <param name="top">Value at the upper end.</param>
    public PlotArea(SKCanvas canvas, SKRect box, double right, double top) =>
        (_canvas, _box, _right, _top) = (canvas, box, right, top);

    /// <summary>A white picture as PNG.</summary>
    public static byte[] Draw(int width, int height, Action<SKCanvas> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        surface.Canvas.Clear(SKColors.White);
        draw(surface.Canvas);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    public void Dispose()
    {
        _small.Dispose();
        _label.Dispose();
    }

    /// <summary>Grid, numbers, names of the axes and a title.</summary>
    public void Axes(double stepX, double stepY, Func<double, string> textX, Func<double, string> textY, string x,
        string y, string title)
    {
        using SKPaint grid = Stroke(s_grid, 1), ink = Fill(s_ink);
        for (double value = 0; value <= _right + 1e-9; value += stepX)
        {
            _canvas.DrawLine(X(value), _box.Top, X(value), _box.Bottom, grid);
            _canvas.DrawText(textX(value), X(value), _box.Bottom + 18, SKTextAlign.Center, _small, ink);
        }
        for (double value = 0; value <= _top + 1e-9; value += stepY)
        {
            _canvas.DrawLine(_box.Left, Y(value), _box.Right, Y(value), grid);
            _canvas.DrawText(textY(value), _box.Left - 8, Y(value) + 4, SKTextAlign.Right, _small, ink);
        }
        _canvas.DrawText(x, _box.MidX, _box.Bottom + 42, SKTextAlign.Center, _label, ink);
        _canvas.DrawText(title, _box.MidX, _box.Top - 12, SKTextAlign.Center, _label, ink);
        _canvas.Save();
        _canvas.RotateDegrees(-90, _box.Left - 48, _box.MidY);
        _canvas.DrawText(y, _box.Left - 48, _box.MidY, SKTextAlign.Center, _label, ink);
        _canvas.Restore();
    }

    /// <summary>A line through values.</summary>
    public void Line(IEnumerable<(double X, double Y)> points, SKColor colour, float width, bool dashed = false)
    {
        using SKPaint paint = Stroke(colour, width);
        using SKPathEffect? dashes = dashed ? SKPathEffect.CreateDash([6, 5], 0) : null;
        paint.PathEffect = dashes;
        using SKPath path = PathOf(points);
        _canvas.DrawPath(path, paint);
    }

    /// <summary>What lies between two lines.</summary>
    public void Band(IReadOnlyList<(double X, double Low, double High)> points, SKColor colour)
    {
        using SKPaint paint = Fill(colour);
        using SKPath path = PathOf([.. points.Select(p => (p.X, p.High)),
            .. points.Reverse().Select(p => (p.X, p.Low))]);
        _canvas.DrawPath(path, paint);
    }

    /// <summary>A disc, a ring or a cross at a value.</summary>
    public void Mark(double x, double y, SKColor colour, PlotMark mark) => Mark(_canvas, X(x), Y(y), colour, mark);

    /// <summary>Grey words at a value.</summary>
    public void Word(string text, double x, double y, SKTextAlign align)
    {
        using SKPaint paint = Fill(new SKColor(0x77, 0x77, 0x77));
        _canvas.DrawText(text, X(x), Y(y), align, _label, paint);
    }

    /// <summary>A line of the legend, in pixels.</summary>
    public void Legend(string text, float x, float y, SKColor colour, PlotMark mark)
    {
        using SKPaint ink = Fill(s_ink);
        Mark(_canvas, x, y - 4, colour, mark);
        _canvas.DrawText(text, x + 18, y, SKTextAlign.Left, _small, ink);
    }

    private static void Mark(SKCanvas canvas, float x, float y, SKColor colour, PlotMark mark)
    {
        using SKPaint fill = Fill(colour.WithAlpha(0xcc)), stroke = Stroke(colour, 2);
        if (mark == PlotMark.Disc) canvas.DrawCircle(x, y, 5, fill);
        else if (mark == PlotMark.Ring) canvas.DrawCircle(x, y, 5, stroke);
        else if (mark == PlotMark.Cross)
        {
            canvas.DrawLine(x - 4, y - 4, x + 4, y + 4, stroke);
            canvas.DrawLine(x - 4, y + 4, x + 4, y - 4, stroke);
        }
        else
        {
            using SKPathEffect? dashes = mark == PlotMark.Dashes ? SKPathEffect.CreateDash([6, 4], 0) : null;
            stroke.PathEffect = dashes;
            canvas.DrawLine(x - 12, y, x + 12, y, stroke);
        }
    }

    private SKPath PathOf(IEnumerable<(double X, double Y)> points)
    {
        var path = new SKPath();
        bool first = true;
        foreach ((double x, double y) in points)
        {
            if (first) path.MoveTo(X(x), Y(y));
            else path.LineTo(X(x), Y(y));
            first = false;
        }
        return path;
    }

    private float X(double value) => (float)(_box.Left + (_box.Width * value / _right));

    private float Y(double value) => (float)(_box.Bottom - (_box.Height * value / _top));

    private static SKPaint Fill(SKColor colour) => new() { Color = colour, IsAntialias = true };

    private static SKPaint Stroke(SKColor colour, float width) => new()
    {
        Color = colour,
        IsAntialias = true,
        IsStroke = true,
        StrokeWidth = width,
    };
}

/// <summary>What stands for a value.</summary>
internal enum PlotMark
{
    Disc,
    Ring,
    Cross,
    Line,
    Dashes,
}
