using System.Buffers.Binary;

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

    /// <summary>Width and height of a baseline JPEG as ffmpeg writes it.</summary>
    /// <exception cref="InvalidDataException">There is no frame header.</exception>
    public static (int Width, int Height) ReadSize(string path)
    {
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        rest = rest.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? rest[2..] : [];
        while (rest.Length >= 9 && rest[0] == 0xFF)
        {
            if (rest[1] == 0xC0)
                return (BinaryPrimitives.ReadUInt16BigEndian(rest[7..]), BinaryPrimitives.ReadUInt16BigEndian(rest[5..]));
            int segment = 2 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            rest = segment <= rest.Length ? rest[segment..] : [];
        }
        throw new InvalidDataException($"{path} is not a baseline JPEG.");
    }
}
