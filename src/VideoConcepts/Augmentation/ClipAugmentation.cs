namespace VideoConcepts.Augmentation;

/// <summary>
/// All that is random about a view, drawn once and applied to each of its frames (method page, section 1).
/// </summary>
/// <param name="Crop">The rectangle of the source frames.</param>
/// <param name="Size">Height and width of the view, in pixels.</param>
/// <param name="Flip">Mirror left and right.</param>
/// <param name="GreyChannel">The channel that replaces all three (0 red, 1 green, 2 blue), or null to keep
/// colour.</param>
/// <param name="Jitter">Colour jitter, or null for none.</param>
internal sealed record ClipAugmentation(CropBox Crop, int Size, bool Flip, int? GreyChannel, ColorJitter? Jitter)
{
    /// <summary>Draws the parameters for frames of the given size.</summary>
    /// <param name="random">All draws.</param>
    /// <param name="width">Of the frames.</param>
    /// <param name="height">Of the frames.</param>
    /// <param name="size">Height and width of the view, in pixels.</param>
    /// <param name="strength">Of the change of colours: 0 none, 1 that of the method.</param>
    public static ClipAugmentation Draw(ref RandomStream random, int width, int height, int size, double strength = 1)
    {
        CropBox crop = ResizedCrop.Draw(ref random, width, height);
        bool flip = random.NextBool();
        int? channel = random.NextBool() ? random.NextInt(0, 2) : null;
        if (strength == 1) return new ClipAugmentation(crop, size, flip, channel, ColorJitter.Draw(ref random));
        if (random.NextDouble(0, 1) >= strength) channel = null;
        return new ClipAugmentation(crop, size, flip, channel,
            ColorJitter.Draw(ref random, 0.5 * strength, 0.25 * strength));
    }

    /// <summary>
    /// What CoCLR trains classifiers with: crop of a fifth to all of the area, bicubic; flip; colour jitter of three
    /// clips in ten. Source: docs/evaluation.md.
    /// </summary>
    public static ClipAugmentation DrawForClassifier(ref RandomStream random, int width, int height, int size)
    {
        CropBox crop = ResizedCrop.Draw(ref random, width, height, 0.2);
        bool flip = random.NextBool();
        ColorJitter? jitter = random.NextDouble(0, 1) < 0.3 ? ColorJitter.Draw(ref random, 0.4, 0.1) : null;
        return new ClipAugmentation(crop, size, flip, null, jitter) { Filter = ResampleFilter.Bicubic };
    }

    /// <summary>Holds the mean about which contrast changes, one for all frames; null: each frame's own.</summary>
    public ContrastLevel? Contrast { get; init; }

    public ResampleFilter Filter { get; init; } = ResampleFilter.Bilinear;

    /// <summary>Writes one augmented frame as bytes (3, size, size).</summary>
    /// <param name="source">The decoded frame, of the size that the parameters were drawn for.</param>
    /// <param name="scratch">Buffers of the calling thread.</param>
    /// <param name="frame">3·size·size bytes.</param>
    public void Apply(FrameImage source, AugmentationScratch scratch, Span<byte> frame)
    {
        scratch.Resampler.Prepare(Crop, Size, Size, Filter);
        scratch.Resampler.Resize(source, scratch.Resized);
        PixelPlanes planes = PixelPlanes.Of(scratch.Floats(3 * Size * Size), Size, Size);
        planes.Load(scratch.Resized);
        if (Flip) HorizontalFlip.Apply(planes);
        if (GreyChannel is int channel) ChannelGrey.Apply(planes, channel);
        Jitter?.Apply(planes, GreyChannel is not null, Contrast);
        planes.Store(frame);
    }
}
