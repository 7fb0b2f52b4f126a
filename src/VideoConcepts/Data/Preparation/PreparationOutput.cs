using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// The files beside the frames. They are removed when work begins and appear, each by a rename, when it has ended: an
/// interrupted run leaves no list that could be taken for a finished one.
/// </summary>
internal sealed class PreparationOutput(string folder)
{
    private const string ReportName = "prepare-report.json";

    private static readonly char[] s_needQuotes = [',', '"', '\r', '\n'];

    private readonly string _classes = Path.Combine(folder, ClassTitles.FileName);
    private readonly string _report = Path.Combine(folder, ReportName);

    public string FrameRoot { get; } = FrameRootOf(folder);

    /// <summary>Below which all frames of an output folder lie.</summary>
    public static string FrameRootOf(string folder) => Path.Combine(folder, "frames");

    /// <summary>Names of the files that a preparation wrote into a folder.</summary>
    public static HashSet<string> FilesIn(string folder)
    {
        Origin? origin = Origin.FromJson(OutputSet.ReadJson(Path.Combine(folder, ReportName))?[Origin.Key]);
        return [ReportName, .. origin?.Files?.Keys ?? []];
    }

    /// <summary>Looks at the files in the folder before work begins; writes nothing.</summary>
    /// <exception cref="BadInputException">It holds files of others, an input, or what was made of other
    /// videos.</exception>
    public OutputSet Claim(DatasetPlan plan, PreparationOptions options)
    {
        InputFile[] inputs =
        [
            .. options.ClassList is { } classes ? [new InputFile("‹class_list›", classes)] : (InputFile[])[],
            .. OfficialListsAmong(plan, options),
        ];
        OutputSet files = OutputSet.Claim(PreparationOrigin.Of(plan, options), _report, Others(plan), inputs,
            options.ForLearn ? null : options.Force,
            json => PreparationOrigin.IsEarlier(json)
                && (options.Force || PreparationOrigin.IsOfSameVideos(json, plan) ? true
                : throw new BadInputException(
                    $"{_report}: was made from other videos than those of {options.Videos}; "
                    + (options.ForLearn ? "choose another ‹out›."
                    : "choose another folder, or replace it with ‹force›."))));
        return files;
    }

    /// <summary>Where the frames of a video go.</summary>
    public string FolderOf(SourceVideo video) => Path.Combine(FrameRoot, video.FrameFolder);

    /// <exception cref="BadInputException">The folder of the video's frames holds something of others.</exception>
    public void RefuseForeign(SourceVideo video, FrameOptions options)
    {
        if (new FrameFolder(FolderOf(video), options.Pack).ForeignEntry() is { } foreign)
            throw new BadInputException(
                $"{foreign}: is there already, and prepare did not make it; move its folder away or choose another "
                + "‹out›.");
    }

    /// <summary>Removes the lists of an earlier run, and leaves a record of what is under way.</summary>
    public void RemoveOld(DatasetPlan plan, OutputSet files)
    {
        // In this order: lists that a crash left unrecorded would be taken for a stranger's.
        foreach (string file in Others(plan)) File.Delete(file);
        files.Write(new JsonObject { ["finished"] = false });
    }

    private string[] Others(DatasetPlan plan) =>
        [.. plan.Lists.Select(list => Path.Combine(folder, list.File)), _classes];

    /// <summary>
    /// Of the lists to be written those that have the place of an official list, which this program did not write.
    /// </summary>
    private IEnumerable<InputFile> OfficialListsAmong(DatasetPlan plan, PreparationOptions options)
    {
        if (options.Lists is null) return [];
        string lists = RealPath.Of(File.Exists(options.Lists) ? Path.GetDirectoryName(Path.GetFullPath(options.Lists))!
            : options.Lists) + Path.DirectorySeparatorChar;
        IReadOnlyDictionary<string, string>? own = Origin.FromJson(OutputSet.ReadJson(_report)?[Origin.Key])?.Files;
        return from file in Others(plan)
               where File.Exists(file) && RealPath.Of(file).StartsWith(lists, HostSystem.PathComparison)
               where own is null || !own.TryGetValue(Path.GetFileName(file), out string? hash)
                   || hash != FileHash.Of(file)
               select new InputFile("‹lists›", file);
    }

