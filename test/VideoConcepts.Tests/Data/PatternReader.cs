using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Tests.Data;

/// <summary>Frames of 40×32 that differ by position, without files.</summary>
internal sealed class PatternReader : IFrameReader
{
    public List<int> Positions { get; } = [];

    public int OddPosition { get; init; } = -1;

    public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
    {
        Positions.Add(position);
        int extra = position == OddPosition ? 1 : 0;
        destination.Resize(40 + extra, 32 + extra);
        RandomStream random = RandomStream.For(77, position);
        foreach (ref byte value in destination.Pixels) value = (byte)random.NextInt(0, 255);
    }

    public void Dispose()
    {
    }
}
