using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VideoConcepts.Data;
using VideoConcepts.Files;

namespace VideoConcepts.Cli;

/// <summary>Looks at a list before a run does.</summary>
internal static partial class ValidateCommand
{
    private const int ShownPerKind = 10;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
    };

    public static Command Create()
    {
        var command = new Command("validate",
            "Check a list of videos: rows, folders, frame counts, frames, duplicates, classes.");
        var options = new ValidateOptionSet(command);
        command.SetAction((parsed, stop) =>
        {
            ListValidationOptions what = options.Read(parsed);
            OutputSet? written = options.Json(parsed) is { } file ? Claim(file,
                [("csv_file", what.CsvFile), .. what.TestCsv is { } other ? [("test_csv", other)]
                : ((string, string)[])[]], options.Force(parsed)) : null;
            var validator = new ListValidator(what);
            ListValidation found = Screen.Track("validate", 1,
                bar => validator.Run((done, total) => bar(done / (double)total, $"{done} of {total} videos"), stop,
                (done, total) => bar(0, $"looking for copies, {done} of {total} videos")));
            found = found with
            {
                Faults = [.. found.Faults.Select(fault => fault with { Message = OptionKeys.AsOptions(fault.Keyed) })],
            };
            written?.Write(JsonSerializer.SerializeToNode(found, Json)!.AsObject());
            Show(found);
            return Task.FromResult(found.IsGood ? ExitStatus.Done : ExitStatus.Failed);
        });
        return command;
    }

    private static OutputSet Claim(string file, (string Role, string Path)[] lists, bool force)
    {
        if (Directory.Exists(file)) throw new BadInputException($"--json {file}: this is a folder; name a file.");
        OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(file))!, "--json");
        var origin = new Origin("validate", [.. lists.Select(list => Source.File(list.Role, list.Path))]);
        return OutputSet.Claim(origin, file, [], lists.Select(list => new InputFile($"--{list.Role}", list.Path)),
            force, json => json["lists"] is JsonArray && json["faults"] is JsonArray);
    }

    private static void Show(ListValidation found)
    {
        foreach (var kind in found.Faults.GroupBy(fault => fault.Kind))
        {
            foreach (ListFault fault in kind.Take(ShownPerKind))
                Screen.Error(
                    $"{Words(kind.Key)}: {fault.File}{(fault.Line > 0 ? $":{fault.Line}" : "")}: {fault.Message}");
            if (kind.Count() > ShownPerKind)
                Screen.Error($"{Words(kind.Key)}: {kind.Count() - ShownPerKind} more; --json FILE lists all");
        }
        var lists = new TextTable(["list"],
            ["videos", "frames", "per video", "classes", "per class", "frames decoded"]);
        foreach (ListSummary l in found.Lists)
            lists.AddRow(Path.GetFileName(l.File), $"{l.Videos}", $"{l.Frames}", $"{l.Shortest} to {l.Longest}",
                l.Classes > 0 ? $"{l.Classes}" : "", l.Classes > 0 ? $"{l.SmallestClass} to {l.LargestClass}" : "",
                $"{l.FramesDecoded}");
        Screen.Print(lists);
        var checks = new TextTable(["check"], ["found"]).AddColumn("");
        foreach (ListFaultKind kind in Enum.GetValues<ListFaultKind>())
        {
            int count = found.Faults.Count(fault => fault.Kind == kind);
            bool error = kind < ListFaultKind.TooShort;
            checks.AddRow(
                Words(kind),
                count.ToString(CultureInfo.InvariantCulture),
                count == 0 ? "good" : error ? "to be mended" : "to be known");
        }
        Screen.Print(checks);
    }

    private static string Words(ListFaultKind kind) =>
        Capital().Replace(kind.ToString(), " $0").TrimStart().ToLowerInvariant();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
