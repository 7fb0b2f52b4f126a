namespace VideoConcepts.Data.Preparation;

/// <summary>Adds up what the parallel jobs tell and reports it, one report at a time.</summary>
internal sealed class ProgressCounter(int total, IProgress<PreparationProgress>? progress, TimeProvider time)
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _lock = new();
    private int _lookedAt;
    private int _done;
    private int _skipped;
    private int _failed;
    private int _noVideo;
    private int _waiting;
    private long _frames;

    /// <summary>A video was looked at for earlier work; said only where looking takes long.</summary>
    public void Look()
    {
        lock (_lock)
        {
            _lookedAt++;
            if (time.GetElapsedTime(_start) >= s_silence) Report(null);
        }
    }

    public void AddFrames(int count)
    {
        if (count == 0) return;
        lock (_lock)
        {
            (_waiting, _frames) = (0, _frames + count);
            Report(null);
        }
    }

    /// <summary>So many are left, all of them taken by others.</summary>
    public void Wait(int videos)
    {
        lock (_lock)
        {
            _waiting = videos;
            Report(null);
        }
    }

    public void End(PreparedVideo video)
    {
        lock (_lock)
        {
            _waiting = 0;
            if (video.Outcome.Status == ExtractionStatus.Done) _done++;
            else if (video.Outcome.Status == ExtractionStatus.Skipped) _skipped++;
            else if (video.Outcome.Status == ExtractionStatus.NoVideo) _noVideo++;
            else _failed++;
            Report(video);
        }
    }

    private void Report(PreparedVideo? ended) =>
        progress?.Report(new PreparationProgress(total, _done, _skipped, _failed, _frames)
        {
            NoVideo = _noVideo,
            Waiting = _waiting,
            LookedAt = _lookedAt,
            Ended = ended,
        });
}
