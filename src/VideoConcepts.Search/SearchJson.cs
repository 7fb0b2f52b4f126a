using System.Text.Json.Nodes;

namespace VideoConcepts.Search;

/// <summary>What a search found, as JSON.</summary>
internal static class SearchJson
{
    public static JsonObject Of(MomentQuery query, SearchResult found) => new()
    {
        ["query"] = query.Clip,
        ["at"] = query.At,
        ["length"] = query.Length,
        ["moment"] = query.Moment,
        ["motion"] = query.Motion,
        ["compared"] = found.Compared,
        ["recall"] = found.Recall,
        ["hits"] = new JsonArray([.. found.Hits.Select(Of)]),
    };

    public static JsonObject Of(MomentHit hit) => new()
    {
        ["moment"] = hit.Moment.Id,
        ["video"] = hit.Video.Path,
        ["file"] = hit.File,
        ["missing"] = hit.IsMissing,
        ["start"] = hit.Start,
        ["end"] = hit.End,
        ["similarity"] = hit.Similarity,
        ["look"] = hit.Look,
        ["motion"] = hit.Motion,
        ["moments"] = hit.Moments,
    };
}
