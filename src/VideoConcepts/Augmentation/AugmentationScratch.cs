using VideoConcepts.Data;

namespace VideoConcepts.Augmentation;

/// <summary>Buffers that augmentation reuses from frame to frame. One instance serves one thread.</summary>
public sealed class AugmentationScratch
{
    internal Resampler Resampler { get; } = new();

    internal FrameImage Resized { get; } = new();
}
