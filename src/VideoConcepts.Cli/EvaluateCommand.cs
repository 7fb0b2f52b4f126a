using System.CommandLine;
using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

internal static class EvaluateCommand
{
    public const string Chance = "chance", RandomWeights = "random weights", Model = "model";

    public static Command Create()
    {
        var evaluate = new Command("evaluate", "Measure what a trained model knows.");
        foreach (Command command in (Command[])[RetrievalCommand.Create(), ProbeCommand.Create(), FineTuneCommand.Create(), TestCommand.Create(), ConceptsCommand.Create(), MergeCommand.Create()])
            evaluate.Subcommands.Add(command);
        return evaluate;
    }

    /// <summary>Does the same for every split, writes it down, and shows the mean of several.</summary>
    /// <param name="splits">Train and test lists.</param>
    /// <param name="results">Where results go, or null.</param>
    /// <param name="measure">A split → what is shown, and what the result says beside.</param>
    public static void ForEachSplit(IReadOnlyList<Split> splits, SplitResults? results,
        Func<Split, Measurement> measure)
    {
        List<FigureTable> tables = [];
        List<ClassificationResult> classified = [];
        for (int i = 0; i < splits.Count; i++)
        {
            Measurement measured = measure(splits[i]);
            measured.Result["figures"] = measured.Table.Json();
            results?.Splits[i].Write(measured.Result, measured.Classification);
            measured.Table.Show();
            tables.Add(measured.Table);
            if (measured.Classification is { } found) classified.Add(found);
        }
        if (splits.Count > 1)
        {
            FigureTable mean = FigureTable.Mean(tables);
            mean.Show();
            JsonObject json = new()
            {
                ["splits"] = new JsonArray([.. splits.Select(s => (JsonNode)s.Name)]),
                ["figures"] = mean.Json(),
            };
            if (classified.Count == splits.Count && ClassificationResult.Pooled(classified) is { } all)
            {
                var pooled = new FigureTable($"the {all.Scores.Videos.Count} test videos together");
                pooled.Add(tables[0].Last, all.Figures);
                pooled.Show();
                json["pooled"] = pooled.Json();
            }
            results?.Mean!.Write(json);
        }
        if (results is not null) Screen.Print(Path.Combine(results.Folder, ResultFiles.ResultName));
    }
}

/// <summary>What an evaluation found on one split.</summary>
/// <param name="Table">What is shown.</param>
/// <param name="Result">What result.json says beside.</param>
/// <param name="Classification">A classifier's scores, for its files.</param>
internal sealed record Measurement(FigureTable Table, JsonObject Result, ClassificationResult? Classification = null);
