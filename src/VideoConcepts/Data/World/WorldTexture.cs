using SkiaSharp;

namespace VideoConcepts.Data.World;

/// <summary>Surfaces of all sorts: clouds, planks, bricks, dots, windows, plain walls.</summary>
internal static class WorldTexture
{
    private const int Kinds = 6;

    /// <summary>A surface of random kind and colours; the caller disposes it.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="unit">Pixels of a frame height.</param>
    /// <param name="brightness">Of its mean, 0 to 1.</param>
    /// <param name="grey">Whether it has no colour.</param>
    /// <param name="random">Draws.</param>
    public static SKBitmap Draw(int width, int height, double unit, double brightness, bool grey,
        ref RandomStream random)
    {
        int kind = random.NextInt(0, Kinds - 1);
        double contrast = 0.6 * Math.Pow(random.NextDouble(), 1.5);
        double period = unit * 0.03 * Math.Pow(20, random.NextDouble());
        double angle = random.NextBool(0.6) ? 0 : random.NextDouble(-Math.PI, Math.PI);
        double stretch = Math.Pow(3, random.NextDouble(-1, 1)), sharp = random.NextDouble(1, 6);
        double rough = random.NextDouble(0.35, 0.75), grain = random.NextDouble(0, 0.5);
        long seed = (long)random.NextBits();
        SKColor low = Colour(brightness - (contrast / 2), grey, ref random);
        SKColor high = Colour(brightness + (contrast / 2), grey, ref random);
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = bitmap.GetPixelSpan();
        double cos = Math.Cos(angle), sin = Math.Sin(angle);
        for (int row = 0, i = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++, i += 4)
            {
                double u = ((cos * column) + (sin * row)) / period;
                double v = ((cos * row) - (sin * column)) / (period * stretch);
                double share = Share(kind, u, v, sharp, rough, seed);
                if (kind != 0 && grain > 0.05) share += grain * (Clouds(u, v, rough, seed + 1) - 0.5);
                share = Math.Clamp(share, 0, 1);
                pixels[i] = Mix(low.Red, high.Red, share);
                pixels[i + 1] = Mix(low.Green, high.Green, share);
                pixels[i + 2] = Mix(low.Blue, high.Blue, share);
                pixels[i + 3] = 255;
            }
        }
        return bitmap;
    }

    /// <summary>A colour of a brightness, 0 to 1, of any hue and mostly pale.</summary>
    public static SKColor Colour(double brightness, bool grey, ref RandomStream random)
    {
        double hue = random.NextDouble(0, 2 * Math.PI), strength = grey ? 0 : 0.25 * Math.Pow(random.NextDouble(), 2);
        return new SKColor(Channel(0), Channel(1), Channel(2));

        byte Channel(int index) => (byte)Math.Round(
            255 * Math.Clamp(brightness + (strength * Math.Cos(hue + (2 * Math.PI * index / 3))), 0.01, 0.99));
    }

    private static double Share(int kind, double u, double v, double sharp, double rough, long seed) => kind switch
    {
        0 => 0.5 + (sharp * 0.7 * (Clouds(u, v, rough, seed) - 0.5)),
        1 => Edge(Math.Sin(2 * Math.PI * u), sharp),
        2 => Edge(Math.Sin(2 * Math.PI * u) * Math.Sin(2 * Math.PI * v), sharp),
        3 => Edge(Gap(u + (0.5 * (Math.Floor(2 * v) % 2)), 2 * v), 4), // bricks
        4 => Edge((Math.Min(Gap(u, v), 1) * 2) - 0.6, sharp), // windows
        _ => 0.5 + (0.3 * Math.Sin(0.2 * u)), // nearly plain
    };

    private static double Edge(double wave, double sharp) => 0.5 + (0.5 * Math.Clamp(wave * sharp, -1, 1));

    // Distance to the border of the unit cell, less a joint.
    private static double Gap(double u, double v) =>
        Math.Min(0.5 - Math.Abs(u - Math.Floor(u) - 0.5), 0.5 - Math.Abs(v - Math.Floor(v) - 0.5)) - 0.08;

    // Four octaves of value noise, 0 to 1.
    private static double Clouds(double u, double v, double rough, long seed)
    {
        double sum = 0, weight = 1, all = 0;
        for (int octave = 0; octave < 4; octave++, weight *= rough, u *= 2, v *= 2)
        {
            sum += weight * Noise(u, v, seed + octave);
            all += weight;
        }
        return sum / all;
    }

    private static double Noise(double u, double v, long seed)
    {
        double left = Math.Floor(u), top = Math.Floor(v), s = Smooth(u - left), t = Smooth(v - top);
        double above = Lerp(Lattice(left, top, seed), Lattice(left + 1, top, seed), s);
        double below = Lerp(Lattice(left, top + 1, seed), Lattice(left + 1, top + 1, seed), s);
        return Lerp(above, below, t);
    }

    private static double Lattice(double u, double v, long seed) =>
        RandomStream.For(seed, (long)u, (long)v).NextDouble();

    private static double Smooth(double t) => t * t * (3 - (2 * t));

    private static double Lerp(double a, double b, double t) => a + ((b - a) * t);

    private static byte Mix(byte from, byte to, double share) => (byte)(from + ((to - from) * share) + 0.5);
}
