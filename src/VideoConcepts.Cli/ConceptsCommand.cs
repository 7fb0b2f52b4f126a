using System.CommandLine;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>
/// evaluate concepts: usage, dead and duplicate concepts, purity and mutual information, disentanglement, stability
/// over runs; with two factors, which kind knows which.
/// </summary>
internal static class ConceptsCommand
{
    public static Command Create()
    {
        var command = new Command("concepts", "How good the static and dynamic concepts are; with lists of two factors "
            + "(appearance, motion), which kind of concept knows which factor.");
        var inputs = new EvaluationOptionSet(command, spread: true);
        var train = new Option<string>("--train_csv", "--train-csv")
        {
            Description = "labelled list to learn from; two factors of the same videos: appearance.csv,motion.csv",
            Required = true,
            HelpName = "file",
        };
        var test = new Option<string>("--test_csv", "--test-csv")
        {
            Description = "labelled list to measure on, of as many factors",
            Required = true,
            HelpName = "file",
        };
        Option<string?> output = EvaluationOptionSet.Output("folder for result.json, concepts.csv and concepts.png");
        Option<bool> overlap = EvaluationOptionSet.AllowOverlap();
        var diagnose = new Option<bool>("--diagnose")
        {
            Description = "also say why concepts are dead or know the wrong factor: whether difference views are "
                + "empty, clips follow them, or what all clips share decides",
        };
        var others = new Option<string?>("--other_runs", "--other-runs")
        {
            Description = "runs of other seeds, a,b,c: also say whether they found the same concepts",
            HelpName = "paths",
        };
        foreach (Option option in (Option[])[train, test, overlap, diagnose, others, output])
            command.Options.Add(option);
        inputs.SetAction(command, (parsed, work, stop) => ConceptTables.Print(ConceptEvaluation.Run(
            inputs.Read(parsed, new ConceptEvaluationOptions
            {
                TrainLists = EvaluationOptionSet.Several(parsed.GetRequiredValue(train)),
                TestLists = EvaluationOptionSet.Several(parsed.GetRequiredValue(test)),
                AllowOverlap = parsed.GetValue(overlap),
                Diagnose = parsed.GetValue(diagnose),
                OtherRuns = EvaluationOptionSet.Several(parsed.GetValue(others)),
            }, output), work, stop)));
        return command;
    }
}
