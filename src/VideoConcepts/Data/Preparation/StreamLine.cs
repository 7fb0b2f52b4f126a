using System.Globalization;
using System.Text.RegularExpressions;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// What ffmpeg says of a video before it decodes it. It tells whether the colours are ordinary: then there is no need
/// to ask ffprobe, whose start takes as long as the decoding of a short clip.
/// </summary>
internal static partial class StreamLine
{
    private const int HighDefinition = 720;

    // as ffmpeg names them: of what is neither HDR nor left to a guess
    private static readonly string[] s_ordinary = ["smpte170m", "bt470bg", "bt709", "gbr"];

    /// <summary>Whether the colours of a stream need no treatment; null: the line does not tell of a video.</summary>
    public static bool? IsOrdinary(string line)
    {
        if (!line.Contains(": Video: ", StringComparison.Ordinal)
            || !line.Contains("Stream #", StringComparison.Ordinal)
            || line.Contains("(attached pic)", StringComparison.Ordinal))
            return null;
        if (Size().Match(line) is not { Success: true } size) return false;
        string format = Format().Match(line).Groups[1].Value;
        string[] told = format.Split(", ").SelectMany(word => word.Split('/')).ToArray();
        if (told.Any(word => word.StartsWith("bt2020", StringComparison.Ordinal)
            || word is "smpte2084" or "arib-std-b67"))
            return false;
        int height = int.Parse(size.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return height < HighDefinition || told.Any(s_ordinary.Contains);
    }

    /// <summary>How long the video is by what its container says, in seconds, or null.</summary>
    public static double? Seconds(string line) => Duration().Match(line) is { Success: true } told
        && TimeSpan.TryParse(told.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out TimeSpan length)
            ? length.TotalSeconds : null;

    // Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), 320x240 [SAR 1:1 DAR 4:3], 25 fps
    [GeneratedRegex(@"Video: .*?, [a-z0-9]+\(([^)]*)\), ")]
    private static partial Regex Format();

    [GeneratedRegex(@", [1-9][0-9]*x([1-9][0-9]*)[ ,]")]
    private static partial Regex Size();

    [GeneratedRegex(@"Duration: (\d+:\d\d:\d\d\.\d+)")]
    private static partial Regex Duration();
}
