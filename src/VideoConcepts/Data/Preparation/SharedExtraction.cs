using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// The videos of a preparation that several processes do: each takes those that nobody has, and comes round again until
/// all are done, so that what one leaves that is gone is done by another.
/// </summary>
/// <param name="videos">All of them.</param>
/// <param name="share">What the processes tell each other.</param>
/// <param name="clock">Waits while others are at work.</param>
/// <param name="jobs">Videos at a time.</param>
[UnsupportedOSPlatform("macos")]
internal sealed class SharedExtraction(IReadOnlyList<SourceVideo> videos, PreparationShare share, TimeProvider clock,
    int jobs)
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    /// <summary>Does what is not done; returns what came of each video, in their order.</summary>
    /// <param name="earlier">What was found done, or could not be looked at; null for the others.</param>
    /// <param name="first">Where this process begins, so that they do not follow each other: 0 to 1 of the videos.
    /// </param>
    /// <param name="look">Looks at a video again.</param>
    /// <param name="tidy">Removes what a killed run left beside a video that was done before.</param>
    /// <param name="extract">Does a video.</param>
    /// <param name="counter">Told what is done.</param>
    /// <param name="cancellation">Ends the work.</param>
    public async Task<PreparedVideo[]> RunAsync(IReadOnlyList<ExtractionOutcome?> earlier, double first,
        Func<SourceVideo, ExtractionOutcome?> look, Action<SourceVideo> tidy,
        Func<SourceVideo, CancellationToken, Task<ExtractionOutcome>> extract, ProgressCounter counter,
        CancellationToken cancellation)
    {
        var prepared = new PreparedVideo[videos.Count];
        int start = (int)(first * videos.Count);
        int[] open = [.. Enumerable.Range(start, videos.Count).Select(i => i % videos.Count)];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation };
        while (open.Length > 0)
        {
            share.Listen();
            var held = new ConcurrentBag<int>();
            await Parallel.ForEachAsync(open, parallel, async (i, stop) =>
            {
                if (OfOthers(i) is { } told) End(i, told, byAnother: true);
                else if (earlier[i] is { } before)
                {
                    if (before.Status == ExtractionStatus.Skipped) tidy(videos[i]);
                    End(i, before, byAnother: false);
                }
                else if (!share.TryTake(videos[i].Name)) held.Add(i);
                else
                    try
                    {
                        share.Listen(); // it may have been done since it was looked at
                        if ((OfOthers(i) ?? Again(i)) is { } done) End(i, done, byAnother: true);
                        else
                        {
                            ExtractionOutcome outcome = await extract(videos[i], stop).ConfigureAwait(false);
                            share.Note(videos[i].Name, outcome);
                            End(i, outcome, byAnother: false);
                        }
                    }
                    finally
                    {
                        share.GiveBack(videos[i].Name);
                    }
            }).ConfigureAwait(false);
            int before = open.Length;
            open = [.. held.Order()];
            if (open.Length == 0) break;
            counter.Wait(open.Length);
            if (open.Length == before) await Task.Delay(s_again, clock, cancellation).ConfigureAwait(false);
        }
        return prepared;

        void End(int i, ExtractionOutcome outcome, bool byAnother)
        {
            prepared[i] = new PreparedVideo(videos[i], outcome) { ByAnother = byAnother };
            counter.End(prepared[i]);
        }

        ExtractionOutcome? OfOthers(int i) => share.OfOthers(videos[i].Name);

        ExtractionOutcome? Again(int i) => look(videos[i]) is { Status: ExtractionStatus.Skipped } there
            ? there with { Status = ExtractionStatus.Done } : null;
    }
}
