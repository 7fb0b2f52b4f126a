using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Training;

namespace VideoConcepts.Evaluation;

/// <summary>Figures of concepts as result.json has them.</summary>
internal static class ConceptJson
{
    /// <summary>The figures of each head, by factor; those of clips stand where they have always stood.</summary>
    /// <param name="json">Gets them.</param>
    /// <param name="figures">Of each head and factor.</param>
    /// <param name="disentanglement">Of each set of concepts.</param>
    /// <param name="stability">Of each head.</param>
    /// <param name="runs">The runs that it is about.</param>
    public static void Add(JsonObject json, IReadOnlyList<ConceptFactorFigures> figures,
        IReadOnlyList<ConceptDisentanglement> disentanglement, IReadOnlyList<ConceptStability> stability,
        IReadOnlyList<string> runs)
    {
        foreach (IGrouping<ConceptHead, ConceptFactorFigures> ofHead in figures.GroupBy(f => f.Head))
            json[ofHead.Key.Views == ConceptReading.Clips ? ofHead.Key.Kind : $"{ofHead.Key.Kind}_{ofHead.Key.Views}"] =
                PerFactor(ofHead, of => Json(of));
        foreach (IGrouping<ConceptHead, ConceptFactorFigures> ofHead in figures.GroupBy(f => f.Head))
            json[$"{Key(ofHead.Key)}_standardised"] = PerFactor(ofHead, of => Node(of.Leads));
        if (figures.Any(f => f.Leakage is not null))
            json["leakage"] = new JsonObject(figures.GroupBy(f => f.Head).Select(ofHead =>
                KeyValuePair.Create(Key(ofHead.Key), (JsonNode?)PerFactor(ofHead, of => Json(of.Leakage!)))));
        json["disentanglement"] = new JsonObject(disentanglement.Select(set =>
            KeyValuePair.Create(set.Name.Replace(' ', '_'), (JsonNode?)Json(set))));
        if (stability.Count == 0) return;
        json["stability"] = new JsonObject(stability
            .Select(of => KeyValuePair.Create(Key(of.Head), (JsonNode?)Json(of)))
            .Prepend(KeyValuePair.Create("runs", Node(runs))));
    }

    private static string Key(ConceptHead head) => $"{head.Kind}_{head.Views}";

    private static JsonObject PerFactor(IEnumerable<ConceptFactorFigures> figures,
        Func<ConceptFactorFigures, JsonNode?> value) =>
        new(figures.Select(of => KeyValuePair.Create(of.Factor, value(of))));

    private static JsonObject Json(ConceptFactorFigures of) => new()
    {
        ["spread"] = of.Figures.Spread,
        ["dead"] = of.Figures.Dead,
        ["duplicates"] = of.Figures.Duplicates,
        ["purity"] = of.Figures.Purity,
        ["normalized_mutual_information"] = of.Figures.MutualInformation,
        ["adjusted_mutual_information"] = of.Figures.AdjustedInformation,
        ["probe"] = of.Probe,
        ["chance"] = of.Chance,
    };

    private static JsonObject Json(ConceptLeakage of) => new()
    {
        ["given"] = Node(of.Given),
        ["conditional_mutual_information"] = of.Information,
        ["left_to_tell"] = of.Left,
        ["share"] = Json(of.Share),
    };

    private static JsonObject Json(ConceptEstimate of) => new((((string, double)[])[("value", of.Value),
        ("low", of.Low), ("high", of.High), ("shuffled", of.Shuffled), ("shuffled_low", of.ShuffledLow),
        ("shuffled_high", of.ShuffledHigh), ("above_shuffled", of.AboveShuffled)])
        .Select(part => KeyValuePair.Create(part.Item1, (JsonNode?)FigureText.Rounded(part.Item2, 6))));

    private static JsonObject Json(ConceptDisentanglement of)
    {
        JsonObject json = new() { ["bins"] = of.Bins };
        if (of.Disentanglement is { } estimate) json["disentanglement"] = Json(estimate);
        foreach (FactorDisentanglement factor in of.Factors)
            json[factor.Factor] = new JsonObject
            {
                ["mig"] = Json(factor.Gap),
                ["sap"] = Json(factor.Predictability),
                ["completeness"] = Json(factor.Completeness),
                ["informativeness"] = Json(factor.Informativeness),
                ["tree_depth"] = factor.Depth,
            };
        return json;
    }

    private static JsonObject Json(ConceptStability of) => new()
    {
        ["videos"] = of.Videos,
        ["correlation"] = of.Correlation,
        ["correlation_shuffled"] = of.ChanceCorrelation,
        ["correlation_shuffled_high"] = of.ChanceHigh,
        ["matched"] = of.Matched,
        ["adjusted_mutual_information"] = of.Information,
        ["adjusted_mutual_information_shuffled_high"] = of.ChanceInformation,
        ["pairs"] = Node(of.Pairs),
    };

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, RecipeFile.Json);
}
