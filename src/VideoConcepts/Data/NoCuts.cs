using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// The comment of a ZIP of frames without cuts.txt, which saves a list of a million such files the look into each of them:
/// it says of how many entries none is one. A tool that puts another one in leaves the comment and counts one more.
/// </summary>
internal static class NoCuts
{
    private const string Words = " entries, no cuts.txt";
    private const int Digits = 5, EndBytes = 22, Length = EndBytes + Digits + 21;

    /// <summary>The comment; empty for more entries than the end of a ZIP counts.</summary>
    public static string Comment(int entries) => entries >= ushort.MaxValue ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{entries:D5}{Words}");

    /// <summary>Whether a file ends with it, and with as many entries, or is not there at all.</summary>
    public static bool IsSaidOf(string path)
    {
        Span<byte> end = stackalloc byte[Length];
        int read = FileTail.Read(path, end);
        if (read < 0 && FileStatus.Of(path) is null) return true;
        if (read <= 0 || BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06054b50) return false;
        Span<byte> comment = stackalloc byte[Length - EndBytes];
        Encoding.ASCII.GetBytes(Words, comment[Digits..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(end[10..]) is var entries and < ushort.MaxValue
            && entries.TryFormat(comment[..Digits], out _, "D5", CultureInfo.InvariantCulture)
            && end[EndBytes..].SequenceEqual(comment);
    }
}
