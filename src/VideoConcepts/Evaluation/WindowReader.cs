using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Decodes windows into 8-bit clips. Neighbouring windows share half their frames, so the last T·stride frames
/// are kept as small pictures. One instance serves one thread.
/// </summary>
internal sealed class WindowReader(IFrameReader reader, ClipOptions options)
{
    private readonly FrameImage _decoded = new();
    private readonly FrameImage[] _kept = [.. Enumerable.Range(0, options.Span).Select(_ => new FrameImage())];
    private readonly (int Width, int Height)[] _keptFrom = new (int, int)[options.Span]; // what they were before
    private readonly int[] _keptPosition = new int[options.Span];
    private readonly int[] _positions = new int[options.Frames];
    private VideoEntry? _video;

    /// <summary>Writes the window as (T, 3, H, W).</summary>
    /// <exception cref="BadInputException">A frame cannot be read, or the window's frames differ in size.</exception>
    public void Read(VideoEntry video, int start, Span<byte> clip)
    {
        if (video != _video)
        {
            Array.Fill(_keptPosition, -1);
            _video = video;
        }

        EvaluationClips.Positions(video.FrameCount, start, options, _positions);
        // of each window anew: what is found does not depend on which thread has read the one before
        var size = new SteadySize();
        for (int t = 0; t < options.Frames; t++)
        {
            FrameImage frame = Frame(video, _positions[t]);
            (int width, int height) = _keptFrom[_positions[t] % options.Span];
            size.Check(video, _positions[t], width, height);
            Planes(frame, clip.Slice(t * frame.Pixels.Length, frame.Pixels.Length));
        }
    }

    private FrameImage Frame(VideoEntry video, int position)
    {
        int slot = position % options.Span;
        FrameImage small = _kept[slot];
        if (_keptPosition[slot] == position) return small;
        reader.Read(video, position, _decoded);
        Shrink(small);
        (_keptPosition[slot], _keptFrom[slot]) = (position, (_decoded.Width, _decoded.Height));
        return small;
    }

    private void Shrink(FrameImage small)
    {
        if (options.View == TestView.Centre && (_decoded.Width, _decoded.Height) == (options.Size, options.Size))
        {
            small.Resize(options.Size, options.Size);
            _decoded.Pixels.CopyTo(small.Pixels);
        }
        else
        {
            AntialiasedResize.Resize(_decoded, TestViews.Box(options.View, _decoded.Width, _decoded.Height), options.Size, options.Size, small);
        }
        if (options.Flip) Mirror(small);
    }

    /// <summary>Pixels (H, W, 3) → planes (3, H, W).</summary>
    private static void Planes(FrameImage frame, Span<byte> planes)
    {
        ReadOnlySpan<byte> pixels = frame.Pixels;
        int area = frame.Width * frame.Height;
        Span<byte> red = planes[..area], green = planes.Slice(area, area), blue = planes.Slice(2 * area, area);
        for (int i = 0, p = 0; i < area; i++, p += 3)
            (red[i], green[i], blue[i]) = (pixels[p], pixels[p + 1], pixels[p + 2]);
    }

    private static void Mirror(FrameImage image)
    {
        Span<byte> pixels = image.Pixels;
        for (int y = 0; y < image.Height; y++)
            for (int left = 0, right = image.Width - 1; left < right; left++, right--)
                for (int c = 0; c < 3; c++)
                {
                    int a = (((y * image.Width) + left) * 3) + c, b = (((y * image.Width) + right) * 3) + c;
                    (pixels[a], pixels[b]) = (pixels[b], pixels[a]);
                }
    }
}
