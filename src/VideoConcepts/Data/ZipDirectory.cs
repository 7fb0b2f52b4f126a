using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace VideoConcepts.Data;

/// <summary>Where a ZIP file has an entry.</summary>
/// <param name="Offset">Of its local header, in bytes.</param>
/// <param name="Length">Of its contents, in bytes.</param>
/// <param name="NameLength">Of its name, in bytes.</param>
/// <param name="IsStored">Whether the contents stand there as they are, neither compressed nor encrypted.</param>
internal readonly record struct ZipEntry(long Offset, long Length, int NameLength, bool IsStored);

/// <summary>
/// The central directory of a ZIP file, read with one or two positioned reads; .NET's own reader does not tell where an
/// entry stands. Nothing in it is believed: offsets and lengths lie inside the file. Format: PKWARE APPNOTE 6.3.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50,
        EntrySignature = 0x02014b50, LocalSignature = 0x04034b50;
    private const int EndBytes = 22, End64Bytes = 56, Locator64Bytes = 20, EntryBytes = 46, LocalBytes = 30;
    private const int LongestComment = ushort.MaxValue;
    private const int LargestDirectory = 1 << 29; // bytes: some eight million entries
    private const int FirstRead = 1 << 15; // holds the directory of a video of 500 frames

    private readonly byte[] _bytes;
    private readonly int _begin, _end;
    private readonly long _offset;

    private ZipDirectory(byte[] bytes, int begin, int end, long offset) =>
        (_bytes, _begin, _end, _offset) = (bytes, begin, end, offset);

    /// <summary>What a visitor is told of each entry: its name in bytes, and where it is.</summary>
    public delegate void Visitor(ReadOnlySpan<byte> name, ZipEntry entry);

    /// <exception cref="InvalidDataException">The file is no ZIP, or a damaged one.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ZipDirectory Read(SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        byte[] tail = ReadTail(file, length, FirstRead);
        int end = FindEnd(tail);
        if (end < 0 && length > FirstRead) end = FindEnd(tail = ReadTail(file, length, EndBytes + LongestComment));
        if (end < 0) throw new InvalidDataException("it is not a ZIP file, or its end is missing");
        long tailAt = length - tail.Length;
        (long offset, long size) = Place(file, tail, end, tailAt);
        if (offset < 0 || size is < 0 or > LargestDirectory || offset > tailAt + end - size) throw Damaged();
        if (offset >= tailAt)
            return new ZipDirectory(tail, (int)(offset - tailAt), (int)(offset - tailAt + size), offset);
        var directory = new byte[size];
        ReadExactly(file, directory, offset);
        return new ZipDirectory(directory, 0, directory.Length, offset);
    }

    /// <summary>Goes through all entries in their order.</summary>
    /// <exception cref="InvalidDataException">The directory is damaged.</exception>
    public void Visit(Visitor visit)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(_begin, _end - _begin);
        while (rest.Length > 0)
        {
            if (rest.Length < EntryBytes || UInt32(rest) != EntrySignature) throw Damaged();
            int name = UInt16(rest[28..]), extra = UInt16(rest[30..]), all = EntryBytes + name + extra
                + UInt16(rest[32..]);
            if (all > rest.Length) throw Damaged();
            ReadOnlySpan<byte> record = rest[..all];
            visit(record.Slice(EntryBytes, name), Entry(record, record.Slice(EntryBytes + name, extra), name));
            rest = rest[all..];
        }
    }

    /// <summary>Reads an entry's contents; the buffer grows where it is too small.</summary>
    /// <returns>The part of the buffer that holds them.</returns>
    /// <exception cref="InvalidDataException">Its local header is damaged.</exception>
    public static ReadOnlySpan<byte> ReadContents(SafeFileHandle file, ZipEntry entry, ref byte[] buffer)
    {
        const int Extra = 64; // what tools write into the header besides the name
        int length = checked((int)entry.Length), wanted = LocalBytes + entry.NameLength + Extra + length;
        if (buffer.Length < wanted) buffer = new byte[wanted];
        int read = ReadUpTo(file, buffer.AsSpan(0, wanted), entry.Offset);
        if (read < LocalBytes || UInt32(buffer) != LocalSignature) throw Damaged();
        int begin = LocalBytes + UInt16(buffer.AsSpan(26)) + UInt16(buffer.AsSpan(28));
        if (begin + length <= read) return buffer.AsSpan(begin, length);
        ReadExactly(file, buffer.AsSpan(0, length), entry.Offset + begin);
        return buffer.AsSpan(0, length);
    }

    private ZipEntry Entry(ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra, int nameLength)
    {
        const int Encrypted = 1;
        bool stored = (UInt16(record[8..]) & Encrypted) == 0 && UInt16(record[10..]) == 0;
        long packed = UInt32(record[20..]), length = UInt32(record[24..]), offset = UInt32(record[42..]);
        ReadOnlySpan<byte> wide = Wide(extra);
        length = Widened(length, ref wide);
        packed = Widened(packed, ref wide);
        offset = Widened(offset, ref wide);
        if (packed < 0 || length < 0 || offset < 0 || offset > _offset - LocalBytes
            || packed > _offset - LocalBytes - offset) throw Damaged();
        return new ZipEntry(offset, length, nameLength, stored && packed == length);
    }

    /// <summary>The ZIP64 field of an entry; empty without one.</summary>
    private static ReadOnlySpan<byte> Wide(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int size = UInt16(extra[2..]);
            if (size > extra.Length - 4) throw Damaged();
            if (UInt16(extra) == 1) return extra.Slice(4, size);
            extra = extra[(4 + size)..];
        }
        return [];
    }

    private static long Widened(long value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue) return value;
        if (wide.Length < 8) throw Damaged();
        long wider = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[8..];
        return wider;
    }

    private static (long Offset, long Size) Place(SafeFileHandle file, byte[] tail, int end, long tailAt)
    {
        ReadOnlySpan<byte> record = tail.AsSpan(end);
        long size = UInt32(record[12..]), offset = UInt32(record[16..]);
        bool wide = UInt16(record[10..]) == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue;
        if (!wide || end < Locator64Bytes || UInt32(tail.AsSpan(end - Locator64Bytes)) != Locator64Signature)
            return (offset, size);
        long at = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - Locator64Bytes + 8));
        if (at < 0 || at > tailAt + end - Locator64Bytes - End64Bytes) throw Damaged();
        Span<byte> record64 = stackalloc byte[End64Bytes];
        ReadExactly(file, record64, at);
        if (UInt32(record64) != End64Signature) throw Damaged();
        return (BinaryPrimitives.ReadInt64LittleEndian(record64[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(record64[40..]));
    }

    /// <summary>Place of the end record, whose comment must reach to the file's end; -1: there is none.</summary>
    private static int FindEnd(ReadOnlySpan<byte> tail)
    {
        for (int at = tail.Length - EndBytes; at >= 0; at--)
            if (UInt32(tail[at..]) == EndSignature && at + EndBytes + UInt16(tail[(at + 20)..]) == tail.Length)
                return at;
        return -1;
    }

    private static byte[] ReadTail(SafeFileHandle file, long length, int most)
    {
        var tail = new byte[Math.Min(length, most)];
        ReadExactly(file, tail, length - tail.Length);
        return tail;
    }

    private static void ReadExactly(SafeFileHandle file, Span<byte> bytes, long at)
    {
        if (ReadUpTo(file, bytes, at) < bytes.Length) throw new InvalidDataException("the file is cut off");
    }

    private static int ReadUpTo(SafeFileHandle file, Span<byte> bytes, long at)
    {
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes[read..], at + read) is > 0 and var more)
            read += more;
        return read;
    }

    private static int UInt16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static InvalidDataException Damaged() => new("the ZIP file is damaged");
}
