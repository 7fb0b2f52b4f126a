using System.Globalization;
using SkiaSharp;
using VideoConcepts.Files;
using VideoConcepts.Reports;

namespace VideoConcepts.Search;

/// <summary>A page that shows what a search found: strips of pictures, times, links to the files.</summary>
internal sealed class SearchSheet
{
    private readonly MomentLibrary _library;
    private readonly MomentQuery _query;
    private readonly string _page;
    private readonly OutputSet _files;

    private SearchSheet(MomentLibrary library, MomentQuery query, string page, OutputSet files) =>
        (_library, _query, _page, _files) = (library, query, page, files);

    /// <summary>Looks at the page's place before anything is searched.</summary>
    /// <param name="page">The file; its figures go beside it as .json.</param>
    /// <param name="library">What is searched.</param>
    /// <param name="query">What for.</param>
    /// <exception cref="BadInputException">Something stands there that this program did not make.</exception>
    public static SearchSheet Claim(string page, MomentLibrary library, MomentQuery query)
    {
        string json = Path.ChangeExtension(page, ".json");
        if (json == page)
            throw new BadInputException($"‹sheet› {page}: name an .html file; its figures go into the .json.");
        IEnumerable<InputFile> inputs = [new("the library", library.Store.Name),
            .. query.Clip is { } clip ? new[] { new InputFile("the query", clip) } : []];
        OutputSet files = OutputSet.Claim(new Origin("search", []), json, [page], inputs);
        string folder = Path.GetDirectoryName(Path.GetFullPath(page))!;
        if (!Directory.Exists(folder)) OutputFolder.Open(folder, "‹sheet›");
        return new(library, query, page, files);
    }

    public void Write(SearchResult found) =>
        _files.Write(SearchJson.Of(_query, found), (_page, OutputSet.Bytes(Page(found).ToString() ?? "")));

    private Markup Page(SearchResult found)
    {
        string what = _query.Motion switch { 0 => "look", 1 => "motion", _ => "look and motion" };
        string of = _query.Clip is { } clip
            ? $"{clip}{(_query.At is { } at ? $" from {TimeText.Of(at)} on" : "")}" : Name(_query.Moment!.Value);
        var page = new Markup();
        page.Add($"""
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/><title>Moments like {of}</title>
            <style>{Markup.Verbatim(ReportStyle.Css)}</style></head><body><main>
            <h1>Moments alike in {what}</h1>
            <p class="lead">The moments of {found.Compared} that are most like {of}, best first. A strip runs from left
            to right in time; a moment's name opens its video at that time.</p>
            """);
        if (found.Strip is { } own)
            page.Add($"<div class=\"query\"><figure>{Picture(own, "Query")}<figcaption>")
                .Add($"<h3>Query</h3> {of}</figcaption></figure>")
                .Add($"<div class=\"strips\">");
        else
            page.Add($"<div class=\"query\"><div class=\"strips\">");
        int rank = 0;
        page.AddEach(found.Hits, (to, hit) => Add(to, hit, ++rank));
        if (found.Hits.Count == 0) page.Add($"<p class=\"none\">The library has no moments of other videos.</p>");
        return page.Add($"</div></div></main></body></html>");
    }

    private void Add(Markup page, MomentHit hit, int rank)
    {
        string when = $"{TimeText.Of(hit.Start)} – {TimeText.Of(hit.End)}";
        page.Add($"<figure>{Strip(hit.Moment.Id) ?? new Markup()}<figcaption><b>{rank}</b> · ")
            .Add($"similarity {hit.Similarity:0.00} (look {hit.Look:0.00}, motion {hit.Motion:0.00})<br/>");
        if (hit.IsMissing) page.Add($"<span class=\"name\">{hit.Video.Path}</span>, {when} <b>(missing)</b>");
        else page.Add($"<a href=\"{Link(hit)}\">{hit.Video.Path}</a>, {when}");
        page.Add($" · moment {hit.Moment.Id}</figcaption></figure>");
    }

    private static string Link(MomentHit hit) => new Uri(hit.File).AbsoluteUri
        + string.Create(CultureInfo.InvariantCulture, $"#t={hit.Start:0.0},{hit.End:0.0}");

    private string Name(long moment) => $"moment {moment}"
        + (_library.Store.Moments([moment]) is [var found]
            ? $", {_library.Video(found.VideoId).Path} {TimeText.Of(found.Start)} – {TimeText.Of(found.End)}" : "");

    private Markup? Strip(long moment) => _library.Strip(moment) is { } jpeg ? Picture(jpeg, $"Moment {moment}") : null;

    private static Markup Picture(byte[] jpeg, string description)
    {
        using SKBitmap picture = SKBitmap.Decode(jpeg);
        return Markup.Image(new FilmStrip(jpeg, picture.Width, picture.Height), description);
    }
}
