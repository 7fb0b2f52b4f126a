using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>What became of hits that were cut out.</summary>
/// <param name="Clips">The files.</param>
/// <param name="LeftOut">Hits without a clip, each with the reason.</param>
/// <param name="Table">hits.csv.</param>
/// <param name="EditList">hits.edl.</param>
public sealed record CutResult(IReadOnlyList<string> Clips, IReadOnlyList<(MomentHit Hit, string Reason)> LeftOut,
    string Table, string EditList);

/// <summary>
/// Hits as clips of their own: encoded anew, so that they begin and end at the frame (H.264 at constant quality 18,
/// sound in AAC; MPEG-4 where ffmpeg has no x264), with a table and an edit decision list (CMX 3600) of their times.
/// </summary>
public static class HitCutting
{
    private const string Table = "hits.csv", EditList = "hits.edl";

    /// <summary>The file of the figures.</summary>
    internal const string Record = "hits.json";

    private static readonly string[] s_x264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18"],
        s_mpeg4 = ["-c:v", "mpeg4", "-q:v", "3"];

    /// <summary>Finds out whether clips can be written to a folder, before anything is searched.</summary>
    /// <exception cref="BadInputException">They cannot.</exception>
    internal static void Open(string folder) => OutputFolder.Open(folder, "‹cut›");

