using System.Buffers.Binary;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// An AVI that is cut between two frames decodes without any complaint of ffmpeg; only its own header still knows how
/// long it was. The other containers need no such check: ffmpeg notices their missing end.
/// </summary>
internal static class AviLength
{
    /// <summary>Why the file is not there in full according to its RIFF header, or null.</summary>
    /// <param name="header">The first bytes of the file.</param>
    /// <param name="length">Of the file, in bytes.</param>
    public static string? Fault(ReadOnlySpan<byte> header, long length)
    {
        if (header.Length < 12) return null;
        header = header[..12];
        if (!header[..4].SequenceEqual("RIFF"u8) || !header[8..].SequenceEqual("AVI "u8)) return null;

        uint declared = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        // Written to a pipe: the length was never known, and ffmpeg notices a frame that is cut.
        if (declared == uint.MaxValue) return null;
        // From a recorder that was stopped short: here ffmpeg drops a cut frame, and the one before, without a word.
        if (declared == 0)
            return "its header does not say where it ends (an unfinished recording?); "
                + "`ffmpeg -i FILE -c copy NEW.avi` keeps what is readable";
        long missing = 8L + declared - length;
        return missing > 0 ? $"the file is truncated: {missing} bytes that its header declares are missing" : null;
    }
}
