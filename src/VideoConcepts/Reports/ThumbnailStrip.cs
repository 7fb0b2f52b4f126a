using SkiaSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Reports;

/// <summary>Frames of a video side by side, from left to right in time, as one JPEG.</summary>
/// <param name="Jpeg">The file's bytes.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
internal sealed record FilmStrip(byte[] Jpeg, int Width, int Height);

/// <summary>Makes film strips from frame files, each frame whole and in its own proportions.</summary>
internal sealed record ThumbnailStrip
{
    /// <summary>Frames in a strip, fewer of a video or window that has fewer.</summary>
    public int Frames { get; init; } = 6;

    /// <summary>Height of a frame in pixels.</summary>
    public int FrameHeight { get; init; } = 96;

    /// <summary>A frame that would be wider is made less high instead.</summary>
    public int WidestFrame { get; init; } = 240;

    /// <summary>Pixels between frames.</summary>
    public int Gap { get; init; } = 2;

    /// <summary>JPEG quality, 1 to 100.</summary>
    public int Quality { get; init; } = 70;

    /// <summary>The frames in the middle of equal parts of the video: the first and last one are often black.</summary>
    public FilmStrip OfVideo(VideoEntry video) => Draw(video, EvenRows.Of(video.FrameCount, Frames));

    /// <summary>Frames spread over one window.</summary>
    public FilmStrip OfWindow(ClipOrigin clip, ClipOptions options)
    {
        var positions = new int[options.Frames];
        EvaluationClips.Positions(clip.Video.Shots, clip.Start, options, positions);
        return Draw(clip.Video, Spread(positions[0], positions[^1]));
    }

    /// <summary>
    /// The same frames as <see cref="OfWindow"/> under a haze as strong as the map is there, with boxes. What lies
    /// outside the centre square, which the network sees, is darkened.
    /// </summary>
    /// <param name="clip">The window.</param>
    /// <param name="options">How it was cut.</param>
    /// <param name="map">(T, H, W); negative values are not drawn.</param>
    /// <param name="boxes">Boxes of a frame, in pixels of the frame.</param>
    public FilmStrip OfMap(ClipOrigin clip, ClipOptions options, float[] map, Func<int, IReadOnlyList<CropBox>> boxes)
    {
        var positions = new int[options.Frames];
        EvaluationClips.Positions(clip.Video.Shots, clip.Start, options, positions);
        float most = Math.Max(map.Max(), float.Epsilon);
        int area = options.Size * options.Size;
        return Draw(clip.Video, Spread(positions[0], positions[^1]), (canvas, position, frame, place) =>
        {
            float scale = place.Width / frame.Width;
            CropBox seen = CropBox.CentreSquare(frame.Width, frame.Height);
            SKRect Placed(CropBox box) => SKRect.Create(place.Left + (box.X * scale), place.Top + (box.Y * scale),
                box.Width * scale, box.Height * scale);
            int t = Enumerable.Range(0, positions.Length).MinBy(i => Math.Abs(positions[i] - position));
            using SKBitmap haze = Haze(map.AsSpan(t * area, area), options.Size, most);
            using SKImage image = SKImage.FromBitmap(haze);
            canvas.Save();
            canvas.ClipRect(place);
            canvas.Save();
            canvas.ClipRect(Placed(seen), SKClipOperation.Difference);
            canvas.DrawColor(Unseen, SKBlendMode.SrcOver);
            canvas.Restore();
            canvas.DrawImage(image, Placed(seen), new SKSamplingOptions(SKFilterMode.Linear));
            using var pen = new SKPaint
            {
                Style = SKPaintStyle.Stroke,
                StrokeWidth = 1,
                Color = SKColors.White,
                IsAntialias = true
            };
            foreach (CropBox box in boxes(position)) canvas.DrawRect(Placed(box), pen);
            canvas.Restore();
        });
    }

    /// <summary>Width and height of a video's first frame.</summary>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public static (int Width, int Height) SizeOf(VideoEntry video)
    {
        using var files = new FrameFile();
        using SKData file = SKData.CreateCopy(files.Load(video, 0));
        using SKCodec? codec = SKCodec.Create(file);
        return codec is null ? throw Undecodable(video, 0) : (codec.Info.Width, codec.Info.Height);
    }

    private static readonly SKColor Unseen = new(0, 0, 0, 0x80);

    private static SKBitmap Haze(ReadOnlySpan<float> map, int size, float most)
    {
        const float Strongest = 0.75f;
        var haze = new SKBitmap(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int i = 0; i < map.Length; i++)
            haze.SetPixel(i % size, i / size,
                new SKColor(0xff, 0x8c, 0x00, (byte)(255 * Strongest * Math.Clamp(map[i] / most, 0, 1))));
        return haze;
    }

    private static BadInputException Undecodable(VideoEntry video, int position) =>
        FrameFile.Unreadable(video, position, "not a JPEG picture");

    private static SKImage Frame(FrameFile files, VideoEntry video, int position)
    {
        using SKData file = SKData.CreateCopy(files.Load(video, position));
        return SKImage.FromEncodedData(file) ?? throw Undecodable(video, position);
    }

    // From the first to the last; of a window that has fewer frames, each once.
    private IEnumerable<int> Spread(int first, int last) => Enumerable.Range(0, Frames)
        .Select(i => first + (int)Math.Round((last - first) * (double)i / Math.Max(1, Frames - 1))).Distinct();

    private SKSizeI SizeOf(SKImage frame)
    {
        float scale = Math.Min((float)FrameHeight / frame.Height, (float)WidestFrame / frame.Width);
        return new SKSizeI(Math.Max(1, (int)Math.Round(scale * frame.Width)),
            Math.Max(1, (int)Math.Round(scale * frame.Height)));
    }

    private FilmStrip Draw(VideoEntry video, IEnumerable<int> positions,
        Action<SKCanvas, int, SKImage, SKRect>? over = null)
    {
        using var files = new FrameFile();
        List<(int Position, SKImage Image)> frames = [];
        try
        {
            foreach (int position in positions) frames.Add((position, Frame(files, video, position)));
            return Draw(frames, over);
        }
        finally
        {
            foreach ((_, SKImage image) in frames) image.Dispose();
        }
    }

    private FilmStrip Draw(List<(int Position, SKImage Image)> frames,
        Action<SKCanvas, int, SKImage, SKRect>? over)
    {
        SKSizeI[] sizes = [.. frames.Select(frame => SizeOf(frame.Image))];
        int width = sizes.Sum(size => size.Width + Gap) - Gap, height = sizes.Max(size => size.Height);
        using var strip = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(strip);
        canvas.Clear(new SKColor(0x80, 0x80, 0x80)); // the gaps, visible on a light and on a dark page
        var smooth = new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        int x = 0;
        for (int i = 0; i < frames.Count; i++)
        {
            SKRect place = SKRect.Create(x, 0, sizes[i].Width, sizes[i].Height);
            canvas.DrawImage(frames[i].Image, place, smooth);
            over?.Invoke(canvas, frames[i].Position, frames[i].Image, place);
            x += sizes[i].Width + Gap;
        }

        canvas.Flush();
        using SKData jpeg = strip.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return new FilmStrip(jpeg.ToArray(), width, height);
    }
}
