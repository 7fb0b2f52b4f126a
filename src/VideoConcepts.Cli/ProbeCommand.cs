using System.CommandLine;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>
/// evaluate probe: a linear classifier on features that are computed once, or end to end on augmented clips.
/// </summary>
internal static class ProbeCommand
{
    public static Command Create()
    {
        var command = new Command("probe", "A linear classifier on the frozen backbone: on features computed once "
            + "(default), or end to end on augmented clips.");
        var inputs = new EvaluationOptionSet(command, spread: true, keeps: true, views: true);
        Option<string?> train = EvaluationOptionSet.TrainLists(required: true), test = EvaluationOptionSet.TestLists();
        Option<string?> output = EvaluationOptionSet.Output(
            "folder for result.json, probabilities and confusion matrix; end to end also for checkpoints");
        Option<bool> overlap = EvaluationOptionSet.AllowOverlap(), noRandom = EvaluationOptionSet.NoRandom();
        var endToEnd = new Option<bool>("--end-to-end", "--end_to_end")
        {
            Description = "train on augmented clips through the frozen backbone, as CoCLR does",
        };
        Option<string> classifier = EvaluationOptionSet.Classifier();
        foreach (Option option in (Option[])[train, test, overlap, noRandom, classifier, endToEnd, output])
            command.Options.Add(option);
        var training = new ClassifierOptionSet(command, "for --end-to-end: ");
        inputs.SetAction(command, (parsed, work, stop) =>
        {
            if (parsed.GetValue(endToEnd))
            {
                inputs.RefuseUntrained(parsed, endToEnd);
                inputs.RefuseView(parsed, endToEnd);
                if (parsed.GetResult(classifier) is { Implicit: false })
                    throw new BadInputException($"{classifier.Name} is not read with {endToEnd.Name}; leave one of the "
                        + "two out.");
                FineTuneCommand.Run(inputs.Read(parsed, new FineTuneOptions
                {
                    TrainLists = EvaluationOptionSet.Several(parsed.GetValue(train)),
                    TestLists = EvaluationOptionSet.Several(parsed.GetValue(test)),
                    AllowOverlap = parsed.GetValue(overlap),
                    CompareRandom = !parsed.GetValue(noRandom),
                    Frozen = true,
                }, output), training, parsed, inputs, work, stop);
                return;
            }
            training.RefuseAll(parsed, "--end-to-end");
            inputs.RefuseUntrained(parsed, noRandom, ofNet: true);
            EvaluationOptionSet.Show(ProbeEvaluation.Run(inputs.ReadFeatures(parsed, new ProbeOptions
            {
                TrainLists = EvaluationOptionSet.Several(parsed.GetValue(train)),
                TestLists = EvaluationOptionSet.Several(parsed.GetValue(test)),
                AllowOverlap = parsed.GetValue(overlap),
                CompareRandom = !parsed.GetValue(noRandom),
                Classifier = EvaluationOptionSet.Chosen(parsed, classifier),
            }, output), work, stop));
        });
        return command;
    }
}
