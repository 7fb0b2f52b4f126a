using System.CommandLine;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>evaluate bias: what of a probe's accuracy is left when backgrounds are foreign or nothing moves.</summary>
internal static class BiasCommand
{
    public static Command Create()
    {
        var command = new Command("bias", "What a probe reads from: what of its accuracy is left before foreign "
            + "backgrounds, of frozen videos and backwards.");
        var inputs = new EvaluationOptionSet(command, spread: true, keeps: true, views: true);
        Option<string?> train = EvaluationOptionSet.TrainLists(required: true), test = EvaluationOptionSet.TestLists();
        Option<string?> output = EvaluationOptionSet.Output("folder for result.json and bias.png, which shows videos "
            + "and their variants");
        Option<bool> overlap = EvaluationOptionSet.AllowOverlap(), noRandom = EvaluationOptionSet.NoRandom();
        Option<string> classifier = EvaluationOptionSet.Classifier();
        var variants = new Option<string?>("--bias")
        {
            Description = "variants of the test videos: the folder that prepare synthetic --bias wrote, or lists as "
                + "scuba=LIST,scufo=LIST (default: variants are made by masks of what moves, for cameras that stand "
                + "still)",
            HelpName = "path",
        };
        var groups = new Option<string?>("--groups")
        {
            Description = "with masks: list of the test videos with, as labels, what their background tells, such as "
                + "the camera; backgrounds come from videos with another one; several: a,b,c",
            HelpName = "file",
        };
        foreach (Option option in (Option[])[train, test, variants, groups, overlap, noRandom, classifier, output])
            command.Options.Add(option);
        inputs.SetAction(command, (parsed, work, stop) =>
        {
            inputs.RefuseUntrained(parsed, noRandom, ofNet: true);
            BiasOptions options = inputs.ReadFeatures(parsed, new BiasOptions
            {
                TrainLists = EvaluationOptionSet.Several(parsed.GetValue(train)),
                TestLists = EvaluationOptionSet.Several(parsed.GetValue(test)),
                AllowOverlap = parsed.GetValue(overlap),
                CompareRandom = !parsed.GetValue(noRandom),
                Classifier = EvaluationOptionSet.Chosen(parsed, classifier),
                Variants = EvaluationOptionSet.Several(parsed.GetValue(variants)),
                Groups = EvaluationOptionSet.Several(parsed.GetValue(groups)),
            }, output);
            EvaluationResult result = BiasEvaluation.Run(options, work, stop);
            Explain(options.Variants.Count == 0);
            EvaluationOptionSet.Show(result);
        });
        return command;
    }

    private static void Explain(bool masked)
    {
        Screen.Print("accuracy: mean over the classes; survives: (accuracy - chance) / (accuracy of the unchanged "
            + "videos - chance), with its 95 % interval over videos,");
        Screen.Print("empty where the unchanged videos are no better than chance; scuba: what moves, before a foreign "
            + "picture; scufo: one frame of that, frozen:");
        Screen.Print("what survives there is read from how things look; swap: before the background of a video of "
            + "another class; reverse: time runs backwards");
        if (masked)
            Screen.Print("made by masks of what moves, which need a camera that stands still; reverse keeps the class: "
                + "classes with a direction are expected to fall");
    }
}
