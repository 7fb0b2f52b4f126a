using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>
/// Three clips of a window of 2T frames: its first half, its second half, and an overview of every second frame, each
/// with an augmentation of its own. Source: docs/method.md.
/// </summary>
internal sealed record MultiLevelClips : IClipBuilder
{
    private const int Overview = 2;
    private readonly double _rate;
    private readonly ScratchPool<(FrameImage Source, AugmentationScratch[] Scratch)> _idle =
        new(() => (new FrameImage(), [new(), new(), new()]));

    /// <param name="framesPerClip">T.</param>
    /// <param name="size">Height and width of the clips, in pixels.</param>
    /// <param name="rate">Largest sampling rate, in source frames per frame, at least 1.</param>
    public MultiLevelClips(int framesPerClip, int size, double rate) =>
        (Frames, Size, _rate) = (framesPerClip, size, rate);

    public int Clips => 3;

    public int Frames { get; }

    public int Size { get; }

    public int FramesNeeded => 2 * Frames;

    /// <summary>Steps over which the change of colours grows from none to that of the method.</summary>
    public int JitterWarmup { get; init; }

    private double Strength { get; init; } = 1;

    public IClipBuilder At(long step) =>
        step >= JitterWarmup ? this : this with { Strength = step / (double)JitterWarmup };

    public void Build(
        VideoEntry video, IFrameReader reader, ref RandomStream random, Span<byte> clips, Span<byte> stills)
    {
        int length = this.FrameLength;
        Shot shot = video.Shots.Draw(FramesNeeded, ref random);
        int[] positions = [.. ClipSampler.Sample(shot.Count, 2, Frames, _rate, ref random).From(shot.First).Clips
            .SelectMany(clip => clip)];
        using ScratchPool<(FrameImage Source, AugmentationScratch[] Scratch)>.Lease lease = _idle.Take();
        (FrameImage source, AugmentationScratch[] scratch) = lease.Value;
        ClipAugmentation[]? augmentations = null;
        var size = new SteadySize();
        for (int i = 0; i < positions.Length; i++)
        {
            if (i == 0 || positions[i] != positions[i - 1]) size.Read(reader, video, positions[i], source);
            augmentations ??= Draw(ref random, source);
            int clip = i / Frames;
            augmentations[clip].Apply(source, scratch[clip], clips.Slice(i * length, length));
            if (i % 2 == 0)
                augmentations[Overview].Apply(source, scratch[Overview],
                    clips.Slice(((Overview * Frames) + (i / 2)) * length, length));
        }
    }

    private ClipAugmentation[] Draw(ref RandomStream random, FrameImage source)
    {
        var drawn = new ClipAugmentation[Clips];
        for (int clip = 0; clip < Clips; clip++)
            drawn[clip] = ClipAugmentation.Draw(ref random, source.Width, source.Height, Size, Strength);
        return drawn;
    }
}
