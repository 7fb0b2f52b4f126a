using System.Globalization;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// One video file → a folder image_00001.jpg, image_00002.jpg … whose n-th picture is the n-th frame that a full
/// decode gives, in the order in which a player shows them. Time stamps play no part: gaps, variable frame rates and
/// repeated stamps neither drop nor repeat a frame. Thread-safe.
/// </summary>
internal sealed class FrameExtractor
{
    internal const string NoToneMapping =
        "its light is of high dynamic range, and this ffmpeg has no zscale and tonemap to bring it to that of a "
        + "display; give one that has with ‹ffmpeg›";

    private readonly Ffmpeg _ffmpeg;
    private readonly FrameOptions _options;
    private readonly ExtractionLimits _limits;

    /// <exception cref="BadInputException">An option is out of range.</exception>
    public FrameExtractor(Ffmpeg ffmpeg, FrameOptions options)
        : this(ffmpeg, options, new ExtractionLimits())
    {
    }

    /// <exception cref="BadInputException">An option is out of range.</exception>
    internal FrameExtractor(Ffmpeg ffmpeg, FrameOptions options, ExtractionLimits limits)
    {
        options.Validate();
        (_ffmpeg, _options, _limits) = (ffmpeg, options, limits);
    }

    /// <summary>The finished frames of an earlier run with the same options, or null.</summary>
    public ExtractionOutcome? FindFinished(string video, string folder) =>
        new FrameFolder(folder, _options.Pack).FindFinished(new RawFile(video), _options);

