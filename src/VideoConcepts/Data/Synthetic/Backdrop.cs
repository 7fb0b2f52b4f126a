using SkiaSharp;

namespace VideoConcepts.Data.Synthetic;

/// <summary>What is behind the objects of a video.</summary>
/// <param name="Appearance">Whose texture; null: clouds, the texture of no class.</param>
/// <param name="Texture">What the class leaves open.</param>
/// <param name="First">One colour.</param>
/// <param name="Second">The other one.</param>
/// <param name="ShadeAngle">Direction in which the light falls off.</param>
/// <param name="Shade">Brightness difference from the middle of the frame to one frame height away.</param>
internal sealed record Backdrop(AppearanceClass? Appearance, TextureDraw Texture, SKColor First, SKColor Second,
    double ShadeAngle, double Shade)
{
    private const double MaxShade = 0.12;

    /// <summary>Clouds in fresh colours, as bright and of the same contrast as a scene, so that its objects stand out
    /// from them as from the scene itself.</summary>
    public static Backdrop Clouds(SyntheticOptions options, SceneDraw scene, RandomStream random) =>
        Clouds(options, (Brightness(scene.Colours.First) + Brightness(scene.Colours.Second)) / 2, scene.Contrast,
            ref random);

    /// <summary>Clouds for videos that were not drawn.</summary>
    public static Backdrop Clouds(RandomStream random)
    {
        var options = new SyntheticOptions();
        double brightness = random.NextDouble(0.32, 0.68);
        double contrast = random.NextDouble(options.MinTextureContrast, options.MaxTextureContrast);
        return Clouds(options, brightness, contrast, ref random);
    }

    private static Backdrop Clouds(
        SyntheticOptions options, double brightness, double contrast, ref RandomStream random)
    {
        TextureDraw texture = TextureDraw.Draw(options, ref random) with
        {
            Angle = random.NextDouble(-Math.PI, Math.PI),
        };
        double half = (random.NextBool() ? contrast : -contrast) / 2;
        return new Backdrop(null, texture, Palette.Colour(brightness - half, ref random),
            Palette.Colour(brightness + half, ref random), random.NextDouble(-Math.PI, Math.PI),
            random.NextDouble(0, MaxShade));
    }

    /// <summary>The mean of the three channels, 0 to 1.</summary>
    public static double Brightness(SKColor colour) => (colour.Red + colour.Green + colour.Blue) / (3 * 255.0);

    /// <summary>The mean of both colours'.</summary>
    public double Mean => (Brightness(First) + Brightness(Second)) / 2;

    /// <summary>The picture as rows of pixels, four bytes each: red, green, blue and 255.</summary>
    public byte[] Pixels(int width, int height)
    {
        var pixels = new byte[4 * width * height];
        double cos = Math.Cos(ShadeAngle), sin = Math.Sin(ShadeAngle);
        for (int row = 0, i = 0; row < height; row++)
            for (int column = 0; column < width; column++, i += 4)
            {
                double x = (column + 0.5 - (width / 2.0)) / height, y = (row + 0.5 - (height / 2.0)) / height;
                double light = 255 * Shade * ((cos * x) + (sin * y));
                Mix(First, Second, SmoothShare(x, y, 1.0 / height), light, pixels.AsSpan(i, 4));
            }

        return pixels;
    }

    /// <summary>A pixel between two colours.</summary>
    /// <param name="share">Of the second colour, 0 to 1.</param>
    /// <param name="light">Is added to each channel.</param>
    public static void Mix(SKColor first, SKColor second, double share, double light, Span<byte> rgba)
    {
        rgba[0] = Channel(first.Red, second.Red);
        rgba[1] = Channel(first.Green, second.Green);
        rgba[2] = Channel(first.Blue, second.Blue);
        rgba[3] = 255;

        byte Channel(byte from, byte to) => (byte)Math.Clamp(Math.Round(from + ((to - from) * share) + light), 0, 255);
    }

    // Four samples per pixel against jagged edges.
    private double SmoothShare(double x, double y, double pixel)
    {
        double d = pixel / 4;
        return (Share(x - d, y - d) + Share(x + d, y - d) + Share(x - d, y + d) + Share(x + d, y + d)) / 4;
    }

    private double Share(double x, double y) => Appearance is { } appearance
        ? SceneTexture.At(appearance, Texture, x, y) : SceneTexture.Clouds(Texture, x, y);
}
