using System.Text.Json.Nodes;

namespace VideoConcepts.Search;

/// <summary>What the methods of a library found, as JSON.</summary>
internal static class AnalysisJson
{
    public static JsonObject Of(DuplicateOptions options, DuplicateResult found) => new()
    {
        ["motion"] = options.Motion,
        ["threshold"] = options.Threshold,
        ["moments"] = options.Moments,
        ["compared"] = found.Compared,
        ["found"] = found.Found,
        ["groups"] = Array(found.Groups, group => new JsonObject
        {
            ["similarity"] = group.Similarity,
            ["parts"] = Array(group.Parts, Of),
            ["stretches"] = Array(group.Stretches, stretch => new JsonObject
            {
                ["a"] = Of(stretch.A),
                ["b"] = Of(stretch.B),
                ["shift"] = stretch.Shift,
                ["similarity"] = stretch.Similarity,
                ["moments"] = stretch.Moments,
            }),
        }),
    };

    public static JsonObject Of(SampleOptions options, SampleResult sample) => new()
    {
        ["motion"] = options.Motion,
        ["seed"] = options.Seed,
        ["one_per_video"] = options.OnePerVideo,
        ["compared"] = sample.Compared,
        ["radius"] = sample.Radius,
        ["mean_distance"] = sample.MeanDistance,
        ["moments"] = Array(sample.Moments, moment =>
        {
            JsonObject part = Of(moment.Part);
            (part["distance"], part["covers"]) = (moment.Distance, moment.Covers);
            return part;
        }),
    };

    public static JsonObject Of(UnusualOptions options, UnusualResult found) => new()
    {
        ["motion"] = options.Motion,
        ["by"] = options.InLibrary ? "library" : "camera",
        ["group"] = options.Group,
        ["neighbours"] = options.Neighbours,
        ["compared"] = found.Compared,
        ["alone"] = found.Alone,
        ["groups"] = new JsonObject(found.Groups.Select(g => KeyValuePair.Create(g.Key, (JsonNode?)g.Value))),
        ["parts"] = Array(found.Parts, of =>
        {
            JsonObject part = Of(of.Part);
            (part["group"], part["score"], part["distance"], part["moments"])
                = (of.Group, of.Score, of.Distance, of.Moments);
            return part;
        }),
    };

    public static JsonObject Of(CountOptions options, CountResult counted) => new()
    {
        ["concept"] = options.Concept,
        ["tag"] = options.Tag,
        ["bin"] = counted.Bin,
        ["moments"] = counted.Moments,
        ["count"] = counted.Count,
        ["share"] = counted.Share,
        ["bins"] = Array(counted.Bins, bin => new JsonObject
        {
            ["video"] = bin.Video.Path,
            ["start"] = bin.Start,
            ["end"] = bin.End,
            ["moments"] = bin.Moments,
            ["count"] = bin.Count,
            ["share"] = bin.Share,
        }),
    };

    public static JsonObject Of(CutResult cut) => new()
    {
        ["clips"] = Array(cut.Clips, clip => (JsonNode)clip),
        ["left_out"] = Array(cut.LeftOut, left => new JsonObject
        {
            ["video"] = left.Hit.Video.Path,
            ["start"] = left.Hit.Start,
            ["reason"] = left.Reason,
        }),
        ["table"] = cut.Table,
        ["edit_list"] = cut.EditList,
    };

    public static JsonObject Of(ExportResult written) => new()
    {
        ["moments"] = written.Moments,
        ["files"] = Array(written.Files, file => (JsonNode)file),
    };

    private static JsonObject Of(MomentPart part) => new()
    {
        ["moment"] = part.Moment.Id,
        ["video"] = part.Video.Path,
        ["file"] = part.File,
        ["missing"] = part.IsMissing,
        ["start"] = part.Start,
        ["end"] = part.End,
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode> of) => new([.. items.Select(of)]);
}
