using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>A video file that was found, and where its frames go.</summary>
/// <param name="Path">Absolute path of the file; for display only where its name is not UTF-8.</param>
/// <param name="Name"> Path below the folder of the videos, separated by `/`, as it is shown: `caf\xE9.mp4`,
/// `a\nb.mp4`. No other video has it. </param>
/// <param name="FrameFolder">Path below the folder of the frames, separated by `/`; no other video has it.</param>
internal sealed record SourceVideo(string Path, string Name, string FrameFolder)
{
    /// <summary>What to read.</summary>
    internal RawFile File => _file ?? new RawFile(Path);

    private readonly RawFile? _file;

    internal SourceVideo(RawFile file, string name, string frameFolder)
        : this(file.Path, name, frameFolder) => _file = file;

    /// <summary>The first sub-folder on the way to the video, or null if it lies in none.</summary>
    public string? Class => Name.IndexOf('/') is > 0 and var slash ? Name[..slash] : null;
}
