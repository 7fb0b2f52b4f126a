using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Tests.Support;

/// <summary>
/// Small frames of which each pixel tells its place and the frame's: one channel has it, in turn. Such colours are kept
/// by a hue shift of 0, which others are not.
/// </summary>
internal sealed class MarkedFrames(int width, int height) : IFrameReader
{
    public byte Level(int position, int x, int y, int channel) =>
        (byte)(channel == (x + (2 * y) + position) % 3 ? 1 + (((((position * height) + y) * width) + x) % 255) : 0);

    public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
    {
        shrink.ShouldBe(1);
        position.ShouldBeInRange(0, video.FrameCount - 1);
        destination.Resize(width, height);
        for (int i = 0; i < destination.Pixels.Length; i++)
            destination.Pixels[i] = Level(position, i / 3 % width, i / 3 / width, i % 3);
    }

    /// <summary>A square of a frame as it is, (3, size, size); mirrored, its right column comes first.</summary>
    public byte[] Square(int position, int left, int top, int size, bool mirrored)
    {
        var planes = new byte[3 * size * size];
        for (int c = 0, i = 0; c < 3; c++)
            for (int y = 0; y < size; y++)
                for (int x = 0; x < size; x++, i++)
                    planes[i] = Level(position, left + (mirrored ? size - 1 - x : x), top + y, c);
        return planes;
    }

    public void Dispose()
    {
    }
}