    /// <summary>Cuts hits out. Files of an earlier search in the folder are replaced.</summary>
    /// <param name="library">Where they were found.</param>
    /// <param name="hits">What was found, best first.</param>
    /// <param name="folder">Where the files go.</param>
    /// <param name="ffmpeg">The program or its folder; null: the one on PATH.</param>
    /// <param name="stop">Ends ffmpeg; nothing is written then.</param>
    /// <exception cref="BadInputException">Something stands in the folder that this program did not make, or there is
    /// no ffmpeg.</exception>
    public static CutResult Cut(MomentLibrary library, IReadOnlyList<MomentHit> hits, string folder,
        string? ffmpeg = null, CancellationToken stop = default)
    {
        Open(folder);
        List<(MomentHit Hit, string Reason)> leftOut = [];
        List<(MomentHit Hit, string Path)> wanted = [];
        int digits = Math.Max(2, hits.Count.ToString(CultureInfo.InvariantCulture).Length);
        for (int i = 0; i < hits.Count; i++)
        {
            MomentHit hit = hits[i];
            if (hit.Video.Kind == VideoKind.Frames) leftOut.Add((hit, "is a list of frames, which has no clips"));
            else if (hit.IsMissing) leftOut.Add((hit, $"there is no {hit.File}"));
            else wanted.Add((hit, Path.Combine(folder, Name(hit, (i + 1).ToString(CultureInfo.InvariantCulture)
                .PadLeft(digits, '0')))));
        }
        string table = Path.Combine(folder, Table), list = Path.Combine(folder, EditList);
        OutputSet set = OutputSet.Claim(new Origin("search cut", []), Path.Combine(folder, Record),
            [table, list, .. wanted.Select(clip => clip.Path)],
            [.. AnalysisFiles.Inputs(library), .. wanted.Select(clip => new InputFile("a video", clip.Hit.File))],
            whole: true);
        Ffmpeg? program = wanted.Count == 0 ? null : Ffmpeg.FindAsync(ffmpeg, stop).GetAwaiter().GetResult();
        string scratch = Directory.CreateTempSubdirectory("videoconcepts-cut-").FullName;
        try
        {
            var clips = library.Work.Track("clips", wanted.Count, tick =>
            {
                List<(MomentHit Hit, string Path, string Made)> made = [];
                string[] encoder = s_x264;
                foreach ((MomentHit hit, string path) in wanted)
                {
                    string to = Path.Combine(scratch, $"{made.Count}.mp4");
                    string? fault = Encode(library, program!, hit, encoder, to, stop);
                    if (fault is not null && made.Count == 0 && encoder == s_x264
                        && Encode(library, program!, hit, s_mpeg4, to, stop) is null)
                        (fault, encoder) = (null, s_mpeg4);
                    if (fault is null) made.Add((hit, path, to));
                    else leftOut.Add((hit, fault));
                    tick(made.Count + leftOut.Count, hit.Video.Path);
                }
                return made;
            });
            Dictionary<MomentHit, string> names = clips.ToDictionary(clip => clip.Hit, clip => clip.Path,
                ReferenceEqualityComparer.Instance as IEqualityComparer<MomentHit>);
            var result = new CutResult([.. clips.Select(clip => clip.Path)], leftOut, table, list);
            set.WriteAside(new JsonObject { ["hits"] = new JsonArray([.. hits.Select(hit => SearchJson.Of(hit))]) },
            [
                (table, to => File.WriteAllText(to, Rows(hits, names))),
                (list, to => File.WriteAllText(to, HitEditList.Of(hits))),
                .. clips.Select(clip => (clip.Path, (Action<string>)(to => File.Copy(clip.Made, to, overwrite: true)))),
            ]);
            return result;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static string Rows(IReadOnlyList<MomentHit> hits, Dictionary<MomentHit, string> clips)
    {
        var table = new CsvText("rank", "video", "start", "end", "similarity", "look", "motion", "moment", "clip");
        for (int i = 0; i < hits.Count; i++)
        {
            MomentHit hit = hits[i];
            table.Row(i + 1, hit.Video.Path, hit.Start, hit.End, hit.Similarity, hit.Look, hit.Motion, hit.Moment.Id,
                clips.TryGetValue(hit, out string? clip) ? Path.GetFileName(clip) : "");
        }
        return table.Take();
    }

    /// <summary>rank_video_start.mp4, of characters that every system takes.</summary>
    internal static string Name(MomentHit hit, string rank)
    {
        string video = Path.GetFileNameWithoutExtension(hit.Video.Path);
        var safe = new StringBuilder(video.Length);
        foreach (Rune rune in video.EnumerateRunes())
            safe.Append(Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_' or '.' ? rune.ToString() : "_");
        string start = TimeText.Of(hit.Start).Replace(':', '-');
        return FileNames.Shortened($"{rank}_{safe}", 200) + $"_{start}.mp4";
    }

    private static string? Encode(MomentLibrary library, Ffmpeg ffmpeg, MomentHit hit, string[] encoder, string to,
        CancellationToken stop)
    {
        try
        {
            using var input = new FfmpegInput(library.RawFileOf(hit.Video));
            string? fault = ffmpeg.RunThroughAsync(
            [
                .. FfmpegInput.Options, "-ss", Seconds(hit.Start), "-t", Seconds(hit.End - hit.Start), "-i", input.Url,
                "-map", "0:V:0", "-map", "0:a:0?", "-map_metadata", "-1", .. encoder,
                "-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2", "-pix_fmt", "yuv420p", "-c:a", "aac",
                "-movflags", "+faststart", "-f", "mp4", "-y", Ffmpeg.FileUrl(to),
            ], Path.GetTempPath(), _ => { }, _ => { }, stop).GetAwaiter().GetResult();
            if (fault is not null) return fault.Replace(input.Url, input.Shown, StringComparison.Ordinal);
            return FileStatus.Of(to) is { Length: > 0 } ? null : "ffmpeg wrote nothing";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static string Seconds(double seconds) => seconds.ToString("0.######", CultureInfo.InvariantCulture);
}

/// <summary>Hits as an edit decision list, CMX 3600: one cut after another, in the order of the ranks.</summary>
internal static class HitEditList
{
    /// <summary>Time codes are at the rate that most of the videos have, in whole frames a second.</summary>
    public static string Of(IReadOnlyList<MomentHit> hits)
    {
        int rate = hits.Where(hit => hit.Video is { Frames: > 0, Duration: > 0 })
            .Select(hit => Math.Clamp((int)Math.Round(hit.Video.Frames / hit.Video.Duration), 1, 99))
            .GroupBy(rate => rate).OrderByDescending(group => group.Count()).ThenBy(group => group.Key)
            .Select(group => group.Key).FirstOrDefault(25);
        var text = new StringBuilder("TITLE: hits\nFCM: NON-DROP FRAME\n");
        text.Append(CultureInfo.InvariantCulture, $"* {rate} FRAMES A SECOND\n");
        long at = 0;
        for (int i = 0; i < hits.Count; i++)
        {
            MomentHit hit = hits[i];
            long start = (long)Math.Round(hit.Start * rate);
            long length = Math.Max(1, (long)Math.Round(hit.End * rate) - start);
            text.Append(CultureInfo.InvariantCulture, $"\n{(i + 1) % 1000:000}  AX       V     C        {Code(start)} "
                + $"{Code(start + length)} {Code(at)} {Code(at + length)}\n");
            text.Append($"* FROM CLIP NAME: {VisibleText.Of(hit.Video.Path)}\n");
            at += length;
        }
        return text.ToString();

        string Code(long frames) => string.Create(CultureInfo.InvariantCulture,
            $"{frames / rate / 3600:00}:{frames / rate / 60 % 60:00}:{frames / rate % 60:00}:{frames % rate:00}");
    }
}
