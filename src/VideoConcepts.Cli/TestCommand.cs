using System.CommandLine;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>evaluate test: a trained classifier on a list, with one, five or ten views.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var command = new Command("test",
            "Test a classifier that finetune or probe --end-to-end trained: centre, five-crop or ten-crop.");
        var inputs = new EvaluationOptionSet(command, spread: true, random: false);
        Option<string?> test = EvaluationOptionSet.TestLists();
        Option<string?> output = EvaluationOptionSet.Output(
            "folder for result.json, probabilities, confusion matrix and per-class accuracy");
        test.Required = true;
        test.Description = "labelled list to test on";
        var views = new Option<int>("--views")
        {
            Description = "1 (centre), 5 (corners and middle, squares of 7/8 of the shorter side) or 10 (with mirror "
                + "images)",
            DefaultValueFactory = _ => 1,
            HelpName = "n",
        };
        Option<bool> overlap = EvaluationOptionSet.AllowOverlap();
        overlap.Description = "test even on videos that it was trained on";
        foreach (Option option in (Option[])[test, views, overlap, output]) command.Options.Add(option);
        inputs.SetAction(command, (parsed, work, stop) => EvaluationOptionSet.Show(ClassifierTest.Run(
            inputs.Read(parsed, new ClassifierTestOptions
            {
                TestList = parsed.GetValue(test)!,
                Views = parsed.GetValue(views),
                AllowOverlap = parsed.GetValue(overlap),
            }, output), work, stop)));
        return command;
    }
}
