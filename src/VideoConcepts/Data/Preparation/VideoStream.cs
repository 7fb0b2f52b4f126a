namespace VideoConcepts.Data.Preparation;

/// <summary>Knows streams without a head by the codes that begin their units: MPEG, H.264, HEVC, AV1.</summary>
internal static class VideoStream
{
    private const byte Sync = 0x47;

    // Profiles of H.264: a byte that else could be anything.
    private static readonly byte[] s_profiles = [44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 138, 244];

    /// <summary>The kind of the stream, or null.</summary>
    public static string? Of(ReadOnlySpan<byte> head)
    {
        foreach (int packet in (ReadOnlySpan<int>)[188, 192, 204])
            if (IsTransport(head, packet)) return "MPEG-TS";
        // a temporal delimiter, which is empty, and a sequence's head
        if (head is [0x12, 0x00, 0x0A, ..]) return "AV1";
        if (head is [0, 0, 1, ..]) return Unit(head[3..]);
        return head is [0, 0, 0, 1, ..] ? Unit(head[4..]) : null;
    }

    // What a receiver wrote may begin within a packet. The third byte after the first says what a packet holds: never
    // nothing.
    private static bool IsTransport(ReadOnlySpan<byte> head, int packet)
    {
        for (int first = 0; first < packet && first + (2 * packet) < head.Length; first++)
        {
            int at = first;
            while (at + 3 < head.Length && head[at] == Sync && (head[at + 3] & 0x30) != 0) at += packet;
            if (at + 3 >= head.Length) return true;
        }
        return false;
    }

    private static string? Unit(ReadOnlySpan<byte> unit) => unit switch
    {
        [0xBA, var clock, ..] when (clock & 0xC0) == 0x40 || (clock & 0xF0) == 0x20 => "MPEG-PS",
        // width and height of 12 bits, neither 0; the kind of the pixels and the rate, neither 0
        [0xB3, var a, var b, var c, var d, ..] when (a | (b >> 4)) != 0 && ((b & 15) | c) != 0 && d >> 4 != 0
            && (d & 15) is >= 1 and <= 8 => "MPEG video",
        // an icon begins like the third of these, but for the second code
        [0xB0, _, 0, 0, 1, ..] or [0, 0, 0, 1, >= 0x20 and < 0x30, ..] or [< 0x20, 0, 0, 1, >= 0x20 and < 0x30, ..]
            => "MPEG-4 video",
        [0x27 or 0x47 or 0x67, var profile, ..] when s_profiles.Contains(profile) => "H.264",
        [0x09, var kind, 0, 0, ..] when (kind & 0x1F) == 0x10 => "H.264",
        [0x40, 0x01, 0x0C, ..] or [0x42, 0x01, 0x01, ..] or [0x46, 0x01, 0x10 or 0x30 or 0x50, 0, 0, ..] => "HEVC",
        _ => null,
    };
}
