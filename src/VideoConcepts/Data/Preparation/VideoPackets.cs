using System.Globalization;

namespace VideoConcepts.Data.Preparation;

/// <summary>The frames of a video as its container has them, damaged ones too.</summary>
/// <param name="Times">Time stamps of the frames to be shown, in the order in which they are coded, in units of the
/// stream; null where there is none.</param>
/// <param name="Counted">How many there are by the container's index, or null.</param>
internal sealed record VideoPackets(IReadOnlyList<long?> Times, int? Counted)
{
    /// <summary>Asks ffprobe; null where it cannot read the file.</summary>
    public static async Task<VideoPackets?> OfAsync(Ffmpeg ffmpeg, FfmpegInput video, TimeSpan longest,
        CancellationToken cancellation)
    {
        string? answer = await VideoProbe.AskAsync(ffmpeg, video,
            ["-show_entries", "packet=pts,flags:stream=nb_frames:format=format_name", "-of", "csv"],
            cancellation, longest).ConfigureAwait(false);
        if (answer is null) return null;
        List<long?> times = [];
        int? counted = null;
        int hidden = 0;
        bool hasIndex = false;
        foreach (string line in answer.Split('\n'))
        {
            string[] fields = line.Split(',');
            if (fields is ["packet", var time, var flags, ..])
            {
                if (flags.Contains('D', StringComparison.Ordinal)) hidden++; // decoded, but not shown
                else times.Add(long.TryParse(time, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                    out long value) ? value : null);
            }
            else if (fields is ["stream", var frames, ..] && int.TryParse(frames, NumberStyles.None,
                CultureInfo.InvariantCulture, out int number) && number > 0)
            {
                counted = number;
            }
            else if (fields is ["format", ..])
            {
                // The index of mp4 and mov. AVI counts what has no frame in it, too; others count seldom.
                hasIndex = line.Contains("mov,mp4", StringComparison.Ordinal);
            }
        }
        return new VideoPackets(times, hasIndex ? counted - hidden : null);
    }
}
