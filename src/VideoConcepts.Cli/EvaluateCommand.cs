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

    /// <summary>Does the same for every split, in folders of their own if there are several, then shows their mean.</summary>
    /// <param name="splits">Train and test lists.</param>
    /// <param name="output">Folder for results, or null.</param>
    /// <param name="measure">A split and its folder → what is shown, and what the result says beside.</param>
    /// <param name="writes">This process writes them.</param>
    public static void ForEachSplit(IReadOnlyList<Split> splits, string? output, Func<Split, string?, (FigureTable Table, JsonObject Result)> measure, bool writes = true)
    {
        List<FigureTable> tables = [];
        foreach (Split split in splits)
        {
            string? folder = output is null ? null : splits.Count > 1 ? Path.Combine(output, split.Name) : output;
            if (folder is not null && writes) OutputFolder.Open(folder, "--out");
            (FigureTable table, JsonObject result) = measure(split, folder);
            result["figures"] = table.Json();
            if (folder is not null && writes) ResultFiles.Write(folder, result);
            table.Show();
            tables.Add(table);
        }
        if (splits.Count > 1)
        {
            FigureTable mean = FigureTable.Mean(tables);
            mean.Show();
            if (output is not null && writes) ResultFiles.Write(output, new JsonObject { ["splits"] = new JsonArray([.. splits.Select(s => (JsonNode)s.Name)]), ["figures"] = mean.Json() });
        }
        if (output is not null) Screen.Print(Path.Combine(output, ResultFiles.ResultName));
    }
}
