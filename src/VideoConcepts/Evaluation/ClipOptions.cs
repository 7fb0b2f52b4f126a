namespace VideoConcepts.Evaluation;

/// <summary>How evaluation cuts a video into clips. The defaults are the preset <c>coclr</c>.</summary>
public sealed record ClipOptions
{
    /// <summary>
    /// The most that <see cref="Frames"/>, <see cref="Size"/>, <see cref="FrameStride"/> and <see cref="MaxWindows"/>
    /// can be.
    /// </summary>
    public const int MostFrames = 4096, LargestSize = 1024, MostStride = 4096, MostWindows = 10_000;

    /// <summary>T, frames per window (<c>--seq</c>), 2 to <see cref="MostFrames"/>.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>H = W in pixels (<c>--img_dim</c>).</summary>
    public int Size { get; init; } = 128;

    /// <summary>Distance between the frames of a window; 1 takes consecutive frames.</summary>
    public int FrameStride { get; init; } = 1;

    /// <summary>At most this many windows of a video, spread evenly over it; null takes all of them.</summary>
    public int? MaxWindows { get; init; }

    /// <summary>
    /// The windows of <see cref="MaxWindows"/> are spread evenly over the video whatever their distance, instead of
    /// taken from those every T/2 - 1 frames.
    /// </summary>
    public bool Uniform { get; init; }

    /// <summary>
    /// Whether windows may reach across cuts. The list decides: it is read with or without them, see
    /// <see cref="Data.VideoList.Read"/>.
    /// </summary>
    public bool AcrossCuts { get; init; }

    /// <summary>The window in the middle of the video as well, where it is none of those.</summary>
    internal bool AndMiddle { get; init; }

    /// <summary>Frames that a window reaches over.</summary>
    internal int Span => Frames * FrameStride;

    /// <summary>Bytes of one clip, (T, 3, H, W).</summary>
    internal int ClipLength => checked(3 * Frames * Size * Size);

    private const int MostNumbers = 1 << 29;

    /// <exception cref="BadInputException">A number is out of range; the message names it.</exception>
    public ClipOptions Validated()
    {
        if (Frames is < 2 or > MostFrames)
            throw new BadInputException($"‹seq› is {Frames}: a clip needs at least 2 frames, at most {MostFrames}.");
        if (Size is < 1 or > LargestSize)
            throw new BadInputException(
                $"‹img_dim› is {Size}: give a size in pixels, such as 112, at most {LargestSize}.");
        if (FrameStride is < 1 or > MostStride)
            throw new BadInputException($"‹stride› is {FrameStride}: give 1 to {MostStride}.");
        if (MaxWindows is < 1 or > MostWindows)
            throw new BadInputException($"‹windows› is {MaxWindows}: give 1 to {MostWindows}.");
        if (3L * Frames * Size * Size > MostNumbers)
            throw new BadInputException(
                $"‹seq› is {Frames} and ‹img_dim› {Size}: a clip of {Frames} frames of {Size}×{Size} takes more than "
                + "2 GB; give less of either.");
        return this;
    }
}
