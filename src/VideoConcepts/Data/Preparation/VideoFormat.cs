using System.Buffers.Binary;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// Tells by its first bytes whether a file is one of the containers and raw streams that ffmpeg is allowed to read
/// (<see cref="FfmpegInput"/>), whatever its name. Pictures that do not move and sound alone are none.
/// </summary>
internal static class VideoFormat
{
    /// <summary>Number of first bytes that tell.</summary>
    public const int HeadBytes = 4096;

    // What else is called so is rarely no video: such a file is one that cannot be read. Not .ts, .mts, .dv, .rm,
    // .ogg, .mod, .264 … which name other things, too.
    private static readonly HashSet<string> s_endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ".mp4", ".avi", ".webm", ".mkv", ".mov", ".m4v", ".mpg", ".mpeg", ".mpe", ".m1v", ".m2v", ".m2ts", ".vob",
        ".wmv", ".asf", ".flv", ".f4v", ".ogv", ".ogm", ".3gp", ".3gpp", ".3g2", ".gif", ".mxf", ".divx", ".rmvb",
        ".wtv", ".y4m", ".ivf", ".gxf", ".h264", ".h265", ".hevc",
    };

    // What always stands at the beginning.
    private static readonly (byte[] Beginning, string Name)[] s_beginnings =
    [
        ([0x1A, 0x45, 0xDF, 0xA3], "Matroska"),
        ([.. "GIF87a"u8], "GIF"), ([.. "GIF89a"u8], "GIF"),
        ([.. "FLV\x01"u8], "FLV"), ([.. "YUV4MPEG2 "u8], "YUV4MPEG2"), ([.. "DKIF"u8], "IVF"),
        ([.. "nut/multimedia container\0"u8], "NUT"), ([.. ".RMF"u8], "RealMedia"),
        ([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62, 0xCE, 0x6C], "ASF"),
        ([0xB7, 0xD8, 0x00, 0x20, 0x37, 0x49, 0xDA, 0x11, 0xA6, 0x4E, 0x00, 0x07, 0xE9, 0x5E, 0xAD, 0x8D], "WTV"),
        ([0x06, 0x0E, 0x2B, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0D, 0x01, 0x02, 0x01, 0x01, 0x02], "MXF"),
    ];

    private static readonly string[] s_noVideoBrands =
        ["avif", "heic", "heix", "heim", "heis", "mif1", "msf1", "crx ", "M4A ", "M4B ", "M4P ", "F4A ", "F4B "];

    /// <summary>Whether the name alone makes a file a video, if perhaps one that cannot be read.</summary>
    public static bool IsNamedSo(string name) => s_endings.Contains(Path.GetExtension(name));

    /// <summary>A RIFF file of several WebP pictures, which ffmpeg cannot decode.</summary>
    public static bool IsAnimatedWebP(ReadOnlySpan<byte> head) =>
        IsRiff(head, "WEBP"u8) && head.Length > 20 && head[12..16].SequenceEqual("VP8X"u8) && (head[20] & 2) != 0;

    /// <summary>The format, or null for what is no video.</summary>
    public static string? Of(ReadOnlySpan<byte> head)
    {
        foreach ((byte[] beginning, string name) in s_beginnings)
            if (head.StartsWith(beginning)) return name;
        if (IsIso(head)) return "MP4";
        if (IsRiff(head, "AVI "u8)) return "AVI";
        if (IsOgg(head)) return "Ogg";
        if (IsMovingPng(head)) return "APNG";
        if (IsGxf(head)) return "GXF";
        if (IsDv(head)) return "DV";
        return VideoStream.Of(head);
    }

    // Boxes: length, name. A length that no such box has is text.
    private static bool IsIso(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8) return false;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
        ReadOnlySpan<byte> name = head[4..8];
        if (name.SequenceEqual("ftyp"u8)) return length is >= 12 and < 4096 && HasVideoBrand(head);
        if (name.SequenceEqual("mdat"u8)) return length is 0 or 1 or >= 8;
        if (name.SequenceEqual("moov"u8)) return length is >= 8 and < 1 << 29;
        bool empty = name.SequenceEqual("free"u8) || name.SequenceEqual("skip"u8) || name.SequenceEqual("wide"u8)
            || name.SequenceEqual("pnot"u8);
        return empty && length is >= 8 and < 1 << 24;
    }

    private static bool HasVideoBrand(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12) return false;
        ReadOnlySpan<byte> brand = head[8..12];
        foreach (string other in s_noVideoBrands)
            if (brand.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(other))) return false;
        return true;
    }

    private static bool IsRiff(ReadOnlySpan<byte> head, ReadOnlySpan<byte> form) =>
        head.Length >= 12 && head[..4].SequenceEqual("RIFF"u8) && head[8..12].SequenceEqual(form);

    // The first pages begin all streams: music has none of these.
    private static bool IsOgg(ReadOnlySpan<byte> head) => head.StartsWith("OggS"u8)
        && (head.IndexOf("\u0001video\0\0\0"u8) >= 0 || head.IndexOf("theora"u8) >= 0 || head.IndexOf("OVP80"u8) >= 0
            || head.IndexOf("BBCD\0"u8) >= 0 || head.IndexOf("daala"u8) >= 0);

    // A PNG of several pictures says so before the first of them.
    private static bool IsMovingPng(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10])) return false;
        for (long at = 8; at + 12 <= head.Length;)
        {
            ReadOnlySpan<byte> chunk = head[(int)at..], name = chunk[4..8];
            if (name.SequenceEqual("acTL"u8)) return BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]) > 1;
            if (name.SequenceEqual("IDAT"u8)) return false;
            at += 12L + BinaryPrimitives.ReadUInt32BigEndian(chunk);
        }
        return false;
    }

    // A packet's head is 16 bytes: zeros, 1, its kind (a map comes first), its length, zeros, E1 E2.
    private static bool IsGxf(ReadOnlySpan<byte> head) =>
        head is [0, 0, 0, 0, 1, 0xBC, _, _, _, _, 0, 0, 0, 0, 0xE1, 0xE2, ..];

    // Blocks of 80 bytes: the head, two of subcode, three that describe the video.
    private static bool IsDv(ReadOnlySpan<byte> head) => head.Length >= 480
        && (head[0] & 0xE0, head[1], head[2]) == (0, 7, 0) && (head[3] & 0x7F) == 0x3F
        && (head[80] & 0xE0) == 0x20 && (head[160] & 0xE0) == 0x20 && (head[240] & 0xE0) == 0x40
        && (head[320] & 0xE0) == 0x40 && (head[400] & 0xE0) == 0x40;
}
