namespace VideoConcepts.Data;

/// <summary>The fastest JPEG decoder of this system: libturbojpeg where it is installed, SkiaSharp otherwise.</summary>
internal static class FrameReaders
{
    /// <summary>The decoder in use, for display.</summary>
    public static string Name => TurboJpegFrameReader.IsAvailable ? "libturbojpeg" : "SkiaSharp";

    /// <summary>A reader for one thread.</summary>
    public static IFrameReader Create() =>
        TurboJpegFrameReader.IsAvailable ? new TurboJpegFrameReader() : new SkiaFrameReader();
}
