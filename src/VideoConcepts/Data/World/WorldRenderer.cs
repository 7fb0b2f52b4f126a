using SkiaSharp;

namespace VideoConcepts.Data.World;

/// <summary>Draws the frames of one video, in order. One instance serves one thread.</summary>
internal sealed class WorldRenderer : IDisposable
{
    private readonly WorldVideo _video;
    private readonly SKBitmap _frame, _scene;
    private readonly SKCanvas _canvas;
    private readonly SKImage _sceneImage;
    private readonly List<(SKPath Outline, SKPaint Fill, double Radius)> _things = [];
    private readonly SKPaint _backdrop, _blur;
    private readonly WorldSensor _sensor;

    public WorldRenderer(WorldVideo video, WorldOptions options)
    {
        _video = video;
        var random = RandomStream.For(video.Key, 0);
        _frame = new SKBitmap(Opaque(options.Width, options.Height));
        _canvas = new SKCanvas(_frame);
        double brightness = random.NextDouble(0.15, 0.8);
        _scene = Scene(options, brightness, ref random);
        _sceneImage = SKImage.FromBitmap(_scene);
        // beyond its edge the scene goes on in a mirror
        using var shader = _sceneImage.ToShader(SKShaderTileMode.Mirror, SKShaderTileMode.Mirror,
            new SKSamplingOptions(SKFilterMode.Linear));
        _backdrop = new SKPaint { Shader = shader };
        foreach (WorldMotion motion in video.Motions)
            _things.Add(Thing(motion.Radius, options.Height, brightness, ref random));
        _blur = new SKPaint();
        float radius = (float)(video.Camera.Blur * options.Height);
        if (radius > 0) _blur.ImageFilter = SKImageFilter.CreateBlur(radius, radius);
        _sensor = new WorldSensor(video, options.Width, options.Height);
    }

    /// <summary>
    /// Draws a frame, counted from 0, as the camera delivers it. The picture is the renderer's own and is overwritten
    /// by the next.
    /// </summary>
    public SKBitmap Render(int frame)
    {
        (double x, double y, double scale) = _video.Camera.At(frame);
        int height = _frame.Height;
        _canvas.ResetMatrix();
        if (_blur.ImageFilter is not null) _canvas.SaveLayer(_blur);
        // scaled about the middle, then moved
        _canvas.Translate(_frame.Width / 2f, height / 2f);
        _canvas.Scale((float)scale);
        _canvas.Translate((float)(-x * height) - (_frame.Width / 2f), (float)(-y * height) - (height / 2f));
        _canvas.DrawPaint(_backdrop);
        for (int i = 0; i < _things.Count; i++) Place(_things[i], _video.Motions[i].At(frame), height);
        _canvas.Flush();
        if (_blur.ImageFilter is not null) _canvas.Restore();
        _sensor.Expose(_frame.GetPixelSpan(), frame);
        _frame.NotifyPixelsChanged();
        return _frame;
    }

    public void Dispose()
    {
        foreach ((SKPath outline, SKPaint fill, _) in _things)
        {
            fill.Dispose();
            outline.Dispose();
        }
        _blur.ImageFilter?.Dispose();
        _blur.Dispose();
        _backdrop.Dispose();
        _sceneImage.Dispose();
        _scene.Dispose();
        _canvas.Dispose();
        _frame.Dispose();
    }

    private void Place((SKPath Outline, SKPaint Fill, double Radius) thing, WorldPose pose, int height)
    {
        float size = (float)(thing.Radius * height);
        _canvas.Save();
        _canvas.Translate((float)(pose.X * height), (float)(pose.Y * height));
        _canvas.RotateRadians((float)pose.Angle);
        _canvas.Scale((float)(size * pose.ScaleX), (float)(size * pose.ScaleY));
        _canvas.DrawPath(thing.Outline, thing.Fill);
        _canvas.Restore();
    }

    // A wall, often a ground before it, and things that never move.
    private static SKBitmap Scene(WorldOptions options, double brightness, ref RandomStream random)
    {
        int width = options.Width, height = options.Height;
        bool grey = random.NextBool(0.2);
        SKBitmap scene = WorldTexture.Draw(width, height, height, brightness, grey, ref random);
        using var canvas = new SKCanvas(scene);
        if (random.NextBool(0.6))
        {
            float horizon = (float)(height * random.NextDouble(0.3, 0.9));
            using SKBitmap ground = WorldTexture.Draw(width, height, height, Near(brightness, ref random), grey,
                ref random);
            canvas.DrawBitmap(ground, new SKRect(0, horizon, width, height), new SKRect(0, horizon, width, height));
        }
        for (int things = (int)(9 * Math.Pow(random.NextDouble(), 1.5)); things > 0; things--)
        {
            (SKPath outline, SKPaint fill, double radius) = Thing(random.NextDouble(0.05, 0.5), height,
                Near(brightness, ref random), ref random);
            canvas.Save();
            canvas.Translate((float)random.NextDouble(0, width), (float)random.NextDouble(0, height));
            if (random.NextBool()) canvas.RotateDegrees(90 * random.NextInt(0, 3));
            else canvas.RotateRadians((float)random.NextDouble(-Math.PI, Math.PI));
            canvas.Scale((float)(radius * height));
            canvas.DrawPath(outline, fill);
            canvas.Restore();
            fill.Dispose();
            outline.Dispose();
        }
        canvas.Flush();
        return scene;
    }

    // An outline of length 2 with a surface; the caller disposes both.
    private static (SKPath Outline, SKPaint Fill, double Radius) Thing(double radius, int height, double brightness,
        ref RandomStream random)
    {
        const int side = 48;
        SKPath outline = WorldShape.Draw(ref random);
        using SKBitmap surface = WorldTexture.Draw(side, side, side / (2 * radius), Near(brightness, ref random),
            random.NextBool(0.3), ref random);
        using var image = SKImage.FromBitmap(surface);
        using var shader = image.ToShader(SKShaderTileMode.Clamp, SKShaderTileMode.Clamp,
            new SKSamplingOptions(SKFilterMode.Linear),
            SKMatrix.CreateTranslation(-1, -1).PreConcat(SKMatrix.CreateScale(2f / side, 2f / side)));
        return (outline, new SKPaint { IsAntialias = true, Shader = shader }, radius);
    }

    // Between hardly and very different.
    private static double Near(double brightness, ref RandomStream random)
    {
        double by = random.NextDouble(0.04, 0.5);
        bool up = brightness + by <= 0.95 && (brightness - by < 0.05 || random.NextBool());
        return up ? brightness + by : Math.Max(0.03, brightness - by);
    }

    private static SKImageInfo Opaque(int width, int height) =>
        new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
}
