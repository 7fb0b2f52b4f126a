namespace VideoConcepts.Data.Preparation;

/// <summary>How a video becomes JPEG frames. The values are recorded with every frame folder.</summary>
public sealed record FrameOptions
{
    /// <summary>Pixels of the shorter side; the aspect ratio is kept, and a smaller video keeps its size.</summary>
    public int ShortSide { get; init; } = 256;

    /// <summary>1 … 100 with the meaning of libjpeg's quality, as near as ffmpeg's scale comes to it.</summary>
    public int JpegQuality { get; init; } = 95;

    /// <summary>
    /// At most so many frames per second are kept, by the video's time stamps, none is repeated; null keeps every
    /// frame.
    /// </summary>
    public double? FpsLimit { get; init; }

    /// <summary>
    /// Whether the frames of a video are packed in one ZIP file, uncompressed, instead of a folder. The pictures are
    /// the same.
    /// </summary>
    public bool Pack { get; init; }

    /// <summary>
    /// Share of a video's frames, from 0 to below 1, that may be damaged. A video with damage up to it is kept; each
    /// lost frame's number gets a copy of the frame before it, so that the n-th picture stays the n-th frame. 0 refuses
    /// every video that does not decode cleanly.
    /// </summary>
    public double Tolerate { get; init; }

    /// <summary>
    /// ffmpeg's -q:v for <see cref="JpegQuality"/>: 2 (best, from 93 on) … 31 (worst, to 22). libjpeg scales its table
    /// by 50/Q below 50 and by 2 - Q/50 from there; ffmpeg scales its own by q/8. At q = 14 · scale the two tables
    /// have about the same mean: 95 → 2, 90 → 3, 80 → 6, 75 → 7, 50 → 14.
    /// </summary>
    public int QuantizerScale
    {
        get
        {
            double scale = JpegQuality < 50 ? 50.0 / JpegQuality : 2 - (JpegQuality / 50.0);
            return Math.Clamp((int)Math.Round(14 * scale), 2, 31);
        }
    }

    /// <exception cref="BadInputException">A value is out of range.</exception>
    public void Validate()
    {
        if (ShortSide is < 16 or > 4320)
            throw new BadInputException($"The short side of the frames is {ShortSide}; give 16 … 4320 pixels.");
        if (JpegQuality is < 1 or > 100)
            throw new BadInputException($"The JPEG quality is {JpegQuality}; give 1 … 100.");
        if (FpsLimit is { } fps && !(fps is >= 0.1 and <= 240))
            throw new BadInputException(
                $"The limit of frames per second is {fps}; give 0.1 … 240, or leave it out to keep every frame.");
        if (!(Tolerate is >= 0 and < 1))
            throw new BadInputException($"‹tolerate› is {Tolerate}; give a share of the frames, 0 to below 1.");
        if (Tolerate > 0 && FpsLimit is not null)
            throw new BadInputException(
                "‹tolerate› and ‹fps› do not go together: which frames are lost is told among all of them only.");
    }
}
