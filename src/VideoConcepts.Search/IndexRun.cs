using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>
/// One indexing: several threads decode the next videos while the network describes the moments of one, in the order
/// of their paths, so that what is stored does not depend on how fast each was decoded.
/// </summary>
/// <param name="store">The library.</param>
/// <param name="deal">Says which of the videos this process does.</param>
/// <param name="network">Describes moments.</param>
/// <param name="ffmpeg">Decodes files; null: there are frames.</param>
/// <param name="workers">Videos that are decoded at a time.</param>
/// <param name="clock">Measures how long it takes.</param>
internal sealed class IndexRun(IMomentStore store, Func<IReadOnlyList<IndexJob>, JobQueue> deal, MomentNetwork network,
    Ffmpeg? ffmpeg, int workers, TimeProvider clock)
{
    private const int Ahead = 64; // moments of a video that wait for the network
    private const string Part = "index";

    private readonly LibraryHeader _header = store.Header!;

    public IndexResult Index(IReadOnlyList<IndexSource> sources, string? scope, bool prune, WorkContext work,
        Action<IndexedVideo>? onVideo, CancellationToken stop)
    {
        long began = clock.GetTimestamp();
        var known = store.Videos().ToDictionary(video => video.Path, StringComparer.Ordinal);
        List<IndexedVideo> seen = [];
        List<IndexJob> jobs = [];
        foreach (IndexSource source in sources)
        {
            LibraryVideo? before = known.GetValueOrDefault(source.Path);
            if (before is not null && source.Stamp() == (before.Size, before.Modified) && before.Tag == source.Tag)
                Tell(new(before, IndexOutcome.Unchanged));
            else
                jobs.Add(new IndexJob(source, before));
        }
        double seconds = 0;
        using JobQueue queue = deal(jobs);
        if (jobs.Count > 0) seconds = Run(queue, work, Tell, began, stop);
        HashSet<string> there = [.. sources.Select(source => source.Path)];
        LibraryVideo[] vanished = [.. known.Values.Where(video => !there.Contains(video.Path) && InScope(video, scope)
            && IsGone(video))];
        if (prune) store.Remove([.. vanished.Select(video => video.Id)]);
        LibraryVideo[] mine = [.. seen.Where(video => video.Outcome != IndexOutcome.ByAnother)
            .Select(video => video.Video)];
        return new IndexResult
        {
            Library = store.Name,
            Header = _header,
            Indexed = seen.Count(video => video.Outcome == IndexOutcome.Indexed),
            ByOthers = seen.Count(video => video.Outcome == IndexOutcome.ByAnother),
            Unchanged = seen.Count(video => video.Outcome == IndexOutcome.Unchanged && video.Video.Error is null),
            Failed = [.. mine.Where(video => video.Error is not null && !IsLeftOut(video))],
            LeftOut = [.. mine.Where(IsLeftOut)],
            Vanished = vanished,
            Pruned = prune,
            Moments = store.Count,
            FirstMoment = store.Blocks(MomentParts.None).Select(block => (long?)block.First).FirstOrDefault(),
            VideoSeconds = seconds,
            Seconds = clock.GetElapsedTime(began).TotalSeconds,
        };

        void Tell(IndexedVideo video)
        {
            seen.Add(video);
            onVideo?.Invoke(video);
        }
    }

    // There is nothing wrong with it: it has no video, or too few frames.
    private static bool IsLeftOut(LibraryVideo video) =>
        video.Error is not null && (video.Kind == VideoKind.NoVideo || video.Frames > 0);

    private static bool InScope(LibraryVideo video, string? scope) => scope is null ? video.Kind == VideoKind.Frames
        : video.Kind != VideoKind.Frames
            && (scope.Length == 0 || video.Path.StartsWith(scope + "/", StringComparison.Ordinal));

    // What another list names is still there.
    private bool IsGone(LibraryVideo video) => FileStatus.Of((byte[])[.. Encoding.UTF8.GetBytes(_header.Root + "/"),
        .. video.RawPath ?? Encoding.UTF8.GetBytes(video.Path), 0]) is null;

    private double Run(JobQueue queue, WorkContext work, Action<IndexedVideo> tell, long began, CancellationToken stop)
    {
        long total = queue.Jobs.Sum(job => job.Weight), done = 0, moments = 0;
        double seconds = 0;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var dealt = new DealtJobs(queue, workers);
        Task[] decoders = [];
        Exception? fault = null, cancelled = null;
        try
        {
            work.Track(Part, total, tick =>
            {
                decoders = Decoders(dealt, left => tick(Interlocked.Read(ref done), Waiting(left)), failed);
                foreach ((IndexJob job, LibraryVideo? byAnother) in dealt.InOrder(failed.Token))
                {
                    IndexedVideo video = byAnother is not null ? new(byAnother, IndexOutcome.ByAnother)
                        : Store(queue, job, ended => tick(done + (ended * job.Weight), Detail(job, ended)),
                            failed.Token);
                    if (video.Outcome != IndexOutcome.ByAnother)
                    {
                        seconds += video.Video.Duration;
                        moments += video.Video.Moments;
                    }
                    Interlocked.Add(ref done, job.Weight);
                    if (byAnother is null) dealt.Release();
                    tell(video);
                    tick(done, Detail(job, 0));
                }
                return 0;

                string Detail(IndexJob job, double ended) => Describe(moments + job.Given, seconds + job.Seconds(ended),
                    (done + (ended * job.Weight)) / Math.Max(1, total), clock.GetElapsedTime(began).TotalSeconds);
            });
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            cancelled = e; // maybe since a decoder could not begin, which is told then
        }
        finally
        {
            failed.Cancel();
            foreach (IndexJob job in queue.Jobs) job.Abandon();
            Task all = Task.WhenAll(decoders);
            all.ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
            fault = all.Exception?.InnerExceptions.FirstOrDefault(e => e is not OperationCanceledException);
        }
        if ((fault ?? cancelled) is { } ended) ExceptionDispatchInfo.Throw(ended);
        return seconds;
    }

    private Task[] Decoders(DealtJobs dealt, Action<int> waiting, CancellationTokenSource failed)
    {
        int count = dealt.Count, threads = Math.Max(1, workers / count);
        return [.. Enumerable.Range(0, Math.Min(workers, count)).Select(_ => Task.Run(async () =>
        {
            try
            {
                using IFrameReader? reader = ffmpeg is null ? FrameReaders.Create() : null;
                while (await dealt.NextAsync(waiting, failed.Token).ConfigureAwait(false) is { } job)
                    await job.DecodeAsync(_header, ffmpeg, threads, reader, failed.Token).ConfigureAwait(false);
            }
            finally
            {
                // one that ends early leaves nobody waiting for what it would have decoded
                if (!dealt.IsAtEnd) failed.Cancel();
            }
        }, CancellationToken.None))];
    }

    private static string Waiting(int left) =>
        $"waiting for {left} {(left == 1 ? "video" : "videos")} of other processes";

    private static string Describe(long moments, double seconds, double share, double elapsed)
    {
        string left = share > 0.01 ? $", {Duration(elapsed * (1 - share) / share)} left" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{moments} moments, {seconds / Math.Max(elapsed, 1e-3):F1} × real time{left}");
    }

    private static string Duration(double seconds) => seconds < 3600
        ? TimeSpan.FromSeconds(Math.Round(seconds)).ToString(@"m\:ss", CultureInfo.InvariantCulture)
        : TimeSpan.FromSeconds(Math.Round(seconds)).ToString(@"d\.hh\:mm", CultureInfo.InvariantCulture);

    // The moments of one video, in batches from its beginning.
    private IndexedVideo Store(JobQueue queue, IndexJob job, Action<double> tick, CancellationToken stop)
    {
        IVideoWriter? writer = null;
        try
        {
            var block = new BlockBuilder(_header);
            foreach (ReadMoment[] batch in job.Moments(stop).Chunk(_header.Batch))
            {
                writer ??= store.Write();
                block.Add(batch, network.Describe([.. batch.Select(moment => moment.Frames)], _header.Size));
                if (block.Count + _header.Batch > MomentBlock.Most) block.WriteTo(writer);
                tick(job.Share(batch[^1].Place.End));
            }
            (LibraryVideo video, IndexOutcome outcome) = job.Result(stop);
            if (outcome == IndexOutcome.Unchanged)
            {
                store.Touch(video);
                return new(video, outcome);
            }
            // what cannot be read now, as when a disk is away, keeps the moments that it has
            if (outcome == IndexOutcome.Failed && video.Hash.Length == 0 && job.Before is { Moments: > 0 })
            {
                queue.GiveBack(job);
                return new(video, outcome);
            }
            if (outcome != IndexOutcome.Indexed)
            {
                writer?.Dispose(); // what was read of a video that failed is not kept
                writer = null;
            }
            writer ??= store.Write();
            if (outcome == IndexOutcome.Indexed) block.WriteTo(writer);
            writer.Commit(video);
            return new(video, outcome);
        }
        catch (LeaseLostException) // as after a pause of this machine
        {
            return new(job.Result(stop).Video, IndexOutcome.ByAnother);
        }
        finally
        {
            writer?.Dispose();
        }
    }

    internal const int MomentsAhead = Ahead;
}
