namespace VideoConcepts.Data.Preparation;

/// <summary>What one video may take, however it is made.</summary>
internal sealed record ExtractionLimits
{
    /// <summary>Largest picture, in pixels: 64 megapixels, more than any camera's video has.</summary>
    public const long LargestPicture = JpegHeader.LargestPicture;

    /// <summary>Most frames of a video: a day of 50 a second.</summary>
    public int Frames { get; init; } = 5_000_000;

    /// <summary>An ffmpeg that gives no frame for so long is ended.</summary>
    public TimeSpan WithoutProgress { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Measures <see cref="WithoutProgress"/>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
