namespace VideoConcepts.Data.Preparation;

/// <summary>How far a preparation is. Reports come one at a time, from several threads, and never go back.</summary>
/// <param name="Total">Number of videos found.</param>
/// <param name="Done">Videos extracted in this run.</param>
/// <param name="Skipped">Videos that an earlier run had finished.</param>
/// <param name="Failed">Videos that failed in this run.</param>
/// <param name="Frames">Frames written in this run, those of videos under way included.</param>
public sealed record PreparationProgress(int Total, int Done, int Skipped, int Failed, long Frames)
{
    /// <summary>Files that turned out to be no videos: one picture, or sound.</summary>
    public int NoVideo { get; init; }

    /// <summary>Videos that other processes have taken, where there is nothing else left to do.</summary>
    public int Waiting { get; init; }

    /// <summary>The video that ended with this report, or null.</summary>
    internal PreparedVideo? Ended { get; init; }

    /// <summary>
    /// Videos whose frame folders were looked at for what an earlier run finished, which comes before all else; told
    /// of one by one where that takes longer than two seconds.
    /// </summary>
    public int LookedAt { get; init; }
}

/// <summary>One video of the folder and what became of it.</summary>
internal sealed record PreparedVideo(SourceVideo Source, ExtractionOutcome Outcome)
{
    /// <summary>Another process did it in the same run.</summary>
    public bool ByAnother { get; init; }

    public bool HasFrames => Outcome.Status is ExtractionStatus.Done or ExtractionStatus.Skipped;
}
