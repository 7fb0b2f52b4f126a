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

/// <summary>
/// Makes film strips from frame files, each frame cropped to the centre square that the network sees.
/// </summary>
internal sealed record ThumbnailStrip
{
    /// <summary>Frames in a strip.</summary>
    public int Frames { get; init; } = 4;

    /// <summary>Width and height of a frame in pixels.</summary>
    public int FrameSize { get; init; } = 104;

    /// <summary>Pixels between frames.</summary>
    public int Gap { get; init; } = 2;

    /// <summary>JPEG quality, 1 to 100.</summary>
    public int Quality { get; init; } = 80;

    /// <summary>Frames spread over the whole video.</summary>
    public FilmStrip OfVideo(VideoEntry video) => Draw(video, Spread(0, video.FrameCount - 1));

    /// <summary>Frames spread over one window.</summary>
    public FilmStrip OfWindow(ClipOrigin clip, ClipOptions options)
    {
        var positions = new int[options.Frames];
        EvaluationClips.Positions(clip.Video.Shots, clip.Start, options, positions);
        return Draw(clip.Video, Spread(positions[0], positions[^1]));
    }

    /// <summary>
    /// The same frames as <see cref="OfWindow"/> under a haze as strong as the map is there, with boxes.
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
        return Draw(clip.Video, Spread(positions[0], positions[^1]), (canvas, position, shown, place) =>
        {
            int t = Enumerable.Range(0, positions.Length).MinBy(i => Math.Abs(positions[i] - position));
            using SKBitmap haze = Haze(map.AsSpan(t * area, area), options.Size, most);
            using SKImage image = SKImage.FromBitmap(haze);
            canvas.DrawImage(image, place, new SKSamplingOptions(SKFilterMode.Linear));
            using var pen = new SKPaint
            {
                Style = SKPaintStyle.Stroke,
                StrokeWidth = 1,
                Color = SKColors.White,
                IsAntialias = true
            };
            canvas.Save();
            canvas.ClipRect(place);
            foreach (CropBox box in boxes(position))
                canvas.DrawRect(SKRect.Create(
                    place.Left + ((box.X - shown.X) * place.Width / shown.Width),
                    place.Top + ((box.Y - shown.Y) * place.Height / shown.Height),
                    box.Width * place.Width / shown.Width,
                    box.Height * place.Height / shown.Height), pen);
            canvas.Restore();
        });
    }

    /// <summary>Width and height of a video's first frame.</summary>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public static (int Width, int Height) SizeOf(VideoEntry video)
    {
        using SKCodec? codec = SKCodec.Create(video.FramePath(0));
        return codec is null ? throw Unreadable(video, video.FramePath(0)) : (codec.Info.Width, codec.Info.Height);
    }

    private static SKBitmap Haze(ReadOnlySpan<float> map, int size, float most)
    {
        const float Strongest = 0.75f;
        var haze = new SKBitmap(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int i = 0; i < map.Length; i++)
            haze.SetPixel(i % size, i / size,
                new SKColor(0xff, 0x8c, 0x00, (byte)(255 * Strongest * Math.Clamp(map[i] / most, 0, 1))));
        return haze;
    }

    private static BadInputException Unreadable(VideoEntry video, string path) =>
        new($"{video.Origin}: {path} is missing or is not a readable JPEG.");

    private IEnumerable<int> Spread(int first, int last) => Enumerable.Range(0, Frames)
        .Select(i => first + (int)Math.Round((last - first) * (double)i / Math.Max(1, Frames - 1)));

    private FilmStrip Draw(VideoEntry video, IEnumerable<int> positions,
        Action<SKCanvas, int, CropBox, SKRect>? over = null)
    {
        int width = (Frames * (FrameSize + Gap)) - Gap;
        using var strip = new SKBitmap(new SKImageInfo(width, FrameSize, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(strip);
        canvas.Clear(new SKColor(0x80, 0x80, 0x80)); // the gaps, visible on a light and on a dark page
        var smooth = new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        int x = 0;
        foreach (int position in positions)
        {
            string path = video.FramePath(position);
            using SKImage frame = SKImage.FromEncodedData(path)
                ?? throw Unreadable(video, path);
            CropBox box = CropBox.CentreSquare(frame.Width, frame.Height);
            SKRect place = SKRect.Create(x, 0, FrameSize, FrameSize);
            canvas.DrawImage(frame, SKRect.Create(box.X, box.Y, box.Width, box.Height), place, smooth);
            over?.Invoke(canvas, position, box, place);
            x += FrameSize + Gap;
        }

        canvas.Flush();
        using SKData jpeg = strip.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return new FilmStrip(jpeg.ToArray(), width, FrameSize);
    }
}
