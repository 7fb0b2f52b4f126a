using SkiaSharp;

namespace VideoConcepts.Data.Synthetic;

/// <summary>
/// The colours of a video, drawn without regard to its classes. What must be told apart differs in brightness, since
/// training drops colour.
/// </summary>
/// <param name="First">One colour of the scene's texture.</param>
/// <param name="Second">The other one.</param>
/// <param name="Fill">One colour of the object's texture.</param>
/// <param name="Shade">The other one, near the first.</param>
/// <param name="Line">The object's outline and spot.</param>
internal readonly record struct Palette(SKColor First, SKColor Second, SKColor Fill, SKColor Shade, SKColor Line)
{
    /// <summary>Draws colours; <paramref name="contrast"/> is the brightness difference of the texture.</summary>
    public static Palette Draw(double contrast, ref RandomStream random)
    {
        double scene = random.NextDouble(0.32, 0.68);
        double signedContrast = random.NextBool() ? contrast : -contrast;
        double difference = random.NextDouble(0.27, 0.42);
        bool mayBeBright = scene + difference <= 0.95, mayBeDark = scene - difference >= 0.05;
        bool bright = mayBeBright && (!mayBeDark || random.NextBool());
        double fill = bright ? scene + difference : scene - difference;
        double shade = fill + ((random.NextBool() ? 0.3 : -0.3) * contrast);
        double line = bright ? random.NextDouble(0, 0.15) : random.NextDouble(0.85, 1);
        return new Palette(
            Colour(scene - (signedContrast / 2), ref random),
            Colour(scene + (signedContrast / 2), ref random),
            Colour(fill, ref random),
            Colour(shade, ref random),
            Colour(line, ref random));
    }

    /// <summary>
    /// Any hue; the mean of the three channels is the brightness, 0 to 1, as far as the range allows.
    /// </summary>
    public static SKColor Colour(double brightness, ref RandomStream random)
    {
        double hue = random.NextDouble(0, 2 * Math.PI), strength = random.NextDouble(0, 0.2);
        return new SKColor(Channel(0), Channel(1), Channel(2));

        byte Channel(int index) => (byte)Math.Round(
            255 * Math.Clamp(brightness + (strength * Math.Cos(hue + (2 * Math.PI * index / 3))), 0, 1));
    }
}
