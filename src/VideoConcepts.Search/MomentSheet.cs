using System.Globalization;
using System.Text.Json.Nodes;
using SkiaSharp;
using VideoConcepts.Files;
using VideoConcepts.Reports;

namespace VideoConcepts.Search;

/// <summary>Moments that a page shows together.</summary>
internal sealed record SheetGroup(string Title, IReadOnlyList<(MomentPart Part, string Note)> Parts);

/// <summary>A page of moments: strips of pictures, times, links to the files.</summary>
internal sealed class MomentSheet
{
    private readonly MomentLibrary _library;
    private readonly AnalysisFiles _files;

    private MomentSheet(MomentLibrary library, AnalysisFiles files) => (_library, _files) = (library, files);

    /// <exception cref="BadInputException">Something stands there that this program did not make.</exception>
    public static MomentSheet Claim(string command, string page, MomentLibrary library,
        params IEnumerable<InputFile> inputs) =>
        new(library, AnalysisFiles.Claim(command, "sheet", page, [.. AnalysisFiles.Inputs(library), .. inputs]));

    /// <summary>Writes the page, and the figures beside it.</summary>
    /// <param name="json">The figures.</param>
    /// <param name="title">The page's.</param>
    /// <param name="lead">What is shown, in a sentence.</param>
    /// <param name="groups">The moments.</param>
    /// <param name="query">A strip of what they are like, and its name.</param>
    public void Write(JsonObject json, string title, string lead, IEnumerable<SheetGroup> groups,
        (byte[] Strip, string Name)? query = null)
    {
        var page = new Markup();
        page.Add($"""
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/><title>{title}</title>
            <style>{Markup.Verbatim(ReportStyle.Css)}</style></head><body><main>
            <h1>{title}</h1><p class="lead">{lead} A strip runs from left to right in time; a name opens its video at
            that time.</p>
            """);
        foreach (SheetGroup group in groups)
        {
            page.Add($"<div class=\"query\">");
            if (query is { } asked)
                page.Add($"<figure>{Picture(asked.Strip, "Query")}<figcaption>")
                    .Add($"<h3>Query</h3> {asked.Name}</figcaption></figure>");
            if (group.Title.Length > 0) page.Add($"<h3>{group.Title}</h3>");
            page.Add($"<div class=\"strips\">").AddEach(group.Parts, (to, part) => Add(to, part.Part, part.Note));
            page.Add($"</div></div>");
        }
        page.Add($"</main></body></html>");
        _files.Write(json, OutputSet.Bytes(page.ToString()));
    }

    private void Add(Markup page, MomentPart part, string note)
    {
        string when = $"{TimeText.Of(part.Start)} – {TimeText.Of(part.End)}";
        page.Add($"<figure>{Strip(part.Moment.Id)}<figcaption>");
        if (note.Length > 0) page.Add($"{note}<br/>");
        if (part.IsMissing) page.Add($"<span class=\"name\">{part.Video.Path}</span>, {when} <b>(missing)</b>");
        else page.Add($"<a href=\"{Link(part)}\">{part.Video.Path}</a>, {when}");
        page.Add($" · moment {part.Moment.Id}</figcaption></figure>");
    }

    private static string Link(MomentPart part) => new Uri(part.File).AbsoluteUri
        + string.Create(CultureInfo.InvariantCulture, $"#t={part.Start:0.0},{part.End:0.0}");

    private Markup Strip(long moment) =>
        _library.Strip(moment) is { } jpeg ? Picture(jpeg, $"Moment {moment}") : new Markup();

    private static Markup Picture(byte[] jpeg, string description)
    {
        using SKBitmap picture = SKBitmap.Decode(jpeg);
        return Markup.Image(new FilmStrip(jpeg, picture.Width, picture.Height), description);
    }
}
