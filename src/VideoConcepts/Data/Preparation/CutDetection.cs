using System.Globalization;
using System.Text.RegularExpressions;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// Finds where a video's picture changes from one frame to the next as a whole: ffmpeg's scdet, whose score is the mean
/// absolute difference of two frames in percent of the range, or by how much it differs from that of the two frames
/// before, if that is less: of steady motion, however fast, it is small. Fades are not found.
/// </summary>
internal static partial class CutDetection
{
    /// <summary>The score of a cut; docs/data.md says what it finds and what it takes for a cut.</summary>
    public const double Threshold = 10;

    private const string CutsLog = "cuts.log", KeptLog = "kept.log", Kept = "kept";

    /// <summary>
    /// Before any frame is left out: looks at a copy of each, which it may need in another pixel format, and logs the
    /// times of cuts.
    /// </summary>
    public static string Look { get; } = string.Create(CultureInfo.InvariantCulture,
        $"split[shown][looked];[looked]scdet=threshold={Threshold},{Log("lavfi.scd.time", CutsLog)},nullsink;")
        + $"[shown]metadata=mode=add:key={Kept}:value=1,";

    /// <summary>Of what is left of them: logs the times of the frames that are kept.</summary>
    public static string Count { get; } = Log(Kept, KeptLog) + ",";

    /// <summary>
    /// Positions from 1 of the kept frames that begin a new shot, from ffmpeg's logs, which are removed.
    /// </summary>
    /// <param name="folder">Where ffmpeg ran.</param>
    /// <param name="frames">Frames that it wrote.</param>
    /// <returns>Null where it did not look, or lost count: it begins anew where pictures change their size.</returns>
    public static IReadOnlyList<int>? TakeLogs(string folder, int frames)
    {
        string cuts = Path.Combine(folder, CutsLog), kept = Path.Combine(folder, KeptLog);
        if (!File.Exists(cuts) || !File.Exists(kept)) return null;
        long[] shown = [.. Times(kept)];
        int[] found = [.. Times(cuts).Select(time => FirstFrom(shown, time))
            .Where(position => position > 0 && position < frames).Distinct().Order()];
        File.Delete(cuts);
        File.Delete(kept);
        return shown.Length == frames ? found : null;
    }

    /// <summary>Makes the log of kept frames that of all frames, once those that are lost have been filled.</summary>
    /// <param name="folder">Where ffmpeg ran.</param>
    /// <param name="logged">Frames that it gave.</param>
    /// <param name="times">Time stamps of all frames.</param>
    public static void Renumber(string folder, int logged, IReadOnlyList<long> times)
    {
        string kept = Path.Combine(folder, KeptLog);
        if (!File.Exists(kept) || Times(kept).Count() != logged) return;
        File.WriteAllLines(kept, times.Select((time, i) =>
            string.Create(CultureInfo.InvariantCulture, $"frame:{i} pts:{time} ")));
    }

    private static int FirstFrom(long[] shown, long time) =>
        Array.BinarySearch(shown, time) is var at && at >= 0 ? at : ~at;

    private static string Log(string key, string file) => $"metadata=mode=print:key={key}:file={file}";

    // frame:79   pts:79      pts_time:3.16; in units of the stream: seconds are printed with six digits
    internal static IEnumerable<long> Times(string log) =>
        from line in File.ReadLines(log)
        let time = Time().Match(line)
        where time.Success
        select long.Parse(time.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^frame:.*\spts:(-?[0-9]+)\s")]
    private static partial Regex Time();
}
