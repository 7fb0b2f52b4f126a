using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>A page that shows what a search found, and the figures beside it.</summary>
internal sealed class SearchSheet
{
    private readonly MomentLibrary _library;
    private readonly MomentQuery _query;
    private readonly MomentSheet _sheet;

    private SearchSheet(MomentLibrary library, MomentQuery query, MomentSheet sheet) =>
        (_library, _query, _sheet) = (library, query, sheet);

    /// <summary>Looks at the page's place before anything is searched.</summary>
    /// <param name="page">The file; its figures go beside it as .json.</param>
    /// <param name="library">What is searched.</param>
    /// <param name="query">What for.</param>
    /// <exception cref="BadInputException">Something stands there that this program did not make.</exception>
    public static SearchSheet Claim(string page, MomentLibrary library, MomentQuery query) =>
        new(library, query.For(library.Header), MomentSheet.Claim("search", page, library,
            query.Clip is { } clip ? [new InputFile("the query", clip)] : []));

    public void Write(SearchResult found)
    {
        string what = _query.Motion!.Value switch { 0 => "look", 1 => "motion", _ => "look and motion" };
        string of = _query.Clip is { } clip
            ? $"{clip}{(_query.At is { } at ? $" from {TimeText.Of(at)} on" : "")}" : Name(_query.Moment!.Value);
        _sheet.Write(SearchJson.Of(_query, found), $"Moments alike in {what}",
            found.Hits.Count == 0 ? $"None of {found.Compared} moments is of another video than {of}."
                : $"The moments of {found.Compared} that are most like {of}, best first.",
            [new("", [.. found.Hits.Select((hit, i) => (Part(hit), Note(hit, i + 1)))])],
            found.Strip is { } strip ? (strip, of) : null);
    }

    private static MomentPart Part(MomentHit hit) =>
        new(hit.Moment, hit.Video, hit.Start, hit.End, hit.File, hit.IsMissing);

    private static string Note(MomentHit hit, int rank) => hit.Motion is { } motion
        ? FormattableString.Invariant(
            $"{rank} · similarity {hit.Similarity:0.00} (look {hit.Look:0.00}, motion {motion:0.00})")
        : FormattableString.Invariant($"{rank} · similarity {hit.Similarity:0.00}");

    private string Name(long moment) => $"moment {moment}"
        + (_library.Store.Moments([moment]) is [var found]
            ? $", {_library.Video(found.VideoId).Path} {TimeText.Of(found.Start)} – {TimeText.Of(found.End)}" : "");
}
