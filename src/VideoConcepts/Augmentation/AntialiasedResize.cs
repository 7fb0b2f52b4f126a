namespace VideoConcepts.Augmentation;

/// <summary>
/// Crop and resize in one call, for single pictures and for clips whose frames share one rectangle: each thread keeps
/// the weights of its last call. The pixels are those of the Python Imaging Library's crop and resize.
/// </summary>
internal static class AntialiasedResize
{
    [ThreadStatic]
    private static Resampler? _resampler;

    /// <summary>Resizes a rectangle of the source; nothing outside the rectangle has an influence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is not inside the picture.</exception>
    public static void Resize(
        FrameImage source, CropBox box, int width, int height, FrameImage destination,
        ResampleFilter filter = ResampleFilter.Bilinear)
    {
        Resampler resampler = _resampler ??= new Resampler();
        resampler.Prepare(box, width, height, filter);
        resampler.Resize(source, destination);
    }
}
