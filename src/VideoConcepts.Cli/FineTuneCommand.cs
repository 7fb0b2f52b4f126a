using System.CommandLine;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>
/// evaluate finetune, and the end-to-end probe: train a classifier, take its best epoch on held-out videos, test it.
/// </summary>
internal static class FineTuneCommand
{
    public static Command Create()
    {
        var command = new Command("finetune", "Train the whole network as a classifier, from a checkpoint or from "
            + "random weights (--net), then test it. A run that was stopped goes on when it is called again.");
        var inputs = new EvaluationOptionSet(command, spread: true, force: false);
        Option<string?> train = EvaluationOptionSet.TrainLists(required: true), test = EvaluationOptionSet.TestLists();
        Option<string?> output = EvaluationOptionSet.Output("folder for checkpoints, metrics and results");
        output.Required = true;
        Option<bool> overlap = EvaluationOptionSet.AllowOverlap();
        var scratch = new Option<bool>("--scratch")
        {
            Description = "train the same net from random weights beside it, as a row to compare with (doubles the "
                + "time)",
        };
        foreach (Option option in (Option[])[train, test, overlap, scratch, output]) command.Options.Add(option);
        var training = new ClassifierOptionSet(command);
        inputs.SetAction(command, (parsed, work, stop) => Run(inputs.Read(parsed, new FineTuneOptions
        {
            TrainLists = EvaluationOptionSet.Several(parsed.GetValue(train)),
            TestLists = EvaluationOptionSet.Several(parsed.GetValue(test)),
            AllowOverlap = parsed.GetValue(overlap),
            CompareRandom = parsed.GetValue(scratch),
        }, output), training, parsed, inputs, work, stop));
        return command;
    }

    /// <summary>Trains and tests with the training that the command line has; says where a stopped one is.</summary>
    public static void Run(FineTuneOptions options, ClassifierOptionSet training, ParseResult parsed,
        EvaluationOptionSet inputs, WorkContext work, CancellationToken stop)
    {
        EvaluationPreset preset = inputs.Preset(parsed);
        var console = new TrainingConsole();
        try
        {
            EvaluationOptionSet.Show(FineTuning.Run(options with
            {
                Training = training.Read(parsed, options.Frozen ? preset.Probe : preset.FineTune),
                Labels = parsed.GetValue(training.Labels),
                HeldOut = parsed.GetValue(training.HeldOut),
                EvalEvery = parsed.GetValue(training.EvalEvery),
                Threads = parsed.GetValue(training.Threads),
            }, work, [console], stop));
        }
        catch (OperationCanceledException)
        {
            console.SayWhereItIs();
            throw;
        }
    }
}
