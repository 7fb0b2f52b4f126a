using System.Globalization;
using VideoConcepts.Augmentation;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>What came of streaming a video.</summary>
/// <param name="Error">Why it was not decoded to its end, in one line; null: it was.</param>
/// <param name="IsNoVideo">There is no video in the file.</param>
internal readonly record struct StreamedVideo(string? Error, bool IsNoVideo);

/// <summary>
/// The frames of a video file, one after another, from one ffmpeg process: nothing is written to the disk. Colours,
/// rotation and proportions are those of <see cref="FrameExtractor"/>, and what it calls damaged is an error here, too.
/// </summary>
internal sealed class VideoFrames(Ffmpeg ffmpeg, ExtractionLimits? limits = null)
{
    private const string Key = "shown";

    /// <summary>What is said of a video without frames.</summary>
    internal const string NoFrame = "no frame could be decoded";

    /// <summary>A line that ffmpeg writes after the time of each frame.</summary>
    internal const string Mark = Key + "=1";

    private readonly ExtractionLimits _limits = limits ?? new();

    /// <summary>Pixels of the shorter side; a smaller video keeps its size.</summary>
    public int ShortSide { get; init; } = 128;

    /// <summary>Every how manieth frame is given, the first one first; all are decoded.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Seconds from the beginning to the first frame that is given, which is position 0; null: none.</summary>
    public double? From { get; init; }

    /// <summary>Seconds of video that are decoded; null: all.</summary>
    public double? Length { get; init; }

    /// <summary>Most frames that are given; null: all.</summary>
    public int? Most { get; init; }

    /// <summary>Threads that ffmpeg decodes with.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Streams a video.</summary>
    /// <param name="video">The file.</param>
    /// <param name="times">Gets the time of every frame.</param>
    /// <param name="onFrame">Told the position and the picture of each frame that is given, which is used again
    /// afterwards; ffmpeg waits for it.</param>
    /// <param name="stop">Ends ffmpeg.</param>
    public async Task<StreamedVideo> ReadAsync(RawFile video, FrameTimes times, Action<int, FrameImage> onFrame,
        CancellationToken stop)
    {
        try
        {
            return await StreamAsync(video, times, onFrame, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(OneLine(e.Message), false);
        }
        finally
        {
            times.End();
        }
    }

    private async Task<StreamedVideo> StreamAsync(RawFile video, FrameTimes times, Action<int, FrameImage> onFrame,
        CancellationToken stop)
    {
        if (video.Status is null)
            throw new FileNotFoundException($"there is no {video.Name}, or it is a link to nothing");
        if (FfmpegInput.Fault(video) is { } fault) return new(fault, fault == ForeignFormat.Picture);
        using var input = new FfmpegInput(video);
        // most videos need no treatment of their colours: ffprobe is asked about those alone that may
        if (await RunAsync(input, VideoColours.Unknown, isSure: false, times, onFrame, stop).ConfigureAwait(false)
            is { } streamed)
            return streamed;
        VideoColours colours = await VideoColours.OfAsync(ffmpeg, input, stop).ConfigureAwait(false);
        times.Expected ??= colours.Seconds;
        if (colours.IsHdr && !ffmpeg.MapsTones) return new(FrameExtractor.NoToneMapping, false);
        return (await RunAsync(input, colours, isSure: true, times, onFrame, stop).ConfigureAwait(false))!.Value;
    }

    /// <summary>Null: the colours have to be known first; no frame was given.</summary>
    private async Task<StreamedVideo?> RunAsync(FfmpegInput input, VideoColours colours, bool isSure, FrameTimes times,
        Action<int, FrameImage> onFrame, CancellationToken stop)
    {
        int given = 0;
        var ordinary = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isSure) ordinary.SetResult(true);
        using var unsure = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var patience = new Patience(_limits.WithoutProgress, _limits.Clock, unsure.Token);
        try
        {
            FfmpegRun run = await ffmpeg.PipeAsync(Arguments(input, colours), Read, Hear, () =>
            {
                ordinary.TrySetResult(true); // there was no such line: there is no video
                times.End();
            }, patience.Token).ConfigureAwait(false);
            if (run.IsNoVideo) return new("there is no video in it, only sound or a cover picture", true);
            if (run.Error is not null)
                return new(OneLine(run.Error.Replace(input.Url, input.Shown, StringComparison.Ordinal)), false);
            return given == 0 ? new(NoFrame, false) : default(StreamedVideo);
        }
        catch (OperationCanceledException) when (ordinary.Task is { IsCompletedSuccessfully: true, Result: false })
        {
            stop.ThrowIfCancellationRequested();
            times.Clear();
            return null;
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            stop.ThrowIfCancellationRequested();
            return new(string.Create(CultureInfo.InvariantCulture,
                $"ffmpeg gave no frame for {_limits.WithoutProgress.TotalMinutes:0.#} minutes after frame "
                + $"{times.Count} and was ended"), false);
        }

        bool Hear(string line)
        {
            if (times.Take(line)) return false;
            times.Expected ??= StreamLine.Seconds(line);
            if (StreamLine.IsOrdinary(line) is { } isOrdinary && ordinary.TrySetResult(isOrdinary) && !isOrdinary)
                unsure.Cancel();
            return true;
        }

        void Read(Stream output)
        {
            using var pictures = new PixmapReader(output);
            var image = new FrameImage();
            while (pictures.Read(image))
            {
                ordinary.Task.Wait(patience.Token);
                if (!ordinary.Task.Result) return;
                patience.Pause(); // whoever takes the frames may be busy with another video
                onFrame(given++ * Stride, image);
                patience.Renew();
            }
        }
    }

    private string[] Arguments(FfmpegInput video, VideoColours colours)
    {
        string threads = Threads.ToString(CultureInfo.InvariantCulture);
        string every = Stride == 1 ? ""
            : string.Create(CultureInfo.InvariantCulture, $@"select=not(mod(n\,{Stride})),");
        return
        [
            .. FfmpegInput.Options,
            "-threads", threads,
            .. Given("-ss", From), .. Given("-t", Length),
            "-i", video.Url,
            "-map", "0:V:0",
            ffmpeg.FrameModeOption, "passthrough",
            "-vf", $@"settb=AVTB,metadata=mode=add:key={Key}:value=1,"
                + $@"metadata=mode=print:key={Key}:file=pipe\\:2,{every}"
                + FrameExtractor.Scale(ShortSide, colours) + ",setsar=1,format=rgb24,settb=1/25,setpts=N",
            .. Given("-frames:v", Most),
            "-enc_time_base", "1:25",
            "-filter_threads", "1", "-threads", "1",
            "-c:v", "ppm", "-f", "image2pipe", "pipe:1",
        ];
    }

    private static string[] Given(string option, double? value) =>
        value is { } number ? [option, number.ToString("0.######", CultureInfo.InvariantCulture)] : [];

    private static string OneLine(string text) => VisibleText.Of(text.ReplaceLineEndings(" "));
}
