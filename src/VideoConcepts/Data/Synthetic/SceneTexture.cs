namespace VideoConcepts.Data.Synthetic;

/// <summary>What a texture's class leaves open.</summary>
/// <param name="Period">Length of one repeat, in frame heights.</param>
/// <param name="Angle">Orientation in radians.</param>
/// <param name="OffsetU">Shift along the texture's first axis, in periods.</param>
/// <param name="OffsetV">Shift along the second axis, in periods.</param>
/// <param name="Stretch">Factor of the second axis' period on the first's.</param>
/// <param name="Gain">Sharpness of the edges; 1 would be a soft wave.</param>
/// <param name="Duty">Shifts the share of the two colours, -0.2 to 0.2.</param>
internal readonly record struct TextureDraw(
    double Period, double Angle, double OffsetU, double OffsetV, double Stretch, double Gain, double Duty)
{
    public static TextureDraw Draw(SyntheticOptions options, ref RandomStream random) => new(
        options.MinTexturePeriod
            * Math.Pow(options.MaxTexturePeriod / options.MinTexturePeriod, random.NextDouble()),
        random.NextDouble(-options.TextureTilt, options.TextureTilt),
        random.NextDouble(-SceneTexture.MaxOffset, SceneTexture.MaxOffset),
        random.NextDouble(-SceneTexture.MaxOffset, SceneTexture.MaxOffset),
        random.NextDouble(0.85, 1.2),
        random.NextDouble(1.5, 4),
        random.NextDouble(-0.2, 0.2));
}

/// <summary>The scene's textures as functions of the place.</summary>
internal static class SceneTexture
{
    internal const double MaxOffset = 64;

    /// <summary>
    /// The share of the second colour, 0 to 1, at a place given in frame heights from the frame's centre.
    /// </summary>
    public static double At(AppearanceClass appearance, in TextureDraw draw, double x, double y)
    {
        double cos = Math.Cos(draw.Angle), sin = Math.Sin(draw.Angle);
        double u = ((cos * x) + (sin * y)) / draw.Period;
        double v = ((cos * y) - (sin * x)) / (draw.Period * draw.Stretch);
        // The centre of rings and spokes lies within 0.3 frame heights of the frame's.
        double centreU = draw.OffsetU / MaxOffset * 0.3 / draw.Period;
        double centreV = draw.OffsetV / MaxOffset * 0.3 / draw.Period;
        double wave = appearance switch
        {
            AppearanceClass.RingRings => Wave(Length(u + centreU, v + centreV) + draw.OffsetU),
            AppearanceClass.StarSpokes => Spokes(draw, u + centreU, v + centreV),
            _ => Repeated(appearance, u + draw.OffsetU, v + draw.OffsetV),
        };
        return 0.5 + (0.5 * Math.Clamp((wave + draw.Duty) * draw.Gain, -1, 1));
    }

    /// <summary>
    /// The same of clouds, which are the texture of no class: smooth noise of four sizes, each half as large and half
    /// as strong as the one before.
    /// </summary>
    public static double Clouds(in TextureDraw draw, double x, double y)
    {
        double cos = Math.Cos(draw.Angle), sin = Math.Sin(draw.Angle);
        double u = (((cos * x) + (sin * y)) / (2 * draw.Period)) + draw.OffsetU;
        double v = (((cos * y) - (sin * x)) / (2 * draw.Period)) + draw.OffsetV;
        double sum = 0;
        for (int size = 1; size <= 8; size *= 2) sum += (Noise(size * u, size * v) - 0.5) / size;
        return Math.Clamp(0.5 + (1.3 * sum), 0, 1);
    }

    // -1 to 1; u and v in periods.
    private static double Repeated(AppearanceClass appearance, double u, double v) => appearance switch
    {
        AppearanceClass.TriangleStripes => Wave(u),
        AppearanceClass.SquareChecker => Math.Clamp(1.5 * Wave(u / 2) * Wave(v / 2), -1, 1),
        AppearanceClass.DiscDots => Math.Clamp(4 * (0.36 - Length(ToCell(u), ToCell(v))), -1, 1),
        AppearanceClass.CrossZigzag => Wave(u + (1.5 * Math.Abs(ToCell(v / 2)))),
        AppearanceClass.ArrowBricks => Bricks(u, v),
        AppearanceClass.CrescentBlobs => Math.Clamp(3 * (Noise(1.3 * u, 1.3 * v) - 0.5), -1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(appearance), appearance, null),
    };

    private static double Wave(double t) => Math.Sin(2 * Math.PI * t);

    private static double Length(double u, double v) => Math.Sqrt((u * u) + (v * v));

    // Distance to the middle of the cell of length 1, -0.5 to 0.5.
    private static double ToCell(double t) => t - Math.Floor(t) - 0.5;

    private static double Spokes(in TextureDraw draw, double u, double v)
    {
        double count = Math.Clamp(Math.Round(1.6 / draw.Period), 5, 12);
        double fadeIn = Math.Min(1, Length(u, v) * count / 6);
        return fadeIn * Math.Sin((count * Math.Atan2(v, u)) + draw.OffsetU);
    }

    private static double Bricks(double u, double v)
    {
        double row = Math.Floor(1.25 * v);
        double along = (u / 1.6) + (0.5 * (row % 2));
        double toEnd = 1.6 * (0.5 - Math.Abs(ToCell(along)));
        double toSide = 0.8 * (0.5 - Math.Abs(ToCell(1.25 * v)));
        return Math.Clamp(8 * (Math.Min(toEnd, toSide) - 0.13), -1, 1);
    }

    // Value noise on the unit lattice, 0 to 1.
    private static double Noise(double u, double v)
    {
        double left = Math.Floor(u), top = Math.Floor(v);
        double s = Smooth(u - left), t = Smooth(v - top);
        double above = Lerp(Lattice(left, top), Lattice(left + 1, top), s);
        double below = Lerp(Lattice(left, top + 1), Lattice(left + 1, top + 1), s);
        return Lerp(above, below, t);
    }

    private static double Lattice(double u, double v) => RandomStream.For((long)u, (long)v).NextDouble();

    private static double Smooth(double t) => t * t * (3 - (2 * t));

    private static double Lerp(double a, double b, double t) => a + ((b - a) * t);
}
