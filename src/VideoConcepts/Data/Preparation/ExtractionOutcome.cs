using System.Text.Json.Serialization;

namespace VideoConcepts.Data.Preparation;

[JsonConverter(typeof(JsonStringEnumConverter<ExtractionStatus>))]
internal enum ExtractionStatus
{
    /// <summary>The frames were written in this run.</summary>
    Done,

    /// <summary>An earlier run with the same options finished this video.</summary>
    Skipped,

    /// <summary>The video is not there in full; nothing was left.</summary>
    Failed,

    /// <summary>It is no video: one picture, or none. Nothing is wrong with it, and nothing was left.</summary>
    NoVideo,
}

/// <summary>What became of one video.</summary>
/// <param name="Status">Whether there are frames, and from which run.</param>
/// <param name="Frames">Number of frames in the folder; 0 if there are none.</param>
/// <param name="Width">Of the frames, in pixels; 0 if there are none.</param>
/// <param name="Height">Of the frames, in pixels; 0 if there are none.</param>
/// <param name="Reason">Why there are no frames, in one line; null otherwise.</param>
internal sealed record ExtractionOutcome(ExtractionStatus Status, int Frames, int Width, int Height, string? Reason)
{
    /// <summary>Frames that were decoded with errors or not at all, and were tolerated.</summary>
    public int Damaged { get; init; }

    /// <summary>Those of them that were lost: copies of a frame beside them stand in their places.</summary>
    public int Filled { get; init; }

    /// <summary>Cuts that were found: where the video goes over to another shot.</summary>
    public int Cuts { get; init; }

    /// <summary>Nobody looked for cuts: an earlier version took the frames, or an ffmpeg before 4.4.</summary>
    public bool CutsUnknown { get; init; }

    internal static ExtractionOutcome Failed(string reason) => new(ExtractionStatus.Failed, 0, 0, 0, reason);

    internal static ExtractionOutcome NoVideo(string reason) => new(ExtractionStatus.NoVideo, 0, 0, 0, reason);
}