    public PreparationResult Write(DatasetPlan plan, IReadOnlyList<PreparedVideo> videos, FrameOptions options,
        string ffmpegVersion, OutputSet files)
    {
        var prepared = videos.Where(video => video.HasFrames)
            .ToDictionary(video => video.Source.Name, StringComparer.Ordinal);
        List<(string Path, byte[] Bytes)> written = [];
        foreach (PlannedList list in plan.Lists)
        {
            string[] rows = [.. list.Rows.Where(row => prepared.ContainsKey(row.Video.Name))
                .Select(row => Row(prepared[row.Video.Name], options)
                    + (list.Labelled ? string.Create(CultureInfo.InvariantCulture, $",{row.Label}") : ""))];
            if (rows.Length == 0) continue; // an empty list is worse than none: a later step would take it
            written.Add((Path.Combine(folder, list.File), OutputSet.Bytes(Lines(rows))));
        }
        var result = new PreparationResult(plan, videos, [.. written.Select(list => list.Path)], _report);
        if (plan.Classes.Count > 0) written.Add((_classes, OutputSet.Bytes(Lines(plan.Classes))));
        files.Write(Report(result, options, ffmpegVersion), written);
        return result;
    }

    /// <summary>What another process wrote of the same videos.</summary>
    public PreparationResult Read(DatasetPlan plan, IReadOnlyList<PreparedVideo> videos) => new(plan, videos,
        [.. plan.Lists.Select(list => Path.Combine(folder, list.File)).Where(File.Exists)], _report);

    private static string Place(PreparedVideo video, FrameOptions options) =>
        "frames/" + FrameFolder.NameOf(video.Source.FrameFolder, options.Pack);

    private static string Row(PreparedVideo video, FrameOptions options)
    {
        string path = Place(video, options);
        bool plain = path.IndexOfAny(s_needQuotes) < 0 && path.Trim() == path;
        string field = plain ? path : '"' + path.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        return string.Create(CultureInfo.InvariantCulture, $"{field},{video.Outcome.Frames}");
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private static JsonObject Report(PreparationResult result, FrameOptions options, string ffmpegVersion)
    {
        var report = new
        {
            Finished = true,
            Options = new
            {
                options.ShortSide,
                options.JpegQuality,
                FfmpegQuantizer = options.QuantizerScale,
                options.FpsLimit,
                options.Tolerate,
                options.Pack,
            },
            Ffmpeg = ffmpegVersion,
            Counts = new
            {
                result.Done,
                result.Skipped,
                result.Failed,
                result.NoVideo,
                result.Damaged,
                Missing = result.Plan.Missing.Count,
                result.Plan.Unlisted,
                LeftOut = result.Plan.LeftOut.Count,
                OtherFiles = result.Plan.Others.Total,
                result.Frames,
                result.Cuts,
                result.CutsUnknown,
                SmallerThanShortSide = result.Videos.Count(video =>
                    video.HasFrames && Math.Min(video.Outcome.Width, video.Outcome.Height) < options.ShortSide),
            },
            Failed = Reasons(result, ExtractionStatus.Failed),
            NoVideo = Reasons(result, ExtractionStatus.NoVideo),
            Damaged = result.Videos.Where(video => video.Outcome.Damaged > 0).Select(video => new
            {
                Video = video.Source.Name,
                video.Outcome.Frames,
                video.Outcome.Damaged,
                video.Outcome.Filled,
            }),
            result.Plan.Missing,
            result.Plan.LeftOut,
            OtherFiles = result.Plan.Others.Kinds,
            Done = Rows(result, ExtractionStatus.Done, options),
            Skipped = Rows(result, ExtractionStatus.Skipped, options),
        };
        return JsonSerializer.SerializeToNode(report, PreparationJson.Options)!.AsObject();
    }

    private static IEnumerable<object> Reasons(PreparationResult result, ExtractionStatus status) =>
        from video in result.Videos
        where video.Outcome.Status == status
        select new { Video = video.Source.Name, video.Outcome.Reason };

    private static IEnumerable<object> Rows(PreparationResult result, ExtractionStatus status, FrameOptions options) =>
        from video in result.Videos
        where video.Outcome.Status == status
        select new
        {
            Video = video.Source.Name,
            Folder = Place(video, options),
            video.Outcome.Frames,
            video.Outcome.Width,
            video.Outcome.Height,
            Cuts = video.Outcome.CutsUnknown ? null : (int?)video.Outcome.Cuts,
        };
}
