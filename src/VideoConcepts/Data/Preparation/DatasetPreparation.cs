using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// A folder of videos, and the official lists of its dataset → frames, lists and a report:
/// frames/NAME/image_00001.jpg …, the csv files of the <see cref="DatasetPlan"/>, and classes.txt where there are class
/// names; prepare-report.json names every video that failed and why. A second run does what is missing.
/// </summary>
public sealed class DatasetPreparation
{
    private const int WouldBlock = 11; // EAGAIN: another process holds the lock

    private readonly Ffmpeg _ffmpeg;
    private readonly PreparationOptions _options;
    private readonly Func<string, long> _freeBytes;

    /// <param name="ffmpeg">Decodes the videos.</param>
    /// <param name="options">What to do.</param>
    /// <param name="freeBytes">Free bytes of the disk that holds a folder; null asks the system.</param>
    /// <exception cref="BadInputException">An option is out of range.</exception>
    public DatasetPreparation(Ffmpeg ffmpeg, PreparationOptions options, Func<string, long>? freeBytes = null)
    {
        options.Validate();
        (_ffmpeg, _options) = (ffmpeg, options);
        _freeBytes = freeBytes ?? (folder => new DriveInfo(folder).AvailableFreeSpace);
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
        using FileStream only = LockOutput(folder);
        var output = new PreparationOutput(folder);
        OutputSet files = output.Claim(plan, _options);
        if (_options.CheckDiskSpace)
        {
            long needed = await EstimateAsync(Open(plan, output), cancellation).ConfigureAwait(false);
            DiskSpaceEstimate.Check(needed, _freeBytes(folder), folder);
        }
        output.RemoveOld(plan, files);
        PreparedVideo[] prepared = await ExtractAllAsync(plan.Videos, output, progress, cancellation).ConfigureAwait(false);
        return output.Write(plan, prepared, _options.Frames, _ffmpeg.Version, files);
    }

    /// <summary>What a run would do; writes nothing.</summary>
    /// <exception cref="BadInputException">As <see cref="RunAsync"/>, but for lack of room.</exception>
    public async Task<PreparationPreview> PreviewAsync(CancellationToken cancellation = default)
    {
        DatasetPlan plan = DatasetPlan.For(_options);
        string folder = Path.GetFullPath(_options.Output);
        var output = new PreparationOutput(folder);
        _ = output.Claim(plan, _options);
        SourceVideo[] open = Open(plan, output);
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        return new PreparationPreview(plan, open.Length, await EstimateAsync(open, cancellation).ConfigureAwait(false), _freeBytes(folder));
    }

    private async Task<PreparedVideo[]> ExtractAllAsync(
        IReadOnlyList<SourceVideo> videos,
        PreparationOutput output,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellation)
    {
        var extractor = new FrameExtractor(_ffmpeg, _options.Frames);
        var counter = new ProgressCounter(videos.Count, progress);
        var prepared = new PreparedVideo[videos.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Jobs, CancellationToken = cancellation };
        await Parallel.ForAsync(0, videos.Count, parallel, async (i, stop) =>
        {
            prepared[i] = await ExtractAsync(extractor, videos[i], output, counter, stop).ConfigureAwait(false);
            counter.End(prepared[i]);
        }).ConfigureAwait(false);
        return prepared;
    }

    private static async Task<PreparedVideo> ExtractAsync(
        FrameExtractor extractor,
        SourceVideo video,
        PreparationOutput output,
        ProgressCounter counter,
        CancellationToken cancellation)
    {
        int told = 0;
        ExtractionOutcome outcome = await extractor.ExtractAsync(
            video.File,
            Path.Combine(output.FrameRoot, video.FrameFolder),
            frames =>
            {
                counter.AddFrames(frames - told);
                told = frames;
            },
            cancellation).ConfigureAwait(false);
        return new PreparedVideo(video, outcome);
    }

    /// <summary>The videos that no earlier run finished.</summary>
    private SourceVideo[] Open(DatasetPlan plan, PreparationOutput output)
    {
        var extractor = new FrameExtractor(_ffmpeg, _options.Frames);
        return [.. plan.Videos.Where(video =>
            extractor.FindFinished(video.File, Path.Combine(output.FrameRoot, video.FrameFolder)) is null)];
    }

    private Task<long> EstimateAsync(IReadOnlyList<SourceVideo> videos, CancellationToken cancellation) =>
        new DiskSpaceEstimate(_ffmpeg, _options.Frames).EstimateAsync(videos, cancellation);

    /// <summary>Two runs on one output would delete each other's unfinished work.</summary>
    private static FileStream LockOutput(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(
                Path.Combine(folder, ".prepare.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None,
                bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException($"{folder} cannot be written to; give another folder with --out.", e);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new BadInputException(
                $"{folder} cannot be used: another run works on it; wait for its end or give another folder with "
                + "--out.", e);
        }
        catch (IOException e)
        {
            throw new BadInputException(
                $"{folder} cannot be used: {e.Message.TrimEnd('.')}; give another folder with --out.", e);
        }
    }
}
