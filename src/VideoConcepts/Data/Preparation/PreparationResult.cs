namespace VideoConcepts.Data.Preparation;

/// <summary>What a preparation did and wrote.</summary>
public sealed record PreparationResult
{
    internal PreparationResult(DatasetPlan plan, IReadOnlyList<PreparedVideo> videos, IReadOnlyList<string> lists,
        string report)
    {
        Plan = plan;
        Videos = videos;
        Lists = lists;
        Report = report;
    }

    /// <summary>Paths of the csv files; one without a row is not written.</summary>
    public IReadOnlyList<string> Lists { get; }

    /// <summary>Path of prepare-report.json.</summary>
    public string Report { get; }

    /// <summary>What was to be made.</summary>
    internal DatasetPlan Plan { get; }

    /// <summary>All videos of the plan, in its order.</summary>
    internal IReadOnlyList<PreparedVideo> Videos { get; }

    /// <summary>Videos extracted in this run.</summary>
    public int Done => Videos.Count(video => video.Outcome.Status == ExtractionStatus.Done);

    /// <summary>Of <see cref="Done"/> and <see cref="Failed"/> those that other processes did, see
    /// <see cref="PreparationOptions.Share"/>.</summary>
    public int ByOthers => Videos.Count(video => video.ByAnother);

    /// <summary>Videos that an earlier run had finished.</summary>
    public int Skipped => Videos.Count(video => video.Outcome.Status == ExtractionStatus.Skipped);

    /// <summary>The command's exit status is 1 unless this is 0.</summary>
    public int Failed => Videos.Count(video => video.Outcome.Status == ExtractionStatus.Failed);

    /// <summary>
    /// Files of a folder that are no videos, though nothing is wrong with them: one picture, or sound. Where an
    /// official list names such a file, it is among <see cref="Failed"/>.
    /// </summary>
    public int NoVideo => Videos.Count(video => video.Outcome.Status == ExtractionStatus.NoVideo);

    /// <summary>Videos with damaged frames that were tolerated.</summary>
    public int Damaged => Videos.Count(video => video.Outcome.Damaged > 0);

    /// <summary>
    /// Videos that lie beside the class sub-folders of a user's folder and are the reason why there are no labels; 0
    /// where there are labels or no sub-folders.
    /// </summary>
    public int OutsideClasses =>
        Plan.Lists.Any(list => list.Labelled) || Videos.All(video => video.Source.Class is null)
            ? 0
            : Videos.Count(video => video.Source.Class is null);

    /// <summary>Cuts of all videos in the lists.</summary>
    public int Cuts => Videos.Sum(video => video.Outcome.Cuts);

    /// <summary>Videos that have cuts.</summary>
    public int WithCuts => Videos.Count(video => video.Outcome.Cuts > 0);

    /// <summary>Videos whose cuts are not known.</summary>
    public int CutsUnknown => Videos.Count(video => video.Outcome.CutsUnknown);

    /// <summary>Frames of all videos in the lists.</summary>
    public long Frames => Videos.Sum(video => (long)video.Outcome.Frames);
}

/// <summary>What a preparation would do.</summary>
/// <param name="Plan">Videos, lists, and what is missing.</param>
/// <param name="Open">Videos that are not finished yet.</param>
/// <param name="BytesNeeded">What their frames will take, roughly.</param>
/// <param name="BytesFree">What the disk has.</param>
internal sealed record PreparationPreview(DatasetPlan Plan, int Open, long BytesNeeded, long BytesFree);
