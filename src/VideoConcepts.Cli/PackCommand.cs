using System.CommandLine;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Cli;

/// <summary>Folders of frames → one ZIP a video, and back.</summary>
internal static class PackCommand
{
    private const int FailuresShown = 20;

    public static Command Create(bool unpack)
    {
        var command = new Command(unpack ? "unpack" : "pack", unpack
            ? "Packed frames, one ZIP file per video, into a folder for each, and lists of those."
            : "Folders of frames into one uncompressed ZIP file per video, and lists of those.");
        var lists = new Option<string>("--csv_file", "--csv-file")
        {
            Description = "lists of the videos, separated by commas; each is written anew beside the frames",
            Required = true,
            HelpName = "file",
        };
        var root = new Option<string?>("--root")
        {
            Description = "folder that relative paths start from (default: each list's own folder)",
            HelpName = "folder",
        };
        var output = new Option<string>("--out")
        {
            Description = "folder for frames, lists and pack-report.json; what is read stays as it is",
            Required = true,
            HelpName = "folder",
        };
        var jobs = new Option<int>("--jobs")
        {
            Description = "videos at a time",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        Option<bool> force = OverwriteOption.Create();
        foreach (Option option in (Option[])[lists, root, output, jobs, force]) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            using var screen = new ScreenWork();
            return Task.FromResult(Show(FramePacking.Run(new FramePackingOptions
            {
                Lists = EvaluationOptionSet.Several(parsed.GetRequiredValue(lists)),
                Root = parsed.GetValue(root),
                Output = parsed.GetRequiredValue(output),
                Unpack = unpack,
                Jobs = parsed.GetValue(jobs),
                Force = parsed.GetValue(force),
            }, screen.Context(), stop)));
        });
        return command;
    }

    private static int Show(FramePackingResult result)
    {
        foreach ((VideoEntry video, string reason) in result.Failed.Take(FailuresShown))
            Screen.Error($"failed: {video.Origin}: {video.Path}: {reason}");
        if (result.Failed.Count > FailuresShown)
            Screen.Error($"failed: {result.Failed.Count - FailuresShown} more, all named in the report");
        Screen.Print($"{result.Done} done, {result.Skipped} were done before, {result.Failed.Count} failed");
        foreach (string file in (string[])[.. result.Lists, result.Report]) Screen.Print(file);
        return result.Failed.Count == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }
}
