namespace VideoConcepts.Data.Synthetic;

/// <summary>All that was drawn for one video: its two classes and what they leave open.</summary>
/// <param name="Appearance">The static class.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Paths">The motion of every object, its class included; all move alike, each from its own place and
/// phase.</param>
/// <param name="Size">Diameter of the object in frame heights.</param>
/// <param name="Mirrored">Whether the object's shape is mirrored.</param>
/// <param name="Texture">The scene's texture.</param>
/// <param name="Contrast">Brightness difference of the texture's two colours, of 1.</param>
/// <param name="Colours">All colours.</param>
/// <param name="Noise">Standard deviation of the noise, of 1.</param>
/// <param name="ShadeAngle">Direction in which the light falls off.</param>
/// <param name="Shade">Brightness difference from the middle of the frame to one frame height away.</param>
/// <param name="NoiseSeed">Key of the noise.</param>
internal sealed record SceneDraw(
    AppearanceClass Appearance, int Frames, IReadOnlyList<MotionPath> Paths, double Size, bool Mirrored,
    TextureDraw Texture, double Contrast, Palette Colours, double Noise, double ShadeAngle, double Shade,
    long NoiseSeed)
{
    /// <summary>The dynamic class.</summary>
    public MotionClass Motion => Paths[0].Motion;

    /// <summary>A background that is not the scene's own; null: its own.</summary>
    internal Backdrop? Foreign { get; init; }

    /// <summary>What is behind the objects.</summary>
    internal Backdrop Background =>
        Foreign ?? new Backdrop(Appearance, Texture, Colours.First, Colours.Second, ShadeAngle, Shade);

    /// <summary>Draws a video of the given classes.</summary>
    public static SceneDraw Draw(
        SyntheticOptions options, AppearanceClass appearance, MotionClass motion, RandomStream random)
    {
        int frames = random.NextInt(options.MinFrames, options.MaxFrames);
        double size = random.NextDouble(options.MinSize, options.MaxSize);
        double speed = random.NextDouble(options.MinSpeed, options.MaxSpeed);
        MotionPath[] paths = DrawPaths(options, motion, size, speed, ref random);
        bool mirrored = random.NextBool();
        var texture = TextureDraw.Draw(options, ref random);
        double contrast = random.NextDouble(options.MinTextureContrast, options.MaxTextureContrast);
        var colours = Palette.Draw(contrast, ref random);
        double noise = random.NextDouble(0, options.Noise);
        double shadeAngle = random.NextDouble(-Math.PI, Math.PI);
        double shade = random.NextDouble(0, 0.12);
        return new SceneDraw(appearance, frames, paths, size, mirrored, texture, contrast, colours, noise, shadeAngle,
            shade, (long)random.NextBits());
    }

    /// <summary>The same scene with another motion, at the same speed, from other places.</summary>
    public SceneDraw WithMotion(SyntheticOptions options, MotionClass motion, RandomStream random) =>
        this with { Paths = DrawPaths(options, motion, Size, Paths[0].Speed, ref random) };

    /// <summary>The same motion of objects of another look before another scene; size and noise stay.</summary>
    public SceneDraw WithAppearance(SyntheticOptions options, AppearanceClass appearance, RandomStream random)
    {
        SceneDraw other = Draw(options, appearance, Motion, random);
        return other with { Frames = Frames, Paths = Paths, Size = Size, Noise = Noise, NoiseSeed = NoiseSeed };
    }

    private static MotionPath[] DrawPaths(
        SyntheticOptions options, MotionClass motion, double size, double speed, ref RandomStream random)
    {
        var paths = new MotionPath[options.Objects];
        for (int i = 0; i < paths.Length; i++)
        {
            var path = MotionPath.Draw(motion, options.Aspect, size, speed, ref random, i, paths.Length);
            paths[i] = path with { Sign = i == 0 ? path.Sign : paths[0].Sign };
        }

        return paths;
    }
}
