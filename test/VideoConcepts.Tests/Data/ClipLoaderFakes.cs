using System.Collections.Concurrent;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Tests.Data;

/// <summary>Fills a sample with the numbers of its random stream, after the number of its video.</summary>
internal sealed class StreamBuilder : IClipBuilder
{
    public int Clips => 2;

    public int Stills => 1;

    public int Frames => 2;

    public int Size => 2;

    public int FramesNeeded => 4;

    /// <summary>Frame counts of the videos built, in order of completion; tests use them as names.</summary>
    public ConcurrentQueue<int> Built { get; } = new();

    /// <summary>Runs before a sample is written.</summary>
    public Action<VideoEntry> Before { get; init; } = _ => { };

    /// <summary>What <see cref="At"/> was asked for.</summary>
    public ConcurrentQueue<long> Steps { get; } = new();

    public IClipBuilder At(long step)
    {
        Steps.Enqueue(step);
        return this;
    }

    public void Build(VideoEntry video, IFrameReader reader, ref RandomStream random, Span<byte> clips,
        Span<byte> stills)
    {
        Before(video);
        clips.Length.ShouldBe(2 * 2 * 3 * 2 * 2);
        stills.Length.ShouldBe(3 * 2 * 2);
        clips[0] = (byte)video.FrameCount;
        foreach (ref byte value in clips[1..]) value = (byte)random.NextInt(0, 255);
        foreach (ref byte value in stills) value = (byte)random.NextInt(0, 255);
        Built.Enqueue(video.FrameCount);
    }
}

/// <summary>Makes readers that read nothing, and knows how many of them live.</summary>
internal sealed class ReaderCount
{
    private int _made;
    private int _alive;

    public int Made => Volatile.Read(ref _made);

    public int Alive => Volatile.Read(ref _alive);

    public IFrameReader Make()
    {
        Interlocked.Increment(ref _made);
        Interlocked.Increment(ref _alive);
        return new Reader(this);
    }

    private sealed class Reader(ReaderCount count) : IFrameReader
    {
        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1) =>
            throw new NotSupportedException();

        public void Dispose() => Interlocked.Decrement(ref count._alive);
    }
}

/// <summary>A clock that goes on by one second whenever it is looked at.</summary>
internal sealed class TickingClock : TimeProvider
{
    private long _seconds;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => Interlocked.Increment(ref _seconds);
}
