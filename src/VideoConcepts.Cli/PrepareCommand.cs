using System.CommandLine;
using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Cli;

internal static class PrepareCommand
{
    public static Command Create()
    {
        var prepare = new Command("prepare", "Turn videos into frames and lists that train reads.");
        prepare.Subcommands.Add(CreateFolder());
        return prepare;
    }

    private static Command CreateFolder()
    {
        var videos = new Option<string>("--videos") { Description = "folder of mp4, avi, webm, mkv or mov files, optionally one sub-folder per class", Required = true, HelpName = "folder" };
        var output = new Option<string>("--out") { Description = "folder for frames, csv lists and the report", Required = true, HelpName = "folder" };
        var shortSide = new Option<int>("--short_side", "--short-side") { Description = "pixels of the shorter side; smaller videos keep their size", DefaultValueFactory = _ => 256 };
        var quality = new Option<int>("--jpeg_quality", "--jpeg-quality") { Description = "1 to 100", DefaultValueFactory = _ => 95 };
        var jobs = new Option<int>("--jobs") { Description = "videos at a time", DefaultValueFactory = _ => Environment.ProcessorCount };
        var classList = new Option<string?>("--class_list", "--class-list") { Description = "class names, one a line, whose order decides the labels (default: the sub-folders in ordinal order)", HelpName = "file" };
        var noDiskCheck = new Option<bool>("--no_disk_check", "--no-disk-check") { Description = "start even if the frames will probably not fit on the disk" };
        var ffmpeg = new Option<string?>("--ffmpeg") { Description = "the ffmpeg program, if it is not on PATH", HelpName = "file" };
        var folder = new Command("folder", "A folder of your own videos.") { videos, output, shortSide, quality, jobs, classList, noDiskCheck, ffmpeg };
        folder.SetAction(async (parsed, stop) =>
        {
            var options = new FolderPreparationOptions
            {
                Videos = parsed.GetRequiredValue(videos),
                Output = parsed.GetRequiredValue(output),
                Frames = new FrameOptions { ShortSide = parsed.GetValue(shortSide), JpegQuality = parsed.GetValue(quality) },
                Jobs = parsed.GetValue(jobs),
                ClassList = parsed.GetValue(classList),
                CheckDiskSpace = !parsed.GetValue(noDiskCheck),
            };
            options.Validate();
            Ffmpeg program = await Ffmpeg.FindAsync(parsed.GetValue(ffmpeg), stop);
            return Show(Run(new FolderPreparation(program, options), stop));
        });
        return folder;
    }

    private static PreparationResult Run(FolderPreparation preparation, CancellationToken stop) => Screen.Track("prepare", 1, bar =>
    {
        var progress = new InlineProgress<PreparationProgress>(p => bar((p.Done + p.Skipped + p.Failed) / (double)Math.Max(1, p.Total), $"{p.Done + p.Skipped} of {p.Total} videos, {p.Failed} failed, {p.Frames} frames"));
        return preparation.RunAsync(progress, stop).GetAwaiter().GetResult();
    });

    private static int Show(PreparationResult result)
    {
        foreach (PreparedVideo video in result.Videos.Where(v => !v.HasFrames))
            Console.Error.WriteLine($"failed: {video.Source.Path}: {video.Outcome.Reason}");
        Console.Out.WriteLine($"{result.Done} done, {result.Skipped} were done before, {result.Failed} failed; {result.Frames} frames");
        if (result.OutsideClasses > 0) Console.Out.WriteLine($"no labels: {result.OutsideClasses} videos lie beside the class folders");
        foreach (string? file in (string?[])[result.VideoList, result.LabelledList, result.Report])
            if (file is not null) Console.Out.WriteLine(file);
        return result.Failed == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }
}
