namespace VideoConcepts.Data.Preparation;

/// <summary>Adds up what the parallel jobs tell and reports it, one report at a time.</summary>
internal sealed class ProgressCounter(int total, IProgress<PreparationProgress>? progress)
{
    private readonly Lock _lock = new();
    private int _done;
    private int _skipped;
    private int _failed;
    private long _frames;

    public void AddFrames(int count)
    {
        if (count == 0) return;
        lock (_lock)
        {
            _frames += count;
            Report(null);
        }
    }

    public void End(PreparedVideo video)
    {
        lock (_lock)
        {
            if (video.Outcome.Status == ExtractionStatus.Done) _done++;
            else if (video.Outcome.Status == ExtractionStatus.Skipped) _skipped++;
            else _failed++;
            Report(video);
        }
    }

    private void Report(PreparedVideo? ended) =>
        progress?.Report(new PreparationProgress(total, _done, _skipped, _failed, _frames, ended));
}