    /// <summary>As above; a failure if the folder cannot be looked at.</summary>
    internal ExtractionOutcome? LookAt(RawFile video, string folder)
    {
        try
        {
            return new FrameFolder(folder, _options.Pack).FindFinished(video, _options);
        }
        catch (InvalidDataException e)
        {
            return ExtractionOutcome.Failed(OneLine(
                $"{FrameFolder.NameOf(folder, _options.Pack)}: {e.Message}; move it away, and it is made anew"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ExtractionOutcome.Failed(OneLine(e.Message));
        }
    }

    /// <summary>Removes what a killed run left beside finished frames; what cannot be removed stays.</summary>
    internal void Tidy(RawFile video, string folder)
    {
        try
        {
            new FrameFolder(folder, _options.Pack).Tidy(video, _options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // the frames are there all the same
        }
    }

    /// <summary>
    /// Extracts all frames, or finds them finished. A video that does not decode to its end without an error is a
    /// failure and leaves no folder. A cancellation stops ffmpeg and leaves no folder either.
    /// </summary>
    /// <param name="video">The file.</param>
    /// <param name="folder">Where the frames go; the parent is made if needed.</param>
    /// <param name="onFrames">Told the number of frames written so far, about twice a second.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    public Task<ExtractionOutcome> ExtractAsync(
        string video, string folder, Action<int>? onFrames = null, CancellationToken cancellation = default)
    {
        var file = new RawFile(Path.GetFullPath(video));
        return LookAt(file, folder) is { } finished ? Task.FromResult(finished)
            : ExtractAnewAsync(file, folder, onFrames, cancellation);
    }

    /// <summary>Extracts all frames of a video that no earlier run finished.</summary>
    internal async Task<ExtractionOutcome> ExtractAnewAsync(
        RawFile video, string folder, Action<int>? onFrames, CancellationToken cancellation)
    {
        var target = new FrameFolder(folder, _options.Pack);
        try
        {
            target.Clear();
            try
            {
                return target.TakeOver(video, _options, cancellation)
                    ?? await ExtractAsync(video, target, onFrames, cancellation).ConfigureAwait(false);
            }
            finally
            {
                target.DeletePartial();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return ExtractionOutcome.Failed(OneLine(e.Message));
        }
    }

    private async Task<ExtractionOutcome> ExtractAsync(
        RawFile video, FrameFolder target, Action<int>? onFrames, CancellationToken cancellation)
    {
        FileStatus before = video.Status
            ?? throw new FileNotFoundException($"there is no {video.Name}, or it is a link to nothing");
        (string? foreign, string? end) = FfmpegInput.Faults(video);
        if (foreign is not null)
            return foreign == ForeignFormat.Picture ? ExtractionOutcome.NoVideo(foreign)
                : ExtractionOutcome.Failed(foreign);
        if (end is not null && _options.Tolerate == 0) return ExtractionOutcome.Failed(end);

        using var input = new FfmpegInput(video);
        VideoColours colours = await VideoColours.OfAsync(_ffmpeg, input, cancellation).ConfigureAwait(false);
        if (colours.IsHdr && !_ffmpeg.MapsTones) return ExtractionOutcome.Failed(NoToneMapping);
        Directory.CreateDirectory(target.PartialPath);
        var work = new Work(input, colours, target, onFrames, cancellation);
        (FfmpegRun run, int frames) = end is null ? await RunAsync(work).ConfigureAwait(false)
            : (new FfmpegRun(end, false), 0);
        if (run.Error is null && await LostAtTheEndAsync(work, video).ConfigureAwait(false) is > 0 and var lost)
            run = new FfmpegRun(end = $"the file is truncated: {lost} or more of its frames are missing", false);
        if (run.IsNoVideo) return ExtractionOutcome.NoVideo("there is no video in it, only sound or a cover picture");
        var treatment = new FrameTreatment(colours.Treatment);
        if (run.Error is not null)
        {
            (string? refused, frames, treatment) = await TolerateAsync(work, run, end is not null, frames)
                .ConfigureAwait(false);
            if (refused is not null)
                return ExtractionOutcome.Failed(OneLine(
                    refused.Replace(input.Url, input.Shown, StringComparison.Ordinal)));
        }
        if (frames == 0) return ExtractionOutcome.Failed("no frame could be decoded");
        if (frames > _limits.Frames)
            return ExtractionOutcome.Failed($"it has more than {_limits.Frames} frames; cut it into parts");
        if (frames == 1 && await HasOneAsync(input, cancellation).ConfigureAwait(false))
            return ExtractionOutcome.NoVideo("one picture, not a video");
        return target.Finish(video, before, _options, _ffmpeg.Version, frames, treatment);
    }

    private async Task<int> LostAtTheEndAsync(Work work, RawFile video)
    {
        if (!Mp4End.IsMissing(video)) return 0;
        VideoPackets? packets = await VideoPackets.OfAsync(_ffmpeg, work.Input, _limits.WithoutProgress,
            work.Cancellation).ConfigureAwait(false);
        // fragments, whose index says nothing: at least one is cut off
        return packets is null ? 0 : packets.Counted - packets.Times.Count ?? 1;
    }

    /// <summary>A second run, of a video that failed, which goes on behind errors.</summary>
    /// <returns>Why it is refused all the same, or null; how many frames there are then, and what was done.</returns>
    private async Task<(string? Refused, int Frames, FrameTreatment Treatment)> TolerateAsync(
        Work work, FfmpegRun first, bool endIsMissing, int told)
    {
        var treatment = new FrameTreatment(work.Colours.Treatment);
        if (_options.Tolerate == 0 || first.IsFinal) return (first.Error, 0, treatment);
        work.Target.DeletePartial();
        Directory.CreateDirectory(work.Target.PartialPath);
        var heard = new DamagedFrames.Listener();
        (FfmpegRun run, int frames) = await RunAsync(work, heard, told).ConfigureAwait(false);
        if (run.Error is not null || frames == 0) return (first.Error, 0, treatment);
        if (frames > _limits.Frames) return (null, frames, treatment);
        VideoPackets? packets = await VideoPackets.OfAsync(_ffmpeg, work.Input, _limits.WithoutProgress,
            work.Cancellation).ConfigureAwait(false);
        (FramePlaces? places, string? reason) = DamagedFrames.Places(work.Target.PartialPath, packets,
            endIsMissing || heard.EndIsMissing);
        if (places is not null)
        {
            // An error that no frame is blamed for was one in at least one frame.
            int damaged = Math.Max(1, heard.Corrupt + places.Lost.Count);
            reason = DamagedFrames.TooMuch(damaged, places.Times.Count, _options.Tolerate);
            treatment = treatment with { Damaged = damaged, Filled = places.Lost.Count };
        }
        if (reason is not null) return ($"{first.Error} ({reason})", 0, treatment);
        DamagedFrames.Fill(work.Target.PartialPath, places!);
        return (null, places!.Times.Count, treatment);
    }

    private async Task<(FfmpegRun Run, int Frames)> RunAsync(Work work, DamagedFrames.Listener? heard = null,
        int told = 0)
    {
        int frames = 0;
        using var patience = new Patience(_limits.WithoutProgress, _limits.Clock, work.Cancellation);
        string[] arguments = Arguments(work.Input, work.Colours, heard is not null);
        try
        {
            FfmpegRun run = heard is null
                ? await _ffmpeg.RunAsync(arguments, work.Target.PartialPath, ReadProgress, patience.Token)
                    .ConfigureAwait(false)
                : new FfmpegRun(await _ffmpeg.RunThroughAsync(arguments, work.Target.PartialPath, ReadProgress,
                    heard.Hear, patience.Token).ConfigureAwait(false), false);
            return (run, frames);
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            work.Cancellation.ThrowIfCancellationRequested();
            string reason = string.Create(CultureInfo.InvariantCulture,
                $"ffmpeg gave no frame for {_limits.WithoutProgress.TotalMinutes:0.#} minutes after frame {frames} and "
                + $"was ended");
            var ended = new FfmpegRun(reason, false) { IsFinal = true };
            return (ended, frames);
        }

        void ReadProgress(string line)
        {
            if (!line.StartsWith("frame=", StringComparison.Ordinal)) return;
            int now = int.Parse(line.AsSpan("frame=".Length).Trim(), CultureInfo.InvariantCulture);
            if (now > frames) patience.Renew();
            frames = now;
            if (frames >= told) work.OnFrames?.Invoke(frames); // a second run begins anew, what was told does not
        }
    }

    // Of a video a limit of frames per second can leave one.
    private async Task<bool> HasOneAsync(FfmpegInput input, CancellationToken cancellation)
    {
        if (_options.FpsLimit is null) return true;
        string? packets = await VideoProbe.AskAsync(_ffmpeg, input,
            ["-read_intervals", "%+#2", "-show_entries", "packet=flags", "-of", "csv=p=0"], cancellation)
            .ConfigureAwait(false);
        return packets is not null && packets.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length < 2;
    }

    private string[] Arguments(FfmpegInput video, VideoColours colours, bool damaged)
    {
        // Frame n gets the time stamp n/25, whatever the file says: no two frames share one, none is too early. Where
        // those of the file are needed, it gets it when it is written.
        bool ownTimes = !damaged && _options.FpsLimit is null;
        return
        [
            .. FfmpegInput.Options,
            "-threads", "1",
            .. (string[])(ownTimes ? ["-r", "25"] : damaged ? ["-copyts"] : []),
            "-i", video.Url,
            // V: the first stream that is a video; v would also take a cover picture.
            "-map", "0:V:0",
            _ffmpeg.FrameModeOption, "passthrough",
            "-vf", (damaged ? DamagedFrames.Look : "")
                + (_ffmpeg.FindsCuts ? CutDetection.Look : "") + Limit(_options.FpsLimit)
                + (_ffmpeg.FindsCuts ? CutDetection.Count : "") + Filters(_options.ShortSide, colours)
                + (ownTimes ? "" : ",settb=1/25,setpts=N"),
            // The encoder refuses two frames of one time, to which uneven ones are rounded.
            .. (string[])(ownTimes ? [] : ["-enc_time_base", "1:25"]),
            "-filter_threads", "1", "-threads", "1",
            // One more than allowed: those that have more can be told.
            "-frames:v", (_limits.Frames + 1).ToString(CultureInfo.InvariantCulture),
            "-c:v", "mjpeg", "-q:v", _options.QuantizerScale.ToString(CultureInfo.InvariantCulture),
            "-progress", "pipe:1",
            // Relative to the working directory: a % in the folder's name would be taken for a pattern.
            "-f", "image2", "image_%05d.jpg",
        ];
    }

    /// <summary>Of the frames whose time stamps fall into the same 1/fps of a second, the first stays.</summary>
    private static string Limit(double? fps) => fps is null ? "" : string.Create(CultureInfo.InvariantCulture,
        $@"select=isnan(prev_selected_t)+gt(floor(t*{fps}+0.001)\,floor(prev_selected_t*{fps}+0.001)),");

    /// <summary>
    /// ffmpeg turns the picture upright before this, and after it brings pictures of a later, different size to the
    /// size of the first. Pixels become square, and the shorter side shrinks to <paramref name="shortSide"/>.
    /// </summary>
    private static string Filters(int shortSide, VideoColours colours) =>
        Scale(shortSide, colours) + ",setsar=1,format=yuvj420p";

    /// <summary>The same, before the pixel format is chosen.</summary>
    internal static string Scale(int shortSide, VideoColours colours)
    {
        const string DisplayWidth = @"iw*if(sar\,sar\,1)";
        string factor = string.Create(
            CultureInfo.InvariantCulture, $@"min(1\,{shortSide}/min({DisplayWidth}\,ih))");
        return colours.Filters($@"w=max(1\,round({DisplayWidth}*{factor})):h=max(1\,round(ih*{factor}))");
    }

    private static string OneLine(string text) => VisibleText.Of(text.ReplaceLineEndings(" "));

    private sealed record Work(FfmpegInput Input, VideoColours Colours, FrameFolder Target, Action<int>? OnFrames,
        CancellationToken Cancellation);
}
