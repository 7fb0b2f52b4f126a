namespace VideoConcepts.Augmentation;

/// <summary>Buffers that augmentation reuses from frame to frame. One instance serves one thread.</summary>
internal sealed class AugmentationScratch
{
    private float[] _floats = [];

    internal Resampler Resampler { get; } = new();

    internal FrameImage Resized { get; } = new();

    /// <summary>So many numbers of no particular value.</summary>
    internal Span<float> Floats(int length)
    {
        if (_floats.Length < length) _floats = new float[length];
        return _floats.AsSpan(0, length);
    }
}
