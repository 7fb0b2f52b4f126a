using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// A folder of videos, and the official lists of its dataset → frames, lists and a report:
/// frames/NAME/image_00001.jpg …, the csv files of the <see cref="DatasetPlan"/>, and classes.txt where there are class
/// names; prepare-report.json names every video that failed and why. A second run does what is missing.
/// </summary>
public sealed class DatasetPreparation
{
    private readonly Ffmpeg _ffmpeg;
    private readonly PreparationOptions _options;
    private readonly Func<string, long> _freeBytes;
    private readonly TimeProvider _time;
    private readonly FrameExtractor _extractor;

    /// <param name="ffmpeg">Decodes the videos.</param>
    /// <param name="options">What to do.</param>
    /// <exception cref="BadInputException">An option is out of range.</exception>
    public DatasetPreparation(Ffmpeg ffmpeg, PreparationOptions options) : this(ffmpeg, options, null) { }

    /// <param name="ffmpeg">Decodes the videos.</param>
    /// <param name="options">What to do.</param>
    /// <param name="freeBytes">Free bytes of the disk that holds a folder; null asks the system.</param>
    /// <param name="time">The clock that says when there is something to tell; the system's by default.</param>
    /// <exception cref="BadInputException">An option is out of range.</exception>
    internal DatasetPreparation(Ffmpeg ffmpeg, PreparationOptions options, Func<string, long>? freeBytes,
        TimeProvider? time = null)
    {
        options.Validate();
        (_ffmpeg, _options, _time) = (ffmpeg, options, time ?? TimeProvider.System);
        _extractor = new FrameExtractor(ffmpeg, options.Frames);
        _freeBytes = freeBytes ?? FreeBytes;
    }

    // Windows does not say it of a folder that another computer shares.
    private static long FreeBytes(string folder)
    {
        string full = Path.GetFullPath(folder);
        return full.StartsWith(@"\\", StringComparison.Ordinal) ? long.MaxValue
            : new DriveInfo(full).AvailableFreeSpace;
    }

    /// <summary>
    /// Prepares all videos; those that fail do not stop the others. A cancellation stops ffmpeg, writes no list and
    /// leaves the finished videos for the next run.
    /// </summary>
    /// <param name="progress">Told from several threads, one at a time; a slow receiver slows the work.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="BadInputException">No videos, no room, or another run is at work on the output.</exception>
    public async Task<PreparationResult> RunAsync(
        IProgress<PreparationProgress>? progress = null, CancellationToken cancellation = default)
    {
        DatasetPlan plan = DatasetPlan.For(_options);
        string folder = Path.GetFullPath(_options.Output);
        if (_options.Share) return await RunWithOthersAsync(plan, folder, progress, cancellation).ConfigureAwait(false);
        using IDisposable only = FolderLock.Take(folder, FolderLock.Preparation);
        if (!OperatingSystem.IsMacOS()) PreparationShare.Forget(folder);
        var output = new PreparationOutput(folder);
        OutputSet files = output.Claim(plan, _options);
        var counter = new ProgressCounter(plan.Videos.Count, progress, _time);
        ExtractionOutcome?[] earlier = await LookAsync(plan, output, counter, cancellation).ConfigureAwait(false);
        await CheckRoomAsync(plan, earlier, folder, cancellation).ConfigureAwait(false);
        output.RemoveOld(plan, files);
        PreparedVideo[] prepared = await ExtractAllAsync(plan.Videos, earlier, output, counter, cancellation)
            .ConfigureAwait(false);
        return output.Write(plan, prepared, _options.Frames, _ffmpeg.Version, files);
    }

    /// <summary>The same together with other processes that are given the same.</summary>
    private async Task<PreparationResult> RunWithOthersAsync(DatasetPlan plan, string folder,
        IProgress<PreparationProgress>? progress, CancellationToken cancellation)
    {
        if (OperatingSystem.IsMacOS())
            throw new BadInputException("‹share› needs Linux or Windows: nothing tells here who has taken a video.");
        var output = new PreparationOutput(folder);
        OutputSet files = output.Claim(plan, _options);
        var counter = new ProgressCounter(plan.Videos.Count, progress, _time);
        ExtractionOutcome?[] earlier = await LookAsync(plan, output, counter, cancellation).ConfigureAwait(false);
        await CheckRoomAsync(plan, earlier, folder, cancellation).ConfigureAwait(false);
        using PreparationShare share = await PreparationShare.JoinAsync(folder,
            begin: () => output.RemoveOld(plan, files = output.Claim(plan, _options)),
            join: () => files = output.Claim(plan, _options), _time, cancellation).ConfigureAwait(false);
        var work = new SharedExtraction(plan.Videos, share, _time, _options.Jobs);
        PreparedVideo[] prepared = await work.RunAsync(earlier, Random.Shared.NextDouble(),
            video => _extractor.LookAt(video.File, output.FolderOf(video)),
            video => _extractor.Tidy(video.File, output.FolderOf(video)),
            (video, stop) => ExtractAsync(video, output, counter, stop), counter, cancellation).ConfigureAwait(false);
        PreparationResult? result = null;
        await share.EndAsync(() => result = output.Write(plan, prepared, _options.Frames, _ffmpeg.Version, files),
            cancellation).ConfigureAwait(false);
        return result ?? output.Read(plan, prepared);
    }

