using System.CommandLine;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>
/// evaluate retrieval: from a checkpoint and lists, or from extracted features; two streams by a comma.
/// </summary>
internal static class RetrievalCommand
{
    public static Command Create()
    {
        var command = new Command("retrieval",
            "Nearest neighbours: the share of videos with one of their class among the k nearest.");
        var inputs = new EvaluationOptionSet(command, spread: true, keeps: true, views: true);
        Option<string?> train = EvaluationOptionSet.TrainLists(required: false);
        Option<string?> test = EvaluationOptionSet.TestLists();
        Option<string?> output = EvaluationOptionSet.Output("folder for result.json");
        test.Description += "; without it, every gallery video asks for the others";
        Option<bool> overlap = EvaluationOptionSet.AllowOverlap(), noRandom = EvaluationOptionSet.NoRandom();
        var trainFeatures = new Option<string?>("--train_features", "--train-features")
        {
            Description = "instead of model and lists: folders of extract to search in; two streams: a,b",
            HelpName = "folder",
        };
        var testFeatures = new Option<string?>("--test_features", "--test-features")
        {
            Description = "folders of extract with the queries",
            HelpName = "folder",
        };
        foreach (Option option in (Option[])[train, test, overlap, noRandom, trainFeatures, testFeatures, output])
            command.Options.Add(option);
        inputs.SetAction(command, (parsed, work, stop) =>
        {
            string? galleries = parsed.GetValue(trainFeatures), asked = parsed.GetValue(testFeatures);
            if (galleries is not null)
                inputs.RefuseModel(parsed, "--train_features", train, test, noRandom);
            else if (asked is not null)
                throw new BadInputException(
                    "--test_features is not read without --train_features; name the folders to search in, too.");
            inputs.RefuseUntrained(parsed, noRandom, ofNet: true);
            if (galleries is null && parsed.GetValue(train) is null)
                throw new BadInputException("--train_csv is missing: name the labelled list to search in, or folders "
                    + "with --train_features.");
            RetrievalOptions options = inputs.ReadFeatures(parsed, new RetrievalOptions
            {
                TrainLists = EvaluationOptionSet.Several(parsed.GetValue(train)),
                TestLists = EvaluationOptionSet.Several(parsed.GetValue(test)),
                AllowOverlap = parsed.GetValue(overlap),
                CompareRandom = !parsed.GetValue(noRandom),
            }, output);
            EvaluationOptionSet.Show(galleries is null ? RetrievalEvaluation.Run(options, work, stop)
                : RetrievalEvaluation.OfFeatures(galleries.Split(','), asked?.Split(','), options, work, stop));
        });
        return command;
    }
}
