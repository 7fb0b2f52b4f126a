using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Files;

namespace VideoConcepts.Cli;

/// <summary>Videos and official lists → frames and csv lists, one sub-command per dataset.</summary>
internal static class PrepareCommand
{
    private const int MissingShown = 5;

    public static Command Create()
    {
        var prepare = new Command("prepare", "Turn videos into frames and lists that train reads.");
        (string, Dataset, string, string?)[] datasets =
        [
            ("kinetics400", Dataset.Kinetics400,
                "Kinetics-400: train.csv, val.csv … of unlabelled and labelled videos.",
                "folder of the annotation files train.csv, val.csv, test.csv"),
            ("ucf101", Dataset.Ucf101,
                "UCF-101: the lists of the three official splits.",
                "folder of classInd.txt, trainlist01.txt, testlist01.txt …"),
            ("hmdb51", Dataset.Hmdb51,
                "HMDB-51: the lists of the three official splits.",
                "folder of brush_hair_test_split1.txt …"),
            ("diving48", Dataset.Diving48,
                "Diving-48: training and test list.",
                "folder of Diving48_V2_train.json and Diving48_V2_test.json"),
            ("folder", Dataset.Folder, "A folder of your own videos.", null),
        ];
        foreach ((string name, Dataset dataset, string description, string? lists) in datasets)
            prepare.Subcommands.Add(Create(name, dataset, description, lists));
        prepare.Subcommands.Add(SyntheticCommand.Create());
        prepare.Subcommands.Add(WorldCommand.Create());
        prepare.Subcommands.Add(PackCommand.Create(unpack: false));
        prepare.Subcommands.Add(PackCommand.Create(unpack: true));
        return prepare;
    }

    private static Command Create(string name, Dataset dataset, string description, string? listsDescription)
    {
        var command = new Command(name, description);
        var set = new PreparationOptionSet(command, dataset, listsDescription);
        command.SetAction(async (parsed, stop) =>
        {
            PreparationOptions options = set.Read(parsed);
            options.Validate();
            if (options.Share && set.IsDryRun(parsed))
                throw new BadInputException("‹share› is not read with ‹dry_run›, which does nothing; leave it out.");
            Ffmpeg program = await Ffmpeg.FindAsync(set.FfmpegPath(parsed), stop);
            var preparation = new DatasetPreparation(program, options);
            return set.IsDryRun(parsed) ? Show(Run(progress => preparation.PreviewAsync(progress, stop)))
                : Show(Run(progress => preparation.RunAsync(progress, stop)));
        });
        return command;
    }

    private static T Run<T>(Func<IProgress<PreparationProgress>, Task<T>> work) => Screen.Track("prepare", 1, bar =>
    {
        var clock = Stopwatch.StartNew();
        var progress = new InlineProgress<PreparationProgress>(p => bar(
            (p.Done + p.Skipped + p.Failed + p.NoVideo) / (double)Math.Max(1, p.Total),
            Describe(p, clock.Elapsed.TotalSeconds)));
        return work(progress).GetAwaiter().GetResult();
    });

    private static string Describe(PreparationProgress p, double seconds)
    {
        if (p.Waiting > 0)
            return $"waiting for {p.Waiting} {(p.Waiting == 1 ? "video" : "videos")} of other processes";
        if (p.LookedAt < p.Total) return $"{p.LookedAt} of {p.Total} frame folders looked at for earlier work";
        int worked = p.Done + p.Failed + p.NoVideo, open = p.Total - worked - p.Skipped;
        string left = worked == 0 ? "" : $", {TrainingConsole.Duration(seconds / worked * open)} left";
        return string.Create(CultureInfo.InvariantCulture, $"{p.Done + p.Skipped} of {p.Total} videos, "
            + $"{p.Failed} failed, {p.Frames / Math.Max(0.1, seconds):F0} frames/s{left}");
    }

    /// <summary>Names what could not be taken, or not as it was.</summary>
    public static void ShowFaults(PreparationResult result)
    {
        foreach (PreparedVideo video in result.Videos.Where(v => v.Outcome.Status == ExtractionStatus.Failed))
            Screen.Error($"failed: {video.Source.Path}: {video.Outcome.Reason}");
        ShowSome("no video", [.. result.Videos.Where(v => v.Outcome.Status == ExtractionStatus.NoVideo)
            .Select(v => $"{v.Source.Name}: {v.Outcome.Reason}")]);
        ShowSome("damaged", [.. result.Videos.Where(v => v.Outcome.Damaged > 0).Select(v => $"{v.Source.Name}: "
            + $"{v.Outcome.Damaged} of {v.Outcome.Frames} frames{Filled(v.Outcome)}")]);
        ShowMissing(result.Plan);
    }

