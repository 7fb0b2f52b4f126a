using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Files;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>search: a clip or a moment → the moments of a library that look or move like it.</summary>
internal static class SearchCommand
{
    private static readonly (string Name, double Motion)[] s_likes = [("look", 0), ("both", 0.5), ("motion", 1)];

    public static Command Create()
    {
        var command = new Command("search", "Find the moments of a library that look like a clip or a moment, that "
            + "move like it, or both.");
        var query = new Option<string?>("--query") { Description = "a video file to search for", HelpName = "file" };
        var at = new Option<string?>("--at")
        {
            Description = "where in it to begin: seconds, or m:ss (default: all of the file)",
            HelpName = "time",
        };
        var length = new Option<string?>("--length")
        {
            Description = "how much of it, in seconds (default: with --at one moment)",
            HelpName = "time",
        };
        var moment = new Option<long?>("--moment")
        {
            Description = "instead of a file: the number of a moment of the library",
            HelpName = "n",
        };
        var like = new Option<string?>("--like")
        {
            Description = "what is to be alike: look, motion or both (default)",
            HelpName = "text",
        };
        var motion = new Option<double?>("--motion")
        {
            Description = "instead of --like: how much motion counts, 0 (look alone) to 1 (motion alone)",
            HelpName = "number",
        };
        var top = new Option<int>("--top")
        {
            Description = "how many are shown",
            DefaultValueFactory = _ => new MomentQuery().Top,
            HelpName = "n",
        };
        var within = new Option<bool>("--within") { Description = "search in the query's own video, too" };
        var exact = new Option<bool>("--exact") { Description = "compare all moments, although there is an index" };
        var sheet = new Option<string?>("--sheet")
        {
            Description = "write a page with pictures, times and links",
            HelpName = "file",
        };
        Option<bool> json = LibraryOptionSet.Json();
        var library = new LibraryOptionSet(command, clips: true);
        Option[] options = [query, at, length, moment, like, motion, top, within, exact, sheet, json];
        foreach (Option option in options) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            using var screen = new ScreenWork();
            if (parsed.GetValue(query) is null) library.RefuseClip(parsed, "without --query");
            var asked = new MomentQuery
            {
                Clip = parsed.GetValue(query),
                At = Time(parsed, at),
                Length = Time(parsed, length),
                Moment = parsed.GetValue(moment),
                Motion = Weight(parsed.GetValue(like), parsed.GetValue(motion)),
                Top = parsed.GetValue(top),
                Within = parsed.GetValue(within),
                Exact = parsed.GetValue(exact),
            };
            using MomentLibrary opened = library.Open(parsed, screen);
            SearchSheet? page = parsed.GetValue(sheet) is { } file ? SearchSheet.Claim(file, opened, asked) : null;
            SearchResult found = opened.Search(asked, stop);
            screen.Dispose();
            page?.Write(found);
            if (parsed.GetValue(json)) Screen.PrintLines(SearchJson.Of(asked, found).ToJsonString(OutputSet.Indented));
            else Show(found);
            if (parsed.GetValue(sheet) is { } written) Screen.Say(written);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static void Show(SearchResult found)
    {
        var table = new TextTable(["video", "time"], ["similar", "look", "motion", "moment"]);
        foreach (MomentHit hit in found.Hits)
            table.AddRow([hit.Video.Path + (hit.IsMissing ? " (missing)" : ""),
                $"{TimeText.Of(hit.Start)} – {TimeText.Of(hit.End)}", Cosine(hit.Similarity), Cosine(hit.Look),
                Cosine(hit.Motion), hit.Moment.Id.ToString(CultureInfo.InvariantCulture)]);
        Screen.Print(table);
        if (found.Hits.Count == 0) Screen.Say("The library has no moments of other videos.");
        if (found.Recall is { } recall)
            Screen.Say(string.Create(CultureInfo.InvariantCulture,
                $"by the approximate index of {found.Compared} moments, which finds {100 * recall:F0} % of the nearest "
                + $"ten; --exact compares all"));
    }

    private static string Cosine(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    private static double? Time(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return TimeText.TryParse(text, out double seconds) ? seconds : throw new BadInputException(
            $"{option.Name} {text}: give seconds, such as 12.5, or minutes and seconds, such as 1:30.");
    }

    private static double Weight(string? like, double? motion)
    {
        if (like is not null && motion is not null)
            throw new BadInputException("--like and --motion say the same in two ways; leave one of the two out.");
        if (like is null) return motion ?? 0.5;
        return s_likes.Where(known => known.Name == like).Select(known => (double?)known.Motion).FirstOrDefault()
            ?? throw new BadInputException($"--like {like}: choose look, motion or both.");
    }
}
