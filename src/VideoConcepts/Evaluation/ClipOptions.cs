namespace VideoConcepts.Evaluation;

/// <summary>How evaluation cuts a video into clips. The defaults are the preset <c>coclr</c>.</summary>
public sealed record ClipOptions
{
    /// <summary>T, frames per window (<c>--seq</c>), at least 2.</summary>
    public int Frames { get; init; } = 16;

    /// <summary>H = W in pixels (<c>--img_dim</c>).</summary>
    public int Size { get; init; } = 128;

    /// <summary>Distance between the frames of a window; 1 takes consecutive frames.</summary>
    public int FrameStride { get; init; } = 1;

    /// <summary>At most this many windows of a video, spread evenly over it; null takes all of them.</summary>
    public int? MaxWindows { get; init; }

    /// <summary>The windows of <see cref="MaxWindows"/> are spread evenly over the video whatever their distance, instead of taken from those every T/2 - 1 frames.</summary>
    public bool Uniform { get; init; }

    /// <summary>The square that is cut from a frame.</summary>
    public TestView View { get; init; } = TestView.Centre;

    /// <summary>Mirror left and right.</summary>
    public bool Flip { get; init; }

    /// <summary>Frames that a window reaches over.</summary>
    internal int Span => Frames * FrameStride;

    /// <summary>Floats of one clip of shape (3, T, H, W).</summary>
    internal int ClipLength => checked(3 * Frames * Size * Size);

    /// <exception cref="BadInputException">A number is out of range; the message names it.</exception>
    public ClipOptions Validated()
    {
        if (Frames < 2) throw new BadInputException($"seq is {Frames}: a clip needs at least 2 frames.");
        if (Size < 1) throw new BadInputException($"img_dim is {Size}: give a size in pixels, such as 112.");
        if (FrameStride < 1) throw new BadInputException($"The frame stride is {FrameStride}: give 1 or more.");
        if (MaxWindows < 1) throw new BadInputException($"The number of windows is {MaxWindows}: give 1 or more.");
        return this;
    }
}
