namespace VideoConcepts.Search;

/// <summary>A video of a library.</summary>
public sealed record LibraryVideo
{
    /// <summary>Its number in the library; 0: it is not in it yet.</summary>
    public long Id { get; init; }

    /// <summary>Path below the library's root, separated by <c>/</c>, as it is shown.</summary>
    public required string Path { get; init; }

    /// <summary>The file's name below the root in the bytes of the file system, where it is not UTF-8.</summary>
    public byte[]? RawPath { get; init; }

    /// <summary>What kind of thing the path names.</summary>
    public required VideoKind Kind { get; init; }

    /// <summary>Size in bytes; of a folder of frames their number.</summary>
    public required long Size { get; init; }

    /// <summary>When it was last changed, in ticks of 100 ns (UTC).</summary>
    public required long Modified { get; init; }

    /// <summary>SHA-256 of its contents, 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>The class of a labelled list, or the first folder on the way to the video; null: none.</summary>
    public string? Tag { get; init; }

    /// <summary>Frames.</summary>
    public int Frames { get; init; }

    /// <summary>Seconds from the first frame's beginning to the last one's end.</summary>
    public double Duration { get; init; }

    /// <summary>Moments that it was cut into.</summary>
    public int Moments { get; init; }

    /// <summary>Why it could not be read, in one line; null: it could.</summary>
    public string? Error { get; init; }

    /// <summary>It could not be decoded: there may be a video in it, and its frames are not known.</summary>
    internal bool IsFailed => Error is not null && Kind != VideoKind.NoVideo && Frames == 0;
}

/// <summary>What a video of a library is.</summary>
public enum VideoKind
{
    /// <summary>A file that ffmpeg decodes.</summary>
    File,

    /// <summary>A folder of frames, or a ZIP file of them, from a list.</summary>
    Frames,

    /// <summary>A file without a video: only sound, or a picture.</summary>
    NoVideo,
}

/// <summary>A part of a video that a library knows.</summary>
/// <param name="Id">Its number in the library.</param>
/// <param name="VideoId">Of the video.</param>
/// <param name="FirstFrame">Position of its first frame, from 0.</param>
/// <param name="LastFrame">Position of its last frame.</param>
/// <param name="Start">When the first frame begins, in seconds from the video's beginning, by its time stamps.</param>
/// <param name="End">When the last frame ends.</param>
public sealed record Moment(long Id, long VideoId, int FirstFrame, int LastFrame, double Start, double End);

/// <summary>What is known of moments that follow each other in one video; rows of all four belong together.</summary>
/// <param name="First">Number of the first moment; the others have those after it.</param>
/// <param name="VideoId">Of the video.</param>
/// <param name="Count">Moments.</param>
/// <param name="Look">(Count, <see cref="LibraryHeader.LookSize"/>), unit vectors.</param>
/// <param name="Motion">(Count, <see cref="LibraryHeader.MotionSize"/>): a feature and the shares of concepts, each a
/// unit vector.</param>
/// <param name="Features">(Count, D), as the backbone gives them.</param>
/// <param name="Scores">(Count, 4 K): of clips static and dynamic, of stills static, of differences dynamic; cosines.
/// </param>
public sealed record MomentBlock(long First, long VideoId, int Count, float[] Look, float[] Motion, float[] Features,
    float[] Scores)
{
    /// <summary>Most moments of a block.</summary>
    internal const int Most = 256;
}

/// <summary>Which vectors of moments are read.</summary>
[Flags]
public enum MomentParts
{
    /// <summary>Only numbers and videos.</summary>
    None = 0,

    /// <summary>Look and motion.</summary>
    Vectors = 1,

    /// <summary>Features of the backbone.</summary>
    Features = 2,

    /// <summary>Scores of concepts.</summary>
    Scores = 4,
}
