using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Files;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>index: videos → a library of moments that search finds.</summary>
internal static class IndexCommand
{
    private const int Shown = 20;

    public static Command Create()
    {
        var command = new Command("index", "Put the moments of videos into a library, to be searched by look and by "
            + "motion. The same command does what is new or changed, and goes on where it was stopped.");
        var videos = Text("--videos", "folder of videos, in whatever formats and sub-folders", "folder");
        var lists = Text("--csv_file", "instead of it: lists of frames that prepare wrote, separated by commas",
            "file");
        var output = new Option<string>("--out")
        {
            Description = "the library: a file, or postgresql://host/database",
            Required = true,
            HelpName = "library",
        };
        var model = Text("--model", "a run's folder, a checkpoint, an ONNX file or weights of the program (default: "
            + "the library's; of a new one: world)", "path");
        var root = Text("--root", "folder that the library's paths start from (default: the folder of the videos)",
            "folder");
        var stride = Number("--stride", "distance of the frames of a moment (default: the middle of what was trained)");
        var step = Number("--step", "frames from moment to moment (default: half a moment)");
        var strip = Number("--strip", "height of the pictures of a moment in pixels, 0 for none (default: 72)");
        var float32 = new Option<bool>("--float32") { Description = "keep vectors as float32, not as float16" };
        var fps = new Option<double?>("--fps")
        {
            Description = "of --csv_file: frames a second, for the times (default: 25)",
            HelpName = "number",
        };
        var batch = Number("--batch", "moments per forward pass (default: 16)");
        var workers = Number("--workers", "videos that are decoded at a time (default: one more than there are cores)");
        var precision = Text("--precision", "numbers that the network computes with: auto (default), full or bfloat16",
            "text");
        var device = new Option<string>("--device")
        {
            Description = "where the network computes: auto, cpu, cuda or cuda:n",
            DefaultValueFactory = _ => Training.ComputeDevice.Default,
            HelpName = "text",
        };
        var ffmpeg = Text("--ffmpeg", "the ffmpeg program, if it is not on PATH", "file");
        var prune = new Option<bool>("--prune") { Description = "remove videos that are no longer there" };
        var reindex = new Option<bool>("--reindex")
        {
            Description = "make the library anew, by another model or with other options; the old one stays until the "
                + "new one is done",
        };
        Option<bool> share = ShareOption.Create("that reach its database");
        var approximate = Number("--approximate", "make an approximate index from so many moments on; 0: never "
            + "(default: 1000000)");
        var json = new Option<bool>("--json") { Description = "print what was done as JSON" };
        Option[] options = [videos, lists, output, model, root, stride, step, strip, float32, fps, batch, workers,
            precision, device, ffmpeg, prune, reindex, share, approximate, json];
        foreach (Option option in options) command.Options.Add(option);
        var input = new ModelInputOptionSet(command);
        command.SetAction((parsed, stop) =>
        {
            bool isShared = parsed.GetValue(share);
            if (isShared) ShareOption.TakeCores();
            using var screen = new ScreenWork();
            IndexResult result = VideoIndex.Build(new IndexOptions
            {
                Library = parsed.GetRequiredValue(output),
                Model = parsed.GetValue(model),
                Input = input.Of(parsed),
                Videos = parsed.GetValue(videos),
                Lists = EvaluationOptionSet.Several(parsed.GetValue(lists)),
                Root = parsed.GetValue(root),
                FrameStride = parsed.GetValue(stride),
                Step = parsed.GetValue(step),
                Strip = parsed.GetValue(strip),
                Float32 = parsed.GetValue(float32) ? true : null,
                Fps = parsed.GetValue(fps),
                BatchSize = parsed.GetValue(batch),
                Workers = parsed.GetValue(workers) ?? (isShared ? ShareOption.Cores + 1 : null),
                Precision = parsed.GetValue(precision),
                Device = parsed.GetValue(device)!,
                Ffmpeg = parsed.GetValue(ffmpeg),
                Prune = parsed.GetValue(prune),
                Reindex = parsed.GetValue(reindex),
                Share = isShared,
                Approximate = parsed.GetValue(approximate),
            }, screen.Context(), stop);
            screen.Dispose();
            Show(result, parsed.GetValue(json));
            return Task.FromResult(result.Failed.Count == 0 ? ExitStatus.Done : ExitStatus.Failed);
        });
        return command;
    }

    private static void Show(IndexResult result, bool json)
    {
        foreach (LibraryVideo video in result.Failed.Take(Shown)) Screen.Error($"failed: {video.Path}: {video.Error}");
        More(result.Failed.Count, "failed");
        foreach (LibraryVideo video in result.LeftOut.Take(Shown)) Screen.Say($"left out: {video.Path}: {video.Error}");
        More(result.LeftOut.Count, "were left out");
        if (json)
        {
            Screen.PrintLines(Json(result).ToJsonString(OutputSet.Indented));
            return;
        }
        Screen.Print(string.Create(CultureInfo.InvariantCulture,
            $"{result.Indexed} videos indexed, {(result.ByOthers > 0 ? $"{result.ByOthers} by other processes, " : "")}"
            + $"{result.Unchanged} were there, {result.Failed.Count} failed; {result.Moments} moments in all"));
        if (result.Indexed > 0)
            Screen.Say(string.Create(CultureInfo.InvariantCulture,
                $"{result.VideoSeconds / 60:F1} minutes of video in {result.Seconds:F1} s, "
                + $"{result.VideoSeconds / Math.Max(result.Seconds, 1e-3):F1} × real time"));
        if (result.Recall is { } recall)
            Screen.Say(string.Create(CultureInfo.InvariantCulture,
                $"the approximate index finds {100 * recall:F0} % of the nearest ten"));
        if (result.Vanished.Count > 0)
            Screen.Say($"{result.Vanished.Count} videos are no longer there"
                + (result.Pruned ? " and were removed" : "; --prune removes them"));
        Screen.Print(result.Library);
    }

    private static void More(int count, string what)
    {
        if (count > Shown) Screen.Say($"{count - Shown} more {what}; --json names all");
    }

    private static JsonObject Json(IndexResult result) => new()
    {
        ["library"] = result.Library,
        ["model"] = result.Header.Model,
        ["model_sha256"] = result.Header.ModelHash,
        ["root"] = result.Header.Root,
        ["indexed"] = result.Indexed,
        ["by_others"] = result.ByOthers,
        ["unchanged"] = result.Unchanged,
        ["failed"] = Named(result.Failed),
        ["left_out"] = Named(result.LeftOut),
        ["vanished"] = new JsonArray([.. result.Vanished.Select(video => (JsonNode)video.Path)]),
        ["pruned"] = result.Pruned,
        ["moments"] = result.Moments,
        ["recall"] = result.Recall,
        ["video_seconds"] = result.VideoSeconds,
        ["seconds"] = result.Seconds,
    };

    private static JsonArray Named(IEnumerable<LibraryVideo> videos) =>
        new([.. videos.Select(video => new JsonObject { ["path"] = video.Path, ["reason"] = video.Error })]);

    private static Option<string?> Text(string name, string description, string help) =>
        new(name, [.. Kebab(name)]) { Description = description, HelpName = help };

    private static Option<int?> Number(string name, string description) =>
        new(name, [.. Kebab(name)]) { Description = description, HelpName = "n" };

    private static IEnumerable<string> Kebab(string name) => name.Contains('_') ? [name.Replace('_', '-')] : [];
}
