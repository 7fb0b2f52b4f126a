using System.Text.RegularExpressions;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// Decides from what ffmpeg wrote whether a decode was error-free. ffmpeg ends with status 0 on many broken videos
/// (a truncated webm or mkv among them), so every line of level error counts, with two exceptions: lines of audio and
/// subtitle decoders, which only look at the other streams of the file, and lines that are known to be harmless.
/// </summary>
internal sealed partial class FfmpegErrors
{
    private static readonly string[] s_harmless =
    [
        "Referenced QT chapter track not found", // a table of contents, no picture
    ];

    // True, but they follow from an earlier line that says more.
    private static readonly string[] s_consequences =
    [
        "Conversion failed!",
        "Cannot determine format of input stream",
        "Error marking filters as finished",
        "Error while decoding stream",
        "Error while filtering",
        "Error submitting packet to decoder",
        "Error processing packet in decoder",
        "Error opening input",
        "Decode error rate",
        "Task finished with error code",
        "Terminating thread with return code",
        "Nothing was written into output file",
        "Output file is empty",
    ];

    private const string NoStream = "matches no streams";

    private readonly HashSet<string> _otherDecoders;

    /// <param name="decoderTable">The output of `ffmpeg -decoders`: flags, then name; A audio, S subtitle.</param>
    public FfmpegErrors(IEnumerable<string> decoderTable)
    {
        _otherDecoders = decoderTable
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 1 && fields[0].Length == 6 && fields[0][0] is 'A' or 'S')
            .Select(fields => fields[1])
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The last line that says what went wrong, or null if none does.</summary>
    public string? Reason(IReadOnlyList<string> lines)
    {
        string? last = null;
        string? lastTelling = null;
        foreach (string line in lines)
        {
            Match match = ErrorLine().Match(line);
            if (!match.Success) continue;
            string component = match.Groups["component"].Value;
            string message = match.Groups["message"].Value.Trim();
            if (_otherDecoders.Contains(component) || StartsWithAny(message, s_harmless)) continue;

            if (Decisive(message) is { } decisive) return decisive;
            last = component is "" or "NULL" ? message : $"{component}: {message}";
            bool telling = !StartsWithAny(message, s_consequences)
                && !message.EndsWith("Invalid data found when processing input", StringComparison.Ordinal);
            if (telling) lastTelling = last;
        }
        return lastTelling ?? last;
    }

    /// <summary>Whether a file, which could be read, has no stream that is a video.</summary>
    public bool FindNoVideo(IReadOnlyList<string> lines)
    {
        string[] before = [.. lines.TakeWhile(line => !line.Contains(NoStream, StringComparison.Ordinal))];
        return before.Length < lines.Count && Reason(before) is null;
    }

    /// <summary>Our own limits, in words that say what they are.</summary>
    private static string? Decisive(string message)
    {
        if (message.StartsWith("Format not on whitelist", StringComparison.Ordinal))
            return "not one of the containers that are read (mp4, mov, mkv, webm, avi, MPEG, flv, wmv, ogg …)";
        return TooLarge().Match(message) is { Success: true } size
            ? $"pictures of {size.Groups[1].Value} are larger than 64 megapixels" : null;
    }

    [GeneratedRegex(@"^Picture size (\d+x\d+) exceeds specified max pixel count")]
    private static partial Regex TooLarge();

    private static bool StartsWithAny(string message, string[] beginnings) =>
        beginnings.Any(beginning => message.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>`[h264 @ 0x5556] [error] message`; without a component when ffmpeg itself speaks.</summary>
    [GeneratedRegex(
        @"^(?:\[(?<component>[^\]]*?) @ (?:0x)?[0-9a-fA-F]+\] ?)*\[(?:panic|fatal|error)\] (?<message>.*)$")]
    private static partial Regex ErrorLine();
}
