namespace VideoConcepts.Data.World;

/// <summary>
/// What a procedural world is made of. Lengths are fractions of the frame height, so the same values suit every frame
/// size.
/// </summary>
public sealed record WorldOptions
{
    private const int MostVideos = 1_000_000;

    /// <summary>Seed of every random draw.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How many videos.</summary>
    public int Videos { get; init; } = 3072;

    /// <summary>Frame width in pixels.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Frame height in pixels.</summary>
    public int Height { get; init; } = 96;

    /// <summary>Fewest frames of a video.</summary>
    public int MinFrames { get; init; } = 72;

    /// <summary>Most frames of a video.</summary>
    public int MaxFrames { get; init; } = 96;

    /// <summary>Slowest motion in frame heights per frame.</summary>
    public double MinSpeed { get; init; } = 0.0006;

    /// <summary>Fastest motion in frame heights per frame: two orders above the slowest.</summary>
    public double MaxSpeed { get; init; } = 0.06;

    /// <summary>Share of the cameras that stand still.</summary>
    public double StillCameras { get; init; } = 0.7;

    /// <summary>Checks all values.</summary>
    /// <exception cref="BadInputException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(Videos is >= 1 and <= MostVideos, "videos", Videos, $"must be 1 to {MostVideos}");
        Require(Width is >= 32 and <= 4096, "width", Width, "must be 32 to 4096 pixels");
        Require(Height is >= 32 and <= 4096, "height", Height, "must be 32 to 4096 pixels");
        Require(MinFrames >= 2, "min_frames", MinFrames, "must be at least 2");
        Require(MaxFrames >= MinFrames && MaxFrames <= 99_999, "max_frames", MaxFrames,
            $"must be {MinFrames} (‹min_frames›) to 99999");
        Require(MinSpeed is > 0 and <= 1, "min_speed", MinSpeed, "must be above 0, at most 1");
        Require(MaxSpeed >= MinSpeed && MaxSpeed <= 1, "max_speed", MaxSpeed, "must be ‹min_speed› to 1");
        Require(StillCameras is >= 0 and <= 1, "still_cameras", StillCameras, "must be 0 to 1");
    }

    private static void Require<T>(bool condition, string key, T value, string what)
    {
        if (!condition) throw new BadInputException(FormattableString.Invariant($"‹{key}› {value}: {what}."));
    }
}
