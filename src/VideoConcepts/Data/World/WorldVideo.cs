namespace VideoConcepts.Data.World;

/// <summary>One video of a procedural world: what was drawn for it but for its pictures.</summary>
/// <param name="Index">Its number; it says nothing about what it shows.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Camera">What the camera does.</param>
/// <param name="Motions">How each thing moves, the largest first.</param>
/// <param name="Grey">Whether the camera sees no colour.</param>
/// <param name="Key">Of everything else that is drawn: surfaces, outlines, noise.</param>
internal sealed record WorldVideo(int Index, int Frames, WorldCamera Camera, IReadOnlyList<WorldMotion> Motions,
    bool Grey, long Key)
{
    private const int MostThings = 5;

    /// <summary>The folder of its frames, relative to the list.</summary>
    public string RelativePath => $"videos/{Index:D6}";

    /// <summary>Draws a video. One in twelve has nothing that moves but noise and light.</summary>
    public static WorldVideo Draw(WorldOptions options, int index)
    {
        var random = RandomStream.For(options.Seed, index);
        int frames = random.NextInt(options.MinFrames, options.MaxFrames);
        var camera = WorldCamera.Draw(options, frames, ref random);
        int things = random.NextBool(1 / 12.0) ? 0 : 1 + (int)(MostThings * Math.Pow(random.NextDouble(), 2.5));
        double[] radii = new double[things];
        for (int i = 0; i < things; i++) radii[i] = 0.04 * Math.Pow(12, Math.Sqrt(random.NextDouble()));
        Array.Sort(radii, (a, b) => b.CompareTo(a));
        var motions = new WorldMotion[things];
        for (int i = 0; i < things; i++)
        {
            var kind = (WorldMotionKind)random.NextInt(1, (int)WorldMotionKind.Shake);
            // a half passes: most of what moves before a camera goes straight on
            if (random.NextBool(0.3)) kind = WorldMotionKind.Pass;
            motions[i] = WorldMotion.Draw(kind, options, radii[i], frames, ref random);
        }
        return new WorldVideo(index, frames, camera, motions, random.NextBool(0.15), (long)random.NextBits());
    }
}
