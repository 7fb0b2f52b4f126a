namespace VideoConcepts.Data.Preparation;

/// <summary>A video file that was found, and where its frames go.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Name">Path below the folder of the videos, separated by `/`.</param>
/// <param name="FrameFolder">Path below the folder of the frames, separated by `/`; no other video has it.</param>
public sealed record SourceVideo(string Path, string Name, string FrameFolder)
{
    /// <summary>The first sub-folder on the way to the video, or null if it lies in none.</summary>
    public string? Class => Name.IndexOf('/') is > 0 and var slash ? Name[..slash] : null;
}
