using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Files;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>search: a clip or a moment → the moments of a library that look or move like it.</summary>
internal static class SearchCommand
{
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
        var top = new Option<int>("--top")
        {
            Description = "how many are shown",
            DefaultValueFactory = _ => new MomentQuery().Top,
            HelpName = "n",
        };
        var within = new Option<bool>("--within") { Description = "search in the query's own video, too" };
        var exact = new Option<bool>("--exact") { Description = "compare all moments, although there is an index" };
        Option<string?> sheet = LibraryOptionSet.Sheet();
        var cut = new Option<string?>("--cut")
        {
            Description = "write the hits as clips, with a table and an edit decision list of their times",
            HelpName = "folder",
        };
        Option<bool> json = LibraryOptionSet.Json();
        var library = new LibraryOptionSet(command, clips: true);
        var like = new LikeOptionSet(command);
        Option[] options = [query, at, length, moment, top, within, exact, sheet, cut, json];
        foreach (Option option in options) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            using var screen = new ScreenWork();
            if (parsed.GetValue(query) is null)
                library.RefuseClip(parsed, "without --query", cuts: parsed.GetValue(cut) is not null);
            var asked = new MomentQuery
            {
                Clip = parsed.GetValue(query),
                At = LibraryOptionSet.Time(parsed, at),
                Length = LibraryOptionSet.Time(parsed, length),
                Moment = parsed.GetValue(moment),
                Motion = like.Weight(parsed),
                Top = parsed.GetValue(top),
                Within = parsed.GetValue(within),
                Exact = parsed.GetValue(exact),
            };
            if (parsed.GetValue(sheet) is { } name && parsed.GetValue(cut) is { } clipFolder
                && Path.GetFullPath(Path.ChangeExtension(name, ".json")) == Path.GetFullPath(
                    Path.Combine(clipFolder, HitCutting.Record)))
                throw new BadInputException($"--sheet {name}: its figures would take the place of those of --cut; give "
                    + "another name.");
            using MomentLibrary opened = library.Open(parsed, screen);
            asked = asked.For(opened.Header);
            SearchSheet? page = parsed.GetValue(sheet) is { } file ? SearchSheet.Claim(file, opened, asked) : null;
            if (parsed.GetValue(cut) is { } place) HitCutting.Open(place);
            SearchResult found = opened.Search(asked, stop);
            CutResult? clips = parsed.GetValue(cut) is { } folder
                ? HitCutting.Cut(opened, found.Hits, folder, library.Ffmpeg(parsed), stop) : null;
            screen.Dispose();
            page?.Write(found);
            if (parsed.GetValue(json)) Screen.PrintLines(Json(asked, found, clips).ToJsonString(OutputSet.Indented));
            else Show(found);
            if (clips is not null) Show(clips);
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
                hit.Motion is { } motion ? Cosine(motion) : "–", hit.Moment.Id.ToString(CultureInfo.InvariantCulture)]);
        Screen.Print(table);
        if (found.Hits.Count == 0) Screen.Say("The library has no moments of other videos.");
        if (found.Recall is { } recall)
            Screen.Say(string.Create(CultureInfo.InvariantCulture,
                $"by the approximate index of {found.Compared} moments, which finds {100 * recall:F0} % of the nearest "
                + $"ten; --exact compares all"));
    }

    private static JsonObject Json(MomentQuery asked, SearchResult found, CutResult? clips)
    {
        JsonObject json = SearchJson.Of(asked, found);
        if (clips is not null) json["cut"] = AnalysisJson.Of(clips);
        return json;
    }

    private static void Show(CutResult clips)
    {
        foreach ((MomentHit hit, string reason) in clips.LeftOut)
            Screen.Say($"no clip: {hit.Video.Path} {TimeText.Of(hit.Start)}: {reason}");
        foreach (string file in (string[])[.. clips.Clips, clips.Table, clips.EditList]) Screen.Say(file);
    }

    private static string Cosine(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
