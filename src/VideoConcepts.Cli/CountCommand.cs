using System.CommandLine;
using System.Globalization;
using VideoConcepts.Files;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>count: a library → how often a concept stands out over time, or a tag occurs.</summary>
internal static class CountCommand
{
    private const int Shown = 20;

    public static Command Create()
    {
        var command = new Command("count", "Count over time in how many moments of a library a concept stands out "
            + "most, or how much of it has a tag.");
        var concept = new Option<string?>("--concept")
        {
            Description = "a concept, such as static:3 or dynamic:7",
            HelpName = "concept",
        };
        var tag = new Option<string?>("--tag") { Description = "instead of it: a tag of videos", HelpName = "text" };
        var bin = new Option<string?>("--bin")
        {
            Description = "how long a bin is: seconds, or m:ss (default: of the longest video at most 60)",
            HelpName = "time",
        };
        var video = new Option<string?>("--video")
        {
            Description = "one video, by its path in the library (default: all)",
            HelpName = "path",
        };
        var output = new Option<string?>("--out")
        {
            Description = "write a table, .csv, with a picture beside it, .png",
            HelpName = "file",
        };
        Option<bool> json = LibraryOptionSet.Json();
        var library = new LibraryOptionSet(command, files: false);
        foreach (Option option in (Option[])[concept, tag, bin, video, output, json]) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            using var screen = new ScreenWork();
            var options = new CountOptions
            {
                Concept = parsed.GetValue(concept),
                Tag = parsed.GetValue(tag),
                Bin = LibraryOptionSet.Time(parsed, bin),
                Video = parsed.GetValue(video),
            };
            using MomentLibrary opened = library.Open(parsed, screen);
            AnalysisFiles? files = parsed.GetValue(output) is { } file
                ? AnalysisFiles.Claim("count", "out", file, AnalysisFiles.Inputs(opened), ".png") : null;
            CountResult counted = ConceptCounts.Count(opened, options, stop);
            screen.Dispose();
            files?.Write(AnalysisJson.Of(options, counted), OutputSet.Bytes(CountTable.Of(counted)),
                CountPicture.Draw(counted, VisibleText.Of((options.Concept ?? options.Tag)!)));
            if (parsed.GetValue(json)) MomentTables.Print(AnalysisJson.Of(options, counted));
            else Show(counted);
            foreach (string written in files?.Others ?? []) Screen.Say(written);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static void Show(CountResult counted)
    {
        var table = new TextTable(["video"], ["counted", "of", "share", "most from"]);
        var videos = counted.Bins.GroupBy(bin => bin.Video.Id)
            .OrderByDescending(of => of.Sum(bin => bin.Count)).ToArray();
        foreach (var of in videos.Take(Shown))
        {
            int count = of.Sum(bin => bin.Count), moments = of.Sum(bin => bin.Moments);
            CountBin most = of.MaxBy(bin => bin.Share)!;
            table.AddRow(most.Video.Path, Whole(count), Whole(moments), MomentTables.Number((double)count / moments),
                count > 0 ? TimeText.Of(most.Start) : "");
        }
        Screen.Print(table);
        if (videos.Length > Shown) Screen.Say($"{videos.Length - Shown} more videos; --out and --json name all");
        Screen.Say($"in all {counted.Count} of {counted.Moments} moments, {MomentTables.Number(counted.Share)}");
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
