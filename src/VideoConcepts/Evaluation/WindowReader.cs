using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Decodes windows into 8-bit clips. Neighbouring windows share half their frames, so the last T·stride frames
/// are kept as small pictures, one of each square: however many are looked at, a frame is decoded once. One instance
/// serves one thread.
/// </summary>
internal sealed class WindowReader(IFrameReader reader, ClipOptions options, IReadOnlyList<TestView> views)
{
    private readonly FrameImage _decoded = new();
    private readonly FrameImage[][] _kept = [.. Enumerable.Range(0, options.Span)
        .Select(_ => views.Select(_ => new FrameImage()).ToArray())];
    private readonly (int Width, int Height)[] _keptFrom = new (int, int)[options.Span]; // what they were before
    private readonly int[] _keptPosition = new int[options.Span];
    private readonly int[] _positions = new int[options.Frames];
    private VideoEntry? _video;

    /// <summary>Writes the window as (T, 3, H, W), once for each square.</summary>
    /// <param name="video">The video.</param>
    /// <param name="start">The window's first frame.</param>
    /// <param name="clips">A buffer for each square.</param>
    /// <param name="offset">Where the window begins in each buffer.</param>
    /// <exception cref="BadInputException">A frame cannot be read, or the window's frames differ in size.</exception>
    public void Read(VideoEntry video, int start, byte[][] clips, int offset)
    {
        if (video != _video)
        {
            Array.Fill(_keptPosition, -1);
            _video = video;
        }

        EvaluationClips.Positions(video.Shots, start, options, _positions);
        // of each window anew: what is found does not depend on which thread has read the one before
        var size = new SteadySize();
        for (int t = 0; t < options.Frames; t++)
        {
            FrameImage[] squares = Frame(video, _positions[t]);
            (int width, int height) = _keptFrom[_positions[t] % options.Span];
            size.Check(video, _positions[t], width, height);
            for (int v = 0; v < squares.Length; v++)
            {
                int length = squares[v].Pixels.Length;
                Planes(squares[v], clips[v].AsSpan(offset + (t * length), length));
            }
        }
    }

    private FrameImage[] Frame(VideoEntry video, int position)
    {
        int slot = position % options.Span;
        FrameImage[] squares = _kept[slot];
        if (_keptPosition[slot] == position) return squares;
        reader.Read(video, position, _decoded);
        for (int v = 0; v < squares.Length; v++) Shrink(_decoded, views[v], options.Size, squares[v]);
        (_keptPosition[slot], _keptFrom[slot]) = (position, (_decoded.Width, _decoded.Height));
        return squares;
    }

    /// <summary>A square of a frame in the size of windows.</summary>
    internal static void Shrink(FrameImage decoded, TestView view, int size, FrameImage small)
    {
        if (view == TestView.Centre && (decoded.Width, decoded.Height) == (size, size))
        {
            small.Resize(size, size);
            decoded.Pixels.CopyTo(small.Pixels);
        }
        else
        {
            AntialiasedResize.Resize(decoded, TestViews.Box(view, decoded.Width, decoded.Height), size, size, small);
        }
    }

    /// <summary>Pixels (H, W, 3) → planes (3, H, W).</summary>
    internal static void Planes(FrameImage frame, Span<byte> planes)
    {
        ReadOnlySpan<byte> pixels = frame.Pixels;
        int area = frame.Width * frame.Height;
        Span<byte> red = planes[..area], green = planes.Slice(area, area), blue = planes.Slice(2 * area, area);
        for (int i = 0, p = 0; i < area; i++, p += 3)
            (red[i], green[i], blue[i]) = (pixels[p], pixels[p + 1], pixels[p + 2]);
    }
}
