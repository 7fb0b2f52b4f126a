using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Evaluation;

/// <summary>What interventions leave in a folder: result.json, interventions.csv and its picture, and of a list with
/// labels deletion.csv and its picture.</summary>
/// <param name="Heads">By head.</param>
/// <param name="Concepts">By concept.</param>
/// <param name="Curves">Deletion curves; none without labels.</param>
/// <param name="Chances">R@1 of a guess, by factor.</param>
internal sealed record InterventionFiles(IReadOnlyList<HeadInterventions> Heads,
    IReadOnlyList<ConceptInterventions> Concepts, IReadOnlyList<DeletionCurve> Curves,
    IReadOnlyList<(string Factor, double Value)> Chances)
{
    private const string TableName = "interventions.csv", PictureName = "interventions.png",
        DeletionName = "deletion.csv", DeletionPictureName = "deletion.png";

    /// <summary>Names of the files beside result.json.</summary>
    public static string[] Names(bool isLabelled) =>
        [TableName, PictureName, .. isLabelled ? [DeletionName, DeletionPictureName] : (string[])[]];

    public IEnumerable<(string Name, byte[] Bytes)> Files() => [(TableName, OutputSet.Bytes(Table())),
        (PictureName, InterventionPicture.Draw(Concepts)), .. Curves.Count == 0 ? []
        : ((string, byte[])[])[(DeletionName, OutputSet.Bytes(DeletionTable())),
            (DeletionPictureName, DeletionPicture.Draw(Curves, Chances))]];

    /// <summary>Adds the figures to what a result says of itself.</summary>
    public JsonObject Json(JsonObject json)
    {
        json["threshold"] = ConceptInterventions.Threshold;
        json["heads"] = new JsonObject(Heads.Select(h => KeyValuePair.Create($"{h.Head.Kind}_{h.Head.Views}",
            (JsonNode?)new JsonObject
            {
                ["concepts"] = h.Head.Concepts,
                ["confirmed"] = h.Confirmed,
                ["opposite"] = h.Opposite,
                ["both"] = h.Both,
                ["neither"] = h.Neither,
                ["dead"] = h.Dead,
                ["mean_shares"] = ByName(h.Means),
            })));
        json["concepts"] = new JsonArray([.. Concepts.Select(c => (JsonNode)new JsonObject
        {
            ["head"] = $"{c.Head.Kind}_{c.Head.Views}",
            ["concept"] = c.Concept,
            ["kind"] = c.Kind,
            ["motion"] = c.Motion.Name,
            ["look"] = c.Look.Name,
            ["shares"] = ByName([.. c.Shares, c.Look]),
        })]);
        if (Curves.Count == 0) return json;
        json["deletion"] = new JsonObject(Curves.GroupBy(c => c.Factor).Select(factor =>
        {
            var orders = new JsonObject { ["chance"] = Rounded(Chances.First(c => c.Factor == factor.Key).Value) };
            foreach (DeletionCurve curve in factor) orders[curve.Order] = Json(curve);
            return KeyValuePair.Create(factor.Key, (JsonNode?)orders);
        }));
        return json;
    }

    private static JsonObject ByName(IEnumerable<InterventionShare> shares) => new(shares.DistinctBy(s => s.Name)
        .Select(s => KeyValuePair.Create(s.Name, (JsonNode?)new JsonObject
        {
            ["share"] = Rounded(s.Share),
            ["low"] = Rounded(s.Low),
            ["high"] = Rounded(s.High),
            ["shift"] = Rounded(s.Shift),
        })));

    private static JsonObject Json(DeletionCurve curve)
    {
        var json = new JsonObject();
        if (curve is { Area: { } area, AreaLow: { } low, AreaHigh: { } high })
            (json["area"], json["area_low"], json["area_high"]) = (Rounded(area), Rounded(low), Rounded(high));
        json["deleted"] = new JsonArray([.. curve.Points.Select(p => (JsonNode)p.Deleted)]);
        json["recall"] = new JsonArray([.. curve.Points.Select(p => (JsonNode)Rounded(p.Recall))]);
        return json;
    }

    private static double Rounded(double value) => FigureText.Rounded(value, 6);

    private string Table()
    {
        var text = new StringBuilder("kind,read_from,concept,moved_by,motion,motion_low,motion_high,motion_by,"
            + "look,look_low,look_high,look_by");
        foreach (InterventionShare share in Concepts[0].Shares)
            text.Append(CultureInfo.InvariantCulture,
                $",{share.Name},{share.Name}_low,{share.Name}_high,{share.Name}_shift");
        text.Append('\n');
        foreach (ConceptInterventions c in Concepts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{c.Head.Kind},{c.Head.Views},{c.Concept},{c.Kind}");
            text.Append(Numbers(c.Motion)).Append(',').Append(c.Motion.Name);
            text.Append(Numbers(c.Look)).Append(',').Append(c.Look.Name);
            foreach (InterventionShare share in c.Shares)
                text.Append(Numbers(share)).Append(',').Append(FigureText.Number(share.Shift, 4));
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string Numbers(InterventionShare share) => $",{FigureText.Number(share.Share, 4)},"
        + $"{FigureText.Number(share.Low, 4)},{FigureText.Number(share.High, 4)}";

    private string DeletionTable()
    {
        var text = new StringBuilder("factor,order,deleted,recall,low,high\n");
        foreach (DeletionCurve curve in Curves)
            foreach (DeletionPoint p in curve.Points)
                text.Append(CultureInfo.InvariantCulture, $"{curve.Factor},{curve.Order},{p.Deleted},")
                    .Append(CultureInfo.InvariantCulture, $"{p.Recall:F4},{p.Low:F4},{p.High:F4}\n");
        return text.ToString();
    }
}
