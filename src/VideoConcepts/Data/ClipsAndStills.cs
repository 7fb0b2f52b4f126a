using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>
/// S clips of a video and, of a frame that all of them could show, S static ones, each with an augmentation of its own:
/// what the 3S views of the concept objective are made of (method page, section 1).
/// </summary>
internal sealed record ClipsAndStills : IClipBuilder
{
    private readonly ScratchPool<Scratch> _idle = new(() => new Scratch());

    /// <param name="clips">S, clips per video.</param>
    /// <param name="framesPerClip">T, at least 2.</param>
    /// <param name="size">Height and width of the clips, in pixels.</param>
    /// <param name="rate">Largest sampling rate, in source frames per frame, at least 1.</param>
    public ClipsAndStills(int clips, int framesPerClip, int size, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clips, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(framesPerClip, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        (Clips, Frames, Size, Rate) = (clips, framesPerClip, size, rate);
    }

    /// <inheritdoc/>
    public int Clips { get; }

    /// <inheritdoc/>
    public int Stills => Clips;

    /// <summary>Largest sampling rate, in source frames per frame.</summary>
    public double Rate { get; }

    /// <summary>Smallest sampling rate, as far as a video is long enough.</summary>
    public double LeastRate { get; init; } = 1;

    /// <summary>
    /// Contrast is changed about the mean of a clip's first frame, not of each: its rounding does not flicker.
    /// </summary>
    public bool SteadyContrast { get; init; }

    /// <summary>Steps over which the change of colours grows from none to that of the method.</summary>
    public int JitterWarmup { get; init; }

    private double Strength { get; init; } = 1;

    /// <inheritdoc/>
    public int Frames { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public int FramesNeeded => Clips * Frames;

    /// <inheritdoc/>
    public IClipBuilder At(long step) =>
        step >= JitterWarmup ? this : this with { Strength = step / (double)JitterWarmup };

    /// <inheritdoc/>
    public void Build(
        VideoEntry video, IFrameReader reader, ref RandomStream random, Span<byte> clips, Span<byte> stills)
    {
        Shot shot = video.Shots.Draw(FramesNeeded, ref random);
        ClipPositions positions = ClipSampler.Sample(shot.Count, Clips, Frames, Rate, ref random, LeastRate)
            .From(shot.First);
        using ScratchPool<Scratch>.Lease scratch = _idle.Take();
        Fill(video, positions, reader, ref random, scratch.Value, clips, stills);
    }

    /// <summary>Every frame is decoded once; the first twice if the crops allow smaller ones.</summary>
    private void Fill(VideoEntry video, ClipPositions positions, IFrameReader reader, ref RandomStream random,
        Scratch scratch, Span<byte> clips, Span<byte> stills)
    {
        int frameLength = this.FrameLength, decoded = positions.Clips[0][0];
        FrameImage source = scratch.Source;
        var size = new SteadySize();
        size.Read(reader, video, decoded, source);
        // All draws before the next frame is read: what is random does not depend on what is read.
        var augmentations = new ClipAugmentation[2 * Clips];
        for (int i = 0; i < augmentations.Length; i++)
        {
            var drawn = ClipAugmentation.Draw(ref random, source.Width, source.Height, Size, Strength);
            augmentations[i] = SteadyContrast ? drawn with { Contrast = new ContrastLevel() } : drawn;
        }
        int shrink = Shrink(augmentations);
        if (shrink > 1)
        {
            for (int i = 0; i < augmentations.Length; i++)
                augmentations[i] = augmentations[i] with { Crop = augmentations[i].Crop.Shrunk(shrink) };
            size = new SteadySize(); // of smaller pictures
            size.Read(reader, video, decoded, source, shrink);
        }
        for (int clip = 0; clip < Clips; clip++)
        {
            for (int t = 0; t < Frames; t++)
            {
                int position = positions.Clips[clip][t];
                if (position != decoded) // positions do not decrease, so equal ones are neighbours
                {
                    size.Read(reader, video, position, source, shrink);
                    decoded = position;
                }
                augmentations[clip].Apply(source, scratch.Moving,
                    clips.Slice(((clip * Frames) + t) * frameLength, frameLength));
                if (t == positions.StaticFrame)
                    augmentations[Clips + clip].Apply(source, scratch.Still,
                        stills.Slice(clip * frameLength, frameLength));
            }
        }
    }

    /// <summary>
    /// How much smaller frames can be decoded without any crop becoming smaller than the clip: 1, 2, 4 or 8.
    /// </summary>
    private int Shrink(ReadOnlySpan<ClipAugmentation> augmentations)
    {
        int smallest = int.MaxValue, shrink = 1;
        foreach (ClipAugmentation augmentation in augmentations)
            smallest = Math.Min(smallest, Math.Min(augmentation.Crop.Width, augmentation.Crop.Height));
        while (shrink < 8 && smallest / (2 * shrink) >= Size) shrink *= 2;
        return shrink;
    }

    /// <summary>What one build needs; clips and static frames keep their own resize weights.</summary>
    private sealed class Scratch
    {
        public FrameImage Source { get; } = new();

        public AugmentationScratch Moving { get; } = new();

        public AugmentationScratch Still { get; } = new();
    }
}
