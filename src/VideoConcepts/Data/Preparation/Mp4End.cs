using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// An mp4 or mov file cut off between two frames decodes without any complaint of ffmpeg, though its index knows of
/// more. Here it shows as a box of frames that is longer than the file.
/// </summary>
internal static class Mp4End
{
    private const int MostBoxes = 1_000_000;

    /// <summary>Whether the end of the frames is missing.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsMissing(RawFile video)
    {
        using SafeFileHandle file = video.Open();
        long length = RandomAccess.GetLength(file), at = 0;
        Span<byte> box = stackalloc byte[16];
        for (int i = 0; i < MostBoxes && at + box.Length <= length; i++)
        {
            if (RandomAccess.Read(file, box, at) < box.Length) return false;
            if (i == 0 && VideoFormat.Of(box) != "MP4") return false;
            long size = BinaryPrimitives.ReadUInt32BigEndian(box);
            if (size == 1) size = BinaryPrimitives.ReadInt64BigEndian(box[8..]);
            if (size < 8) return false; // 0: to the end
            if (size > length - at) return box[4..8].SequenceEqual("mdat"u8);
            at += size;
        }
        return false;
    }
}
