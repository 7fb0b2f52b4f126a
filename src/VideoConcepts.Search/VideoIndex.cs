using System.Runtime.CompilerServices;
using System.Threading.Channels;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Search;

/// <summary>
/// Videos → a library of moments: each is decoded once, cut into windows, described by a network and stored. A second
/// run does what is new or changed. Killed at any moment it goes on, and the library equals that of an undisturbed run.
/// </summary>
public static class VideoIndex
{
    /// <summary>Indexes videos.</summary>
    /// <param name="options">What, and where to.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches; what was finished is kept.</param>
    /// <exception cref="BadInputException">There are no videos or no model, an option is out of range, or the library
    /// is of another model.</exception>
    public static IndexResult Build(IndexOptions options, WorkContext? work = null, CancellationToken stop = default) =>
        Build(options, work ?? new WorkContext(), null, TimeProvider.System, stop);

    /// <summary>Indexes videos and tells each as soon as it is done: first those that are there already, then the
    /// others in the order of their paths. Whoever stops to ask for more stops the work.</summary>
    /// <param name="options">What, and where to.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches; what was finished is kept.</param>
    /// <exception cref="BadInputException">As <see cref="Build(IndexOptions, WorkContext?, CancellationToken)"/>.
    /// </exception>
    public static async IAsyncEnumerable<IndexedVideo> BuildAsync(IndexOptions options, WorkContext? work = null,
        [EnumeratorCancellation] CancellationToken stop = default)
    {
        var done = Channel.CreateBounded<IndexedVideo>(1);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task building = Task.Run(() =>
        {
            Exception? fault = null;
            try
            {
                Build(options, work ?? new WorkContext(),
                    video => done.Writer.WriteAsync(video, ended.Token).AsTask().GetAwaiter().GetResult(),
                    TimeProvider.System, ended.Token);
            }
            catch (Exception e)
            {
                fault = e;
            }
            done.Writer.Complete(fault);
        }, CancellationToken.None);
        try
        {
            await foreach (IndexedVideo video in done.Reader.ReadAllAsync(stop).ConfigureAwait(false))
                yield return video;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await building.ConfigureAwait(false);
        }
    }

    internal static IndexResult Build(IndexOptions options, WorkContext work, Action<IndexedVideo>? onVideo,
        TimeProvider clock, CancellationToken stop)
    {
        work.RefuseSeveral("A library");
        options.Validate();
        IndexResult result = Index(options, work, onVideo, clock, stop);
        return result with { Recall = Approximate(options, work, stop) };
    }

    private static IndexResult Index(IndexOptions options, WorkContext work, Action<IndexedVideo>? onVideo,
        TimeProvider clock, CancellationToken stop)
    {
        using LibraryTarget target = LibraryTarget.Open(options, work, clock);
        if (options.Approximate is not null && target.Store.IndexFile is null)
            throw new BadInputException("‹approximate› is not read: a library in a database has an index of its own.");
        if (options.Approximate != 0) ApproximateIndex.RefuseForeign(target.Store);
        // a library is made anew by its own model if none is named
        if (target.Before is { } before)
            options = options with
            {
                Model = options.Model ?? (before.Checkpoint is null ? null
                    : MomentNetwork.Kept(before, RealPath.Of(options.Library))),
                Input = options.Model is null ? before.Input?.With(options.Input) ?? options.Input : options.Input,
                Root = options.Root ?? before.Root,
            };
        using MomentNetwork network = Network(options, target, work);
        LibraryHeader header = IndexHeader.Of(options, target.Store, network);
        IReadOnlyList<IndexSource> sources = IndexSources.Find(options, header.Root, work.Say);
        Ffmpeg? ffmpeg = options.Videos is null ? null
            : Ffmpeg.FindAsync(options.Ffmpeg, stop).GetAwaiter().GetResult();
        target.SetHeader(header);
        int workers = options.Workers ?? (Environment.ProcessorCount + 1);
        // processes that share begin at many places
        var run = new IndexRun(target.Store, jobs => target.Leases is { } leases
            ? new SharedJobs(jobs, leases, Random.Shared.NextDouble(), clock) : new OwnJobs(jobs), network, ffmpeg,
            workers, clock);
        IndexResult result = run.Index(sources, IndexSources.Scope(options, header.Root), options.Prune, work, onVideo,
            stop);
        target.Finish(work, stop);
        return result with { Library = options.Library };
    }

    // Makes the index of a large library, or makes one anew that is stale.
    private static double? Approximate(IndexOptions options, WorkContext work, CancellationToken stop)
    {
        using IMomentStore store = MomentStores.Open(options.Library, work: work);
        int from = options.Approximate ?? 1_000_000;
        if (store.IndexFile is not { } file || from == 0 || (store.Count < from && !File.Exists(file + ".json")))
            return null;
        using IDisposable held = store.Lock();
        using ApproximateIndex? fresh = ApproximateIndex.Find(store);
        return fresh?.Recall ?? ApproximateIndex.Build(store, work, stop);
    }

    private static MomentNetwork Network(IndexOptions options, LibraryTarget target, WorkContext work)
    {
        if (options.Model is null && target.Store.Header is null)
            work.Say($"no ‹model› is given: the weights that come with the program are taken "
                + $"({PretrainedWeights.World}).");
        var request = new NetworkRequest(new EncoderOptions
        {
            FrameStride = options.FrameStride,
            Precision = options.Precision,
            Device = options.Device,
        }, options.Input);
        if (target.Before is null || target.Store.Header is not { } unfinished)
            return MomentNetwork.Open(options.Model, target.Store.Header, target.Store.Name, request, work);
        MomentNetwork network = MomentNetwork.Open(options.Model, null, target.Store.Name, request, work);
        if (IndexHeader.New(options, target.Store, network) with { Root = unfinished.Root } != unfinished)
            target.Restart();
        return network;
    }
}
