using System.Buffers.Binary;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// An AVI that is cut between two frames decodes without any complaint of ffmpeg; only its own header still knows how
/// long it was. The other containers need no such check: ffmpeg notices their missing end.
/// </summary>
internal static class AviLength
{
    /// <summary>How many bytes of the file are missing according to its RIFF header, or 0.</summary>
    public static long MissingBytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Span<byte> header = stackalloc byte[12];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return 0;
        if (!header[..4].SequenceEqual("RIFF"u8) || !header[8..].SequenceEqual("AVI "u8)) return 0;

        uint declared = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        // Written to a pipe, an AVI never learns its length: it says 0 or the largest number.
        return declared == uint.MaxValue ? 0 : Math.Max(0, 8 + declared - file.Length);
    }
}
