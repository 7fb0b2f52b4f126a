using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// Tells whether a video is still the same without reading gigabytes: SHA-256 of its length and of all bytes, or of
/// eight pieces of a megabyte, spread evenly from its beginning to its end.
/// </summary>
internal static class VideoSample
{
    private const int Pieces = 8;
    private const int PieceBytes = 1 << 20;

    /// <returns>64 lower-case hexadecimal digits.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Of(RawFile video)
    {
        using SafeFileHandle file = video.Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = RandomAccess.GetLength(file);
        hash.AppendData(BitConverter.GetBytes(length));
        long step = Math.Max(PieceBytes, (length - PieceBytes) / (Pieces - 1));
        var piece = new byte[PieceBytes];
        for (int i = 0; i < Pieces; i++)
        {
            long at = i == Pieces - 1 ? Math.Max(i * (long)PieceBytes, length - PieceBytes) : i * step;
            hash.AppendData(piece.AsSpan(0, Read(file, piece, at)));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int Read(SafeFileHandle file, Span<byte> piece, long at)
    {
        int read = 0;
        while (RandomAccess.Read(file, piece[read..], at + read) is > 0 and var more) read += more;
        return read;
    }
}
