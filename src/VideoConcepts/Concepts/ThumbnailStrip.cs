using SkiaSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Concepts;

/// <summary>Frames of a video side by side, from left to right in time, as one JPEG.</summary>
/// <param name="Jpeg">The file's bytes.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record FilmStrip(byte[] Jpeg, int Width, int Height);

/// <summary>Makes film strips from frame files, each frame cropped to the centre square that the network sees.</summary>
public sealed record ThumbnailStrip
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
        EvaluationClips.Positions(clip.Video.FrameCount, clip.Start, options, positions);
        return Draw(clip.Video, Spread(positions[0], positions[^1]));
    }

    private IEnumerable<int> Spread(int first, int last) => Enumerable.Range(0, Frames)
        .Select(i => first + (int)Math.Round((last - first) * (double)i / Math.Max(1, Frames - 1)));

    private FilmStrip Draw(VideoEntry video, IEnumerable<int> positions)
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
                ?? throw new BadInputException($"{video.Origin}: {path} is missing or is not a readable JPEG.");
            CropBox box = CropBox.CentreSquare(frame.Width, frame.Height);
            canvas.DrawImage(frame, SKRect.Create(box.X, box.Y, box.Width, box.Height),
                SKRect.Create(x, 0, FrameSize, FrameSize), smooth);
            x += FrameSize + Gap;
        }

        canvas.Flush();
        using SKData jpeg = strip.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return new FilmStrip(jpeg.ToArray(), width, FrameSize);
    }
}
