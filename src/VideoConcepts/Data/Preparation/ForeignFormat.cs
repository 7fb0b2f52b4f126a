using System.Text;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// What is no video by its first bytes, whatever its name: playlists, which make a decoder read other files, are
/// refused before a process is started for them.
/// </summary>
internal static class ForeignFormat
{
    /// <summary>Number of first bytes to look at.</summary>
    public const int HeadBytes = VideoFormat.HeadBytes;

    /// <summary>Why a file of several WebP pictures is left out.</summary>
    public const string AnimatedWebP = "animated WebP cannot be read; convert it to GIF or mp4";

    /// <summary>Why a file that holds one picture is none of the videos.</summary>
    public const string Picture = "a picture, not a video";

    private static readonly (string Beginning, string Name)[] s_playlists =
    [
        ("#EXTM3U", "HLS"), ("#EXT-X-", "HLS"), ("ffconcat ", "ffconcat"), ("file ", "ffconcat"),
        ("file:", "a list of files"), ("[playlist]", "PLS"),
        ("[Reference]", "ASX"), ("<asx", "ASX"), ("v=0", "SDP"), ("RTSPtext", "QuickTime"), ("rtsptext", "QuickTime"),
    ];

    private static readonly (string Element, string Name)[] s_documents =
    [
        ("<MPD", "DASH"), ("<SmoothStreamingMedia", "Smooth Streaming"), ("<smil", "SMIL"), ("<asx", "ASX"),
        ("<playlist", "XSPF"),
        ("<CompositionPlaylist", "IMF"), ("<AssetMap", "IMF"),
    ];

    private static readonly string[] s_listed =
        [".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".ppm", ".mp4", ".avi", ".webm", ".mkv",
            ".mov", ".ts", ".m4s", ".m3u8", ".mpd"];

    /// <summary>Why the file is not decoded, or null.</summary>
    public static string? Fault(ReadOnlySpan<byte> head)
    {
        if (VideoFormat.IsAnimatedWebP(head)) return AnimatedWebP;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
            || (head.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) && VideoFormat.Of(head) is null))
            return Picture;
        return Playlist(head) is { } name ? $"a playlist ({name}) names other files; give the videos themselves" : null;
    }

    private static string? Playlist(ReadOnlySpan<byte> head)
    {
        string text = Text(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n', '\0');
        foreach ((string beginning, string name) in s_playlists)
            if (text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)) return name;
        if (text.StartsWith('<'))
            return s_documents.FirstOrDefault(d => text.Contains(d.Element, StringComparison.OrdinalIgnoreCase)).Name;
        string first = text.Split('\n')[0].TrimEnd();
        // A container's first bytes hold control characters: lengths, versions, flags.
        bool lists = first.Length > 0 && VisibleText.Of(first) == first
            && s_listed.Any(e => first.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return lists ? "a list of files" : null;
    }

    private static string Text(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(head),
        [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(head),
        _ => Encoding.UTF8.GetString(head),
    };
}
