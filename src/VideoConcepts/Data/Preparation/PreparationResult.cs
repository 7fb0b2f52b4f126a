namespace VideoConcepts.Data.Preparation;

/// <summary>What a preparation did and wrote.</summary>
/// <param name="Videos">All videos found, in the order of the lists.</param>
/// <param name="Classes">Class names by index; empty if the videos have no labels.</param>
/// <param name="VideoList">Path of videos.csv, or null if no video has frames.</param>
/// <param name="LabelledList">Path of labelled.csv, or null if there are no classes or no frames.</param>
/// <param name="Report">Path of prepare-report.json.</param>
public sealed record PreparationResult(
    IReadOnlyList<PreparedVideo> Videos,
    IReadOnlyList<string> Classes,
    string? VideoList,
    string? LabelledList,
    string Report)
{
    public int Done => Videos.Count(video => video.Outcome.Status == ExtractionStatus.Done);

    public int Skipped => Videos.Count(video => video.Outcome.Status == ExtractionStatus.Skipped);

    /// <summary>The command's exit status is 1 unless this is 0.</summary>
    public int Failed => Videos.Count(video => !video.HasFrames);

    /// <summary>
    /// Videos that lie beside the class sub-folders and are the reason why there are no labels; 0 where there are
    /// labels or no sub-folders.
    /// </summary>
    public int OutsideClasses =>
        Classes.Count > 0 || Videos.All(video => video.Source.Class is null)
            ? 0
            : Videos.Count(video => video.Source.Class is null);

    /// <summary>Frames of all videos in the lists.</summary>
    public long Frames => Videos.Sum(video => (long)video.Outcome.Frames);
}