    private static int Show(PreparationResult result)
    {
        ShowFaults(result);
        Screen.Print(
            $"{result.Done} done, {result.Skipped} were done before, {result.Failed} failed"
            + (result.ByOthers > 0 ? $" ({result.ByOthers} of them by other processes)" : "")
            + $"{(result.NoVideo > 0 ? $", {result.NoVideo} left out" : "")}; {result.Frames} frames");
        ShowOthers(result.Plan);
        if (result.Damaged > 0)
            Screen.Print($"{result.Damaged} videos have damaged frames and were kept, as --tolerate allows");
        if (result.Cuts > 0)
            Screen.Print($"{result.Cuts} cuts in {result.WithCuts} videos; no clip will reach across one (cuts.txt "
                + "beside the frames)");
        if (result.CutsUnknown > 0)
            Screen.Print($"{result.CutsUnknown} videos were not looked at for cuts: their frames are of an earlier "
                + "version (prepare them into a new folder to have it done), their pictures change their size, or this "
                + "ffmpeg is older than 4.4");
        ShowUnlisted(result.Plan);
        if (result.OutsideClasses > 0)
            Screen.Print($"no labels: {result.OutsideClasses} videos lie beside the class folders");
        if (result.Plan.Lists.Count > 2) Screen.Print(ListTable(result));
        foreach (string file in (string[])[.. result.Lists, result.Report]) Screen.Print(file);
        if (result.Failed > 0) return ExitStatus.Failed;
        if (result.Lists.Count > 0) return ExitStatus.Done;
        Screen.Error("there is no video among them");
        return ExitStatus.Failed;
    }

    private static string Filled(ExtractionOutcome outcome) =>
        outcome.Filled > 0 ? $", {outcome.Filled} of them lost and filled with the frame beside them" : "";

    private static int Show(PreparationPreview preview)
    {
        ShowMissing(preview.Plan);
        Screen.Print(
            $"{preview.Plan.Videos.Count} videos, {preview.Plan.Videos.Count - preview.Open} of them done before; "
            + $"about {ByteSize.Of(preview.BytesNeeded)} to write, {ByteSize.Of(preview.BytesFree)} free");
        ShowOthers(preview.Plan);
        ShowUnlisted(preview.Plan);
        foreach (PlannedList list in preview.Plan.Lists) Screen.Print($"{list.File}: {list.Rows.Count} videos");
        return ExitStatus.Done;
    }

    private static void ShowMissing(DatasetPlan plan)
    {
        ShowSome("missing", plan.Missing);
        ShowSome("left out", [.. plan.LeftOut.Select(what => $"{what.Name}: {what.Reason}")]);
    }

    private static void ShowOthers(DatasetPlan plan)
    {
        if (plan.Others.Total > 0) Screen.Print(plan.Others.ToString());
    }

    private static void ShowSome(string what, IReadOnlyList<string> names)
    {
        foreach (string name in names.Take(MissingShown)) Screen.Error($"{what}: {name}");
        if (names.Count > MissingShown)
            Screen.Error($"{what}: {names.Count - MissingShown} more, all named in the report");
    }

    private static void ShowUnlisted(DatasetPlan plan)
    {
        if (plan.Missing.Count > 0) Screen.Print($"{plan.Missing.Count} videos of the lists are not on the disk");
        if (plan.Unlisted > 0) Screen.Print($"{plan.Unlisted} videos are in no list and were left alone");
    }

    private static TextTable ListTable(PreparationResult result)
    {
        var table = new TextTable(["list"], ["videos", "with frames", "classes"]);
        var usable = result.Videos.Where(v => v.HasFrames).Select(v => v.Source.Name).ToHashSet(StringComparer.Ordinal);
        foreach (PlannedList list in result.Plan.Lists)
            table.AddRow(
                list.File,
                $"{list.Rows.Count}",
                $"{list.Rows.Count(row => usable.Contains(row.Video.Name))}",
                list.Labelled ? $"{list.Rows.Select(row => row.Label).Distinct().Count()}" : "");
        return table;
    }
}
