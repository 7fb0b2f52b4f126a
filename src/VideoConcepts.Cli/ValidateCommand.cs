using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Spectre.Console;
using VideoConcepts.Data;

namespace VideoConcepts.Cli;

/// <summary>Looks at a list before a run does.</summary>
internal static partial class ValidateCommand
{
    private const int ShownPerKind = 10;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    public static Command Create()
    {
        var csv = new Option<string>("--csv_file", "--csv-file") { Description = "list of videos", Required = true, HelpName = "file" };
        var test = new Option<string?>("--test_csv", "--test-csv") { Description = "list of test videos, to be looked at too and compared with the first", HelpName = "file" };
        var root = new Option<string?>("--root") { Description = "folder that relative paths start from (default: the list's own folder)", HelpName = "folder" };
        var sample = new Option<int?>("--sample") { Description = "frames of each video to decode (default: all; 0: none)", HelpName = "n" };
        var minFrames = new Option<int>("--min_frames", "--min-frames") { Description = "shorter videos are reported: training with --sample S --seq T leaves out those of S·T frames or fewer", DefaultValueFactory = _ => new ListValidationOptions { CsvFile = "" }.MinFrames };
        var jobs = new Option<int>("--jobs") { Description = "videos at a time", DefaultValueFactory = _ => Environment.ProcessorCount };
        var json = new Option<string?>("--json") { Description = "write all that was found to this file too", HelpName = "file" };
        var command = new Command("validate", "Check a list of videos: rows, folders, frame counts, frames, duplicates, classes.") { csv, test, root, sample, minFrames, jobs, json };
        command.SetAction((parsed, stop) =>
        {
            string? file = parsed.GetValue(json);
            if (Directory.Exists(file)) throw new BadInputException($"--json {file}: this is a folder; name a file.");
            if (file is not null) OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(file))!, "--json");
            var validator = new ListValidator(
                new ListValidationOptions
                {
                    CsvFile = parsed.GetRequiredValue(csv),
                    TestCsv = parsed.GetValue(test),
                    Root = parsed.GetValue(root),
                    Sample = parsed.GetValue(sample),
                    MinFrames = parsed.GetValue(minFrames),
                    Jobs = parsed.GetValue(jobs),
                },
                FrameReaders.Create);
            ListValidation found = Screen.Track("validate", 1, bar => validator.Run((done, total) => bar(done / (double)total, $"{done} of {total} videos"), stop,
                (done, total) => bar(0, $"looking for copies, {done} of {total} videos")));
            if (file is not null) File.WriteAllText(file, JsonSerializer.Serialize(found, Json) + "\n");
            Show(found);
            return Task.FromResult(found.IsGood ? ExitStatus.Done : ExitStatus.Failed);
        });
        return command;
    }

    private static void Show(ListValidation found)
    {
        foreach (var kind in found.Faults.GroupBy(fault => fault.Kind))
        {
            foreach (ListFault fault in kind.Take(ShownPerKind))
                Console.Error.WriteLine($"{Words(kind.Key)}: {fault.File}{(fault.Line > 0 ? $":{fault.Line}" : "")}: {fault.Message}");
            if (kind.Count() > ShownPerKind) Console.Error.WriteLine($"{Words(kind.Key)}: {kind.Count() - ShownPerKind} more; --json FILE lists all");
        }
        var lists = new Table().Border(TableBorder.Rounded).AddColumn("list");
        foreach (string column in (string[])["videos", "frames", "per video", "classes", "per class", "frames decoded"]) lists.AddColumn(new TableColumn(column).RightAligned());
        foreach (ListSummary l in found.Lists)
            lists.AddRow(Markup.Escape(Path.GetFileName(l.File)), $"{l.Videos}", $"{l.Frames}", $"{l.Shortest} to {l.Longest}", l.Classes > 0 ? $"{l.Classes}" : "", l.Classes > 0 ? $"{l.SmallestClass} to {l.LargestClass}" : "", $"{l.FramesDecoded}");
        Screen.Results.Write(lists);
        var checks = new Table().Border(TableBorder.Rounded).AddColumn("check").AddColumn(new TableColumn("found").RightAligned()).AddColumn("");
        foreach (ListFaultKind kind in Enum.GetValues<ListFaultKind>())
        {
            int count = found.Faults.Count(fault => fault.Kind == kind);
            bool error = kind < ListFaultKind.TooShort;
            checks.AddRow(Words(kind), count.ToString(CultureInfo.InvariantCulture), count == 0 ? "good" : error ? "to be mended" : "to be known");
        }
        Screen.Results.Write(checks);
    }

    private static string Words(ListFaultKind kind) => Capital().Replace(kind.ToString(), " $0").TrimStart().ToLowerInvariant();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
