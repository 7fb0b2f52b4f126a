using System.CommandLine;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>unusual: a library → moments that no other video of their camera has the like of.</summary>
internal static class UnusualCommand
{
    public static Command Create()
    {
        var command = new Command("unusual", "Find the moments of a library that are unlike all other videos of their "
            + "camera, or of the library.");
        var by = new Option<string>("--by")
        {
            Description = "what is compared: camera (default), the videos of one tag or --group, or library",
            DefaultValueFactory = _ => "camera",
            HelpName = "text",
        };
        var group = new Option<string?>("--group")
        {
            Description = "what a camera is: how many folders its path begins with, or a regular expression of the "
                + "path (default: the tag, which is the first folder, or the class of a list)",
            HelpName = "rule",
        };
        var neighbours = new Option<int>("--neighbours")
        {
            Description = "how many other videos must have the like",
            DefaultValueFactory = _ => new UnusualOptions().Neighbours,
            HelpName = "n",
        };
        var top = new Option<int>("--top")
        {
            Description = "how many are shown",
            DefaultValueFactory = _ => new UnusualOptions().Top,
            HelpName = "n",
        };
        Option<string?> sheet = LibraryOptionSet.Sheet();
        Option<bool> json = LibraryOptionSet.Json();
        var library = new LibraryOptionSet(command);
        var like = new LikeOptionSet(command, UnusualOptions.DefaultMotion);
        foreach (Option option in (Option[])[by, group, neighbours, top, sheet, json]) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            using var screen = new ScreenWork();
            var options = new UnusualOptions
            {
                Motion = like.Weight(parsed),
                InLibrary = parsed.GetValue(by) switch
                {
                    "camera" => false,
                    "library" => true,
                    var other => throw new BadInputException($"--by {other}: choose camera or library."),
                },
                Group = parsed.GetValue(group),
                Neighbours = parsed.GetValue(neighbours),
                Top = parsed.GetValue(top),
            };
            using MomentLibrary opened = library.Open(parsed, screen);
            options = options.For(opened.Header);
            MomentSheet? page = parsed.GetValue(sheet) is { } file ? MomentSheet.Claim("unusual", file, opened) : null;
            UnusualResult found = UnusualMoments.Find(opened, options, stop);
            screen.Dispose();
            page?.Write(AnalysisJson.Of(options, found), "Unusual moments",
                "What the other videos of a camera have least the like of, most unusual first, of "
                + $"{found.Compared} moments.",
                [new SheetGroup("", [.. found.Parts.Select((part, i) => (part.Part, $"{i + 1} · {Score(part)}"
                    + (part.Group.Length > 0 ? $" · {part.Group}" : "")))])]);
            if (parsed.GetValue(json)) MomentTables.Print(AnalysisJson.Of(options, found));
            else Show(found);
            if (parsed.GetValue(sheet) is { } written) Screen.Say(written);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static string Score(UnusualPart part) => $"{MomentTables.Number(part.Score, 1)} deviations";

    private static void Show(UnusualResult found)
    {
        var table = new TextTable(["video", "time", "camera"], ["deviations", "distance", "moment"]);
        foreach (UnusualPart part in found.Parts)
            table.AddRow(MomentTables.Video(part.Part), MomentTables.Time(part.Part), part.Group,
                MomentTables.Number(part.Score, 1), MomentTables.Number(part.Distance, 3),
                MomentTables.Moment(part.Part));
        Screen.Print(table);
        Screen.Say($"{found.Compared} moments in groups of several videos: {found.Groups.Count}");
        if (found.Alone > 0)
            Screen.Say($"{found.Alone} moments are of videos that are alone in their group; there is nothing "
                + "to compare them with (--by library compares all)");
    }
}
