using System.Globalization;
using System.Text.Json;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// The files beside the frames. They are removed when work begins and appear, each by a rename, when it has ended: an
/// interrupted run leaves no list that could be taken for a finished one.
/// </summary>
internal sealed class PreparationOutput(string folder)
{
    private static readonly char[] s_needQuotes = [',', '"', '\r', '\n'];

    private readonly string _classes = Path.Combine(folder, "classes.txt");
    private readonly string _report = Path.Combine(folder, "prepare-report.json");

    public string FrameRoot { get; } = Path.Combine(folder, "frames");

    public void RemoveOld(DatasetPlan plan)
    {
        foreach (string file in (IEnumerable<string>)[.. plan.Lists.Select(list => Path.Combine(folder, list.File)), _classes, _report]) File.Delete(file);
    }

    public PreparationResult Write(DatasetPlan plan, IReadOnlyList<PreparedVideo> videos, FrameOptions options, string ffmpegVersion)
    {
        var prepared = videos.Where(video => video.HasFrames).ToDictionary(video => video.Source.Name, StringComparer.Ordinal);
        List<string> written = [];
        foreach (PlannedList list in plan.Lists)
        {
            string[] rows = [.. list.Rows.Where(row => prepared.ContainsKey(row.Video.Name))
                .Select(row => Row(prepared[row.Video.Name]) + (list.Labelled ? string.Create(CultureInfo.InvariantCulture, $",{row.Label}") : ""))];
            if (rows.Length == 0) continue; // an empty list is worse than none: a later step would take it
            written.Add(Path.Combine(folder, list.File));
            Replace(written[^1], Lines(rows));
        }
        if (plan.Classes.Count > 0) Replace(_classes, Lines(plan.Classes));
        var result = new PreparationResult(plan, videos, written, _report);
        Replace(_report, Report(result, options, ffmpegVersion));
        return result;
    }

    private static string Row(PreparedVideo video)
    {
        string path = "frames/" + video.Source.FrameFolder;
        bool plain = path.IndexOfAny(s_needQuotes) < 0 && path.Trim() == path;
        string field = plain ? path : '"' + path.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        return string.Create(CultureInfo.InvariantCulture, $"{field},{video.Outcome.Frames}");
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private static string Report(PreparationResult result, FrameOptions options, string ffmpegVersion)
    {
        var report = new
        {
            Options = new { options.ShortSide, options.JpegQuality, FfmpegQuantizer = options.QuantizerScale, options.FpsLimit },
            Ffmpeg = ffmpegVersion,
            Counts = new
            {
                result.Done,
                result.Skipped,
                result.Failed,
                Missing = result.Plan.Missing.Count,
                result.Plan.Unlisted,
                result.Frames,
                SmallerThanShortSide = result.Videos.Count(video =>
                    video.HasFrames && Math.Min(video.Outcome.Width, video.Outcome.Height) < options.ShortSide),
            },
            Failed = result.Videos.Where(video => !video.HasFrames)
                .Select(video => new { Video = video.Source.Name, video.Outcome.Reason }),
            result.Plan.Missing,
            Done = Rows(result, ExtractionStatus.Done),
            Skipped = Rows(result, ExtractionStatus.Skipped),
        };
        return JsonSerializer.Serialize(report, PreparationJson.Options) + "\n";
    }

    private static IEnumerable<object> Rows(PreparationResult result, ExtractionStatus status) =>
        from video in result.Videos
        where video.Outcome.Status == status
        select new
        {
            Video = video.Source.Name,
            Folder = "frames/" + video.Source.FrameFolder,
            video.Outcome.Frames,
            video.Outcome.Width,
            video.Outcome.Height,
        };

    private static void Replace(string file, string text) => AsideFile.WriteText(file, text);
}
