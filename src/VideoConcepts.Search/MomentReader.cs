using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>A frame of a moment: as the network sees it, (3, H, W), and as it is shown, or null.</summary>
internal sealed record SeenFrame(int Position, byte[] Planes, FrameImage? Shown);

/// <summary>A moment as it was read: its frames for the network and its strip.</summary>
internal sealed record ReadMoment(Moment Place, byte[][] Frames, byte[]? Strip);

/// <summary>What is known of a video that was read to its end.</summary>
internal sealed record ReadVideo(int Frames, double Duration, string? Error);

/// <summary>Reads a video as moments, as a library cuts it: nothing is written to the disk, and of a long video only
/// the frames of a moment are held.</summary>
internal sealed class MomentReader(LibraryHeader header, Ffmpeg? ffmpeg, int threads = 1)
{
    private readonly MomentStrip? _strip = header.StripHeight > 0 ? new MomentStrip(header.StripHeight) : null;

    /// <summary>Where in a video file to begin, in seconds; null: at its beginning.</summary>
    public double? From { get; init; }

    /// <summary>How much of a video file is read, in seconds; null: all.</summary>
    public double? Seconds { get; init; }

    /// <summary>Most moments of a video file; null: all.</summary>
    public int? Most { get; init; }

    /// <summary>Reads a video file.</summary>
    /// <param name="video">The file.</param>
    /// <param name="onMoment">Told each moment in order; reading waits for it.</param>
    /// <param name="onLength">Told how many seconds there are by what the container says.</param>
    /// <param name="stop">Ends ffmpeg.</param>
    public async Task<(ReadVideo Video, bool IsNoVideo)> ReadFileAsync(RawFile video, Action<ReadMoment> onMoment,
        Action<double?> onLength, CancellationToken stop)
    {
        var times = new FrameTimes();
        var window = new MomentCutter<SeenFrame>(header.Frames, header.Step / header.FrameStride);
        var frames = new VideoFrames(ffmpeg!)
        {
            ShortSide = Math.Max(header.Size, header.StripHeight),
            Stride = header.FrameStride,
            From = From,
            Length = Seconds,
            Most = Most is { } most ? header.Frames + ((most - 1) * header.Step / header.FrameStride) : null,
            Threads = threads,
        };
        // ffmpeg tells times some hundred frames at once, and pictures one by one: nobody waits for times while it does
        var whole = new Queue<SeenFrame[]>();
        StreamedVideo streamed = await frames.ReadAsync(video, times, (position, image) =>
        {
            if (position == 0) onLength(times.Expected);
            if (window.Add(See(position, image)) is { } seen) whole.Enqueue(seen);
            Give(times.Count);
        }, stop).ConfigureAwait(false);
        if (streamed.Error is { } error) return (new(times.Count, 0, error), streamed.IsNoVideo);
        Give(int.MaxValue);
        if (window.End() is { } rest) onMoment(Moment(rest, times.Of, stop));
        return (new(times.Count, times.Of(times.Count - 1, stop).End - times.Of(0, stop).Start, null), false);

        void Give(int known)
        {
            while (whole.TryPeek(out SeenFrame[]? next) && next[^1].Position + 1 < known)
                onMoment(Moment(whole.Dequeue(), times.Of, stop));
        }
    }

    /// <summary>Reads a folder, or a ZIP file, of frames. No moment reaches across a cut.</summary>
    /// <exception cref="BadInputException">A frame cannot be read.</exception>
    public ReadVideo ReadFrames(VideoEntry video, IFrameReader reader, Action<ReadMoment> onMoment,
        CancellationToken stop)
    {
        var image = new FrameImage();
        foreach (Shot shot in video.Shots.All)
        {
            var window = new MomentCutter<SeenFrame>(header.Frames, header.Step / header.FrameStride);
            for (int position = shot.First; position < shot.End; position += header.FrameStride)
            {
                stop.ThrowIfCancellationRequested();
                reader.Read(video, position, image);
                if (window.Add(See(position, image)) is { } whole) onMoment(Moment(whole, Even, stop));
            }
            if (window.End() is { } rest) onMoment(Moment(rest, Even, stop));
        }
        return new(video.FrameCount, video.FrameCount / header.FramesPerSecond, null);

        (double Start, double End) Even(int position, CancellationToken _) =>
            (position / header.FramesPerSecond, (position + 1) / header.FramesPerSecond);
    }

    private SeenFrame See(int position, FrameImage image)
    {
        var square = new FrameImage();
        WindowReader.Shrink(image, TestView.Centre, header.Size, square);
        byte[] planes = new byte[3 * header.Size * header.Size];
        WindowReader.Planes(square, planes);
        return new(position, planes, _strip?.Small(image));
    }

    private ReadMoment Moment(SeenFrame[] window, Func<int, CancellationToken, (double Start, double End)> times,
        CancellationToken stop)
    {
        int first = window[0].Position, last = window[^1].Position;
        var place = new Moment(0, 0, first, last, times(first, stop).Start, times(last, stop).End);
        return new(place, [.. window.Select(frame => frame.Planes)],
            _strip?.Draw([.. window.Select(frame => frame.Shown!)]));
    }
}