    private async Task CheckRoomAsync(DatasetPlan plan, ExtractionOutcome?[] earlier, string folder,
        CancellationToken cancellation)
    {
        if (!_options.CheckDiskSpace) return;
        long needed = await EstimateAsync(Open(plan, earlier), cancellation).ConfigureAwait(false);
        DiskSpaceEstimate.Check(needed, _freeBytes(WhatIsThere(folder)), folder, _options.ForLearn);
    }

    /// <summary>What a run would do; writes nothing.</summary>
    /// <exception cref="BadInputException">As <see cref="RunAsync"/>, but for lack of room.</exception>
    internal async Task<PreparationPreview> PreviewAsync(
        IProgress<PreparationProgress>? progress = null, CancellationToken cancellation = default)
    {
        DatasetPlan plan = DatasetPlan.For(_options);
        string folder = Path.GetFullPath(_options.Output);
        var output = new PreparationOutput(folder);
        _ = output.Claim(plan, _options);
        var counter = new ProgressCounter(plan.Videos.Count, progress, _time);
        SourceVideo[] open = Open(plan, await LookAsync(plan, output, counter, cancellation).ConfigureAwait(false));
        return new PreparationPreview(plan, open.Length,
            await EstimateAsync(open, cancellation).ConfigureAwait(false), _freeBytes(WhatIsThere(folder)));
    }

    // The folder, or the nearest above it that is there.
    private static string WhatIsThere(string folder)
    {
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private async Task<PreparedVideo[]> ExtractAllAsync(
        IReadOnlyList<SourceVideo> videos,
        ExtractionOutcome?[] earlier,
        PreparationOutput output,
        ProgressCounter counter,
        CancellationToken cancellation)
    {
        var prepared = new PreparedVideo[videos.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Jobs, CancellationToken = cancellation };
        await Parallel.ForAsync(0, videos.Count, parallel, async (i, stop) =>
        {
            if (earlier[i] is { Status: ExtractionStatus.Skipped })
                _extractor.Tidy(videos[i].File, output.FolderOf(videos[i]));
            prepared[i] = new PreparedVideo(videos[i], earlier[i]
                ?? await ExtractAsync(videos[i], output, counter, stop).ConfigureAwait(false));
            counter.End(prepared[i]);
        }).ConfigureAwait(false);
        return prepared;
    }

    private async Task<ExtractionOutcome> ExtractAsync(
        SourceVideo video,
        PreparationOutput output,
        ProgressCounter counter,
        CancellationToken cancellation)
    {
        int told = 0;
        ExtractionOutcome outcome = await _extractor.ExtractAnewAsync(
            video.File,
            output.FolderOf(video),
            frames =>
            {
                counter.AddFrames(frames - told);
                told = frames;
            },
            cancellation).ConfigureAwait(false);
        // What an official list names is meant to be a video.
        return outcome is { Status: ExtractionStatus.NoVideo, Reason: { } reason } && _options.Dataset != Dataset.Folder
            ? ExtractionOutcome.Failed(reason) : outcome;
    }

    /// <summary>What earlier runs finished, and what cannot be looked at; null for the other videos.</summary>
    /// <exception cref="BadInputException">There is something of others where frames would go.</exception>
    private Task<ExtractionOutcome?[]> LookAsync(
        DatasetPlan plan, PreparationOutput output, ProgressCounter counter, CancellationToken cancellation) =>
        Task.Run(() => EarlierWork.Find(plan.Videos.Count, _options.Jobs, i =>
        {
            output.RefuseForeign(plan.Videos[i], _options.Frames);
            return _extractor.LookAt(plan.Videos[i].File, output.FolderOf(plan.Videos[i]));
        }, counter.Look, cancellation), CancellationToken.None);

    /// <summary>The videos that no earlier run finished.</summary>
    private static SourceVideo[] Open(DatasetPlan plan, ExtractionOutcome?[] earlier) =>
        [.. plan.Videos.Where((_, i) => earlier[i] is not { Status: ExtractionStatus.Skipped })];

    private Task<long> EstimateAsync(IReadOnlyList<SourceVideo> videos, CancellationToken cancellation) =>
        new DiskSpaceEstimate(_ffmpeg, _options.Frames).EstimateAsync(videos, cancellation);
}
