namespace VideoConcepts.Augmentation;

/// <summary>An 8-bit RGB picture in a buffer that grows as needed and is reused from frame to frame.</summary>
internal sealed class FrameImage
{
    private byte[] _pixels = [];

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Row-major interleaved RGB, 3 · Width · Height bytes.</summary>
    public Span<byte> Pixels => _pixels.AsSpan(0, 3 * Width * Height);

    /// <summary>Sets the size; the contents are undefined afterwards.</summary>
    public void Resize(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        int needed = checked(3 * width * height);
        if (_pixels.Length < needed) _pixels = new byte[needed];
        (Width, Height) = (width, height);
    }
}
