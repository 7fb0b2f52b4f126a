using System.CommandLine;
using System.Globalization;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>duplicates: a library → what several of its videos have in common.</summary>
internal static class DuplicatesCommand
{
    public static Command Create()
    {
        var command = new Command("duplicates", "Find what several videos of a library have in common: copies, "
            + "and parts of one in another, with their times.");
        var threshold = new Option<double>("--threshold")
        {
            Description = "least similarity of two moments that are the same, up to 1",
            DefaultValueFactory = _ => DuplicateOptions.DefaultThreshold,
            HelpName = "number",
        };
        var moments = new Option<int>("--moments")
        {
            Description = "least number of moments of a part, one after another",
            DefaultValueFactory = _ => new DuplicateOptions().Moments,
            HelpName = "n",
        };
        var top = new Option<int>("--top")
        {
            Description = "how many groups are shown",
            DefaultValueFactory = _ => new DuplicateOptions().Top,
            HelpName = "n",
        };
        Option<string?> sheet = LibraryOptionSet.Sheet();
        Option<bool> json = LibraryOptionSet.Json();
        var library = new LibraryOptionSet(command);
        var like = new LikeOptionSet(command, new DuplicateOptions().Motion);
        foreach (Option option in (Option[])[threshold, moments, top, sheet, json]) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            using var screen = new ScreenWork();
            var options = new DuplicateOptions
            {
                Motion = like.Weight(parsed) ?? new DuplicateOptions().Motion,
                Threshold = parsed.GetValue(threshold),
                Moments = parsed.GetValue(moments),
                Top = parsed.GetValue(top),
            };
            using MomentLibrary opened = library.Open(parsed, screen);
            MomentSheet? page = parsed.GetValue(sheet) is { } file
                ? MomentSheet.Claim("duplicates", file, opened) : null;
            DuplicateResult found = DuplicateMoments.Find(opened, options, stop);
            screen.Dispose();
            page?.Write(AnalysisJson.Of(options, found), "What is there more than once",
                $"{found.Found} groups of parts of videos that show the same, among {found.Compared} moments.",
                found.Groups.Select((group, i) => new SheetGroup($"Group {i + 1}, similarity "
                    + MomentTables.Number(group.Similarity), [.. group.Parts.Select(part => (part, ""))])));
            if (parsed.GetValue(json)) MomentTables.Print(AnalysisJson.Of(options, found));
            else Show(found);
            if (parsed.GetValue(sheet) is { } written) Screen.Say(written);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static void Show(DuplicateResult found)
    {
        if (found.Groups.Count == 0)
        {
            Screen.Print($"no two videos have a part in common, of {found.Compared} moments");
            return;
        }
        var table = new TextTable(["group", "video", "time"], ["similar", "moment"]);
        for (int i = 0; i < found.Groups.Count; i++)
            foreach (MomentPart part in found.Groups[i].Parts)
                table.AddRow((i + 1).ToString(CultureInfo.InvariantCulture), MomentTables.Video(part),
                    MomentTables.Time(part), MomentTables.Number(found.Groups[i].Similarity),
                    MomentTables.Moment(part));
        Screen.Print(table);
        if (found.Found > found.Groups.Count)
            Screen.Say($"{found.Groups.Count} of {found.Found} groups; --top shows more");
    }
}
