namespace VideoConcepts.Data.Preparation;

/// <summary>The few bytes of a JPEG file that tell its size and whether its end was written.</summary>
internal static class JpegFile
{
    /// <summary>
    /// True if the file ends with the end-of-image marker. ffmpeg does not report a full disk for pictures, it leaves
    /// them short.
    /// </summary>
    public static bool IsComplete(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Span<byte> end = stackalloc byte[2];
        if (file.Length < 4) return false;
        file.Seek(-2, SeekOrigin.End);
        file.ReadExactly(end);
        return end is [0xFF, 0xD9];
    }

    /// <summary>Width and height of the picture.</summary>
    /// <exception cref="InvalidDataException">There is no frame header.</exception>
    public static (int Width, int Height) ReadSize(string path) =>
        JpegHeader.Read(File.ReadAllBytes(path)) is { } header ? (header.Width, header.Height)
            : throw new InvalidDataException($"{path} is not a JPEG picture.");
}
