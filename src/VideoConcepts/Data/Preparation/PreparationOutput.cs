using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// The files beside the frames. They are removed when work begins and appear, each by a rename, when it has ended: an
/// interrupted run leaves no list that could be taken for a finished one.
/// </summary>
internal sealed class PreparationOutput(string folder)
{
    private static readonly char[] s_needQuotes = [',', '"', '\r', '\n'];

    private readonly string _videos = Path.Combine(folder, "videos.csv");
    private readonly string _labelled = Path.Combine(folder, "labelled.csv");
    private readonly string _classes = Path.Combine(folder, "classes.txt");
    private readonly string _report = Path.Combine(folder, "prepare-report.json");

    public string FrameRoot { get; } = Path.Combine(folder, "frames");

    public void RemoveOld()
    {
        foreach (string file in (string[])[_videos, _labelled, _classes, _report]) File.Delete(file);
    }

    public PreparationResult Write(
        IReadOnlyList<PreparedVideo> videos, IReadOnlyList<string> classes, FrameOptions options, string ffmpegVersion)
    {
        var usable = videos.Where(video => video.HasFrames).ToList();
        bool labelled = classes.Count > 0 && usable.Count > 0;
        // An empty list is worse than none: a later step would take it.
        if (usable.Count > 0) Replace(_videos, Lines(usable.Select(Row)));
        if (classes.Count > 0) Replace(_classes, Lines(classes));
        if (labelled)
        {
            var index = classes.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i, StringComparer.Ordinal);
            Replace(_labelled, Lines(usable.Select(video => $"{Row(video)},{index[video.Source.Class!]}")));
        }
        var result = new PreparationResult(
            videos, classes, usable.Count > 0 ? _videos : null, labelled ? _labelled : null, _report);
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
            Options = new { options.ShortSide, options.JpegQuality, FfmpegQuantizer = options.QuantizerScale },
            Ffmpeg = ffmpegVersion,
            Counts = new
            {
                result.Done,
                result.Skipped,
                result.Failed,
                result.Frames,
                SmallerThanShortSide = result.Videos.Count(video =>
                    video.HasFrames && Math.Min(video.Outcome.Width, video.Outcome.Height) < options.ShortSide),
            },
            Failed = result.Videos.Where(video => !video.HasFrames)
                .Select(video => new { Video = video.Source.Name, video.Outcome.Reason }),
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

    private static void Replace(string file, string text)
    {
        string aside = file + ".partial";
        File.WriteAllText(aside, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(aside, file, overwrite: true);
    }
}
