using System.Buffers.Binary;
using System.Globalization;
using System.Text.Unicode;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// The comment of a ZIP of frames without cuts.txt, which saves a list of a million such files the look into each of
/// them: it says of how many entries none is one, and how long the directory of those is. A tool that puts another one
/// in leaves the comment, and the end of the file says otherwise.
/// </summary>
internal static class NoCuts
{
    private const int EndBytes = 22, EntryBytes = 46, Length = EndBytes + 39;

    /// <summary>The comment; empty for more entries than the end of a ZIP counts.</summary>
    /// <param name="names">Of all entries.</param>
    public static string Comment(IReadOnlyCollection<string> names) => names.Count >= ushort.MaxValue ? ""
        : Words(names.Count, (uint)names.Sum(name => EntryBytes + name.Length));

    private static string Words(int entries, uint directory) => string.Create(CultureInfo.InvariantCulture,
        $"{entries:D5} entries ({directory:D10}), no cuts.txt");

    /// <summary>Whether a file ends with it, and with as many entries, or is not there at all.</summary>
    public static bool IsSaidOf(string path)
    {
        Span<byte> end = stackalloc byte[Length];
        int read = FileTail.Read(path, end);
        if (read < 0 && FileStatus.Of(path) is null) return true;
        if (read <= 0 || BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06054b50) return false;
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        if (entries == ushort.MaxValue) return false;
        Span<byte> comment = stackalloc byte[Length - EndBytes];
        Utf8.TryWrite(comment, CultureInfo.InvariantCulture,
            $"{entries:D5} entries ({BinaryPrimitives.ReadUInt32LittleEndian(end[12..]):D10}), no cuts.txt", out _);
        return end[EndBytes..].SequenceEqual(comment);
    }
}
