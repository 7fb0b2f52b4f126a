using System.CommandLine;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>evaluate merge: two (or more) streams, by the mean of their probabilities.</summary>
internal static class MergeCommand
{
    public static Command Create()
    {
        var results = new Option<string[]>("--results")
        {
            Description = "folders that evaluate test, finetune or probe wrote (or their probabilities.csv), of the "
                + "same list",
            Required = true,
            HelpName = "folder",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> output = EvaluationOptionSet.Output("folder for the merged result");
        Option<bool> force = OverwriteOption.Create();
        var command = new Command("merge",
            "Average the class probabilities of several models per video. (Retrieval of two streams: evaluate "
            + "retrieval --train_features a,b.)") { results, output, force };
        command.SetAction(parsed =>
        {
            EvaluationResult merged = ResultMerge.Run(parsed.GetRequiredValue(results), parsed.GetValue(output),
                parsed.GetValue(force));
            foreach (FigureTable table in merged.Tables) Screen.Print(table);
            EvaluationOptionSet.Show(merged);
            return ExitStatus.Done;
        });
        return command;
    }
}
