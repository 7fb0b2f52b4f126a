using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;

namespace VideoConcepts.Cli;

/// <summary>evaluate probe: a linear classifier on features that are computed once, or end to end on augmented clips.</summary>
internal static class ProbeCommand
{
    private const string Sgd = "sgd", Logistic = "logistic", Nearest = "nearest";

    public static Command Create()
    {
        var command = new Command("probe", "A linear classifier on the frozen backbone: on features computed once (default), or end to end on augmented clips.");
        var inputs = new EvaluationInputs(command, spread: true, keeps: true, views: true);
        Option<string?> train = EvaluationInputs.TrainLists(required: true), test = EvaluationInputs.TestLists(), output = EvaluationInputs.Output("folder for result.json, probabilities and confusion matrix; end to end also for checkpoints");
        Option<bool> overlap = EvaluationInputs.AllowOverlap(), noRandom = EvaluationInputs.NoRandom();
        var endToEnd = new Option<bool>("--end-to-end", "--end_to_end") { Description = "train on augmented clips through the frozen backbone, as CoCLR does" };
        var classifier = new Option<string>("--classifier")
        {
            Description = "of features: sgd (CoCLR's), logistic (logistic regression: classes weigh the same, the "
                + "penalty is chosen inside the training list; for lists of a few hundred videos) or nearest (the "
                + "class of the most similar training video)",
            DefaultValueFactory = _ => Sgd,
            HelpName = "text",
        };
        foreach (Option option in (Option[])[train, test, overlap, noRandom, classifier, endToEnd, output])
            command.Options.Add(option);
        var training = new ClassifierOptionSet(command, "for --end-to-end: ");
        inputs.SetAction(command, (parsed, stop) =>
        {
            if (parsed.GetValue(endToEnd))
            {
                inputs.RefuseUntrained(parsed, endToEnd);
                inputs.RefuseView(parsed, endToEnd);
                if (parsed.GetResult(classifier) is { Implicit: false })
                    throw new BadInputException($"{classifier.Name} is not read with {endToEnd.Name}; leave one of the "
                        + "two out.");
                FineTuneCommand.Run(parsed, inputs, training, parsed.GetValue(train)!, parsed.GetValue(test),
                    parsed.GetValue(overlap), !parsed.GetValue(noRandom), output, frozen: true, stop);
                return;
            }
            training.RefuseAll(parsed, "--end-to-end");
            inputs.RefuseUntrained(parsed, noRandom, ofNet: true);
            string kind = parsed.GetValue(classifier)!;
            if (kind is not (Sgd or Logistic or Nearest))
                throw new BadInputException($"{classifier.Name} {kind}: choose {Sgd}, {Logistic} or {Nearest}.");
            OnFeatures(parsed, inputs, parsed.GetValue(train)!, parsed.GetValue(test), parsed.GetValue(overlap),
                !parsed.GetValue(noRandom), kind, output, stop);
        });
        return command;
    }

    private static void OnFeatures(ParseResult parsed, EvaluationInputs inputs, string train, string? test,
        bool allowOverlap, bool random, string classifier, Option<string?> output, CancellationToken stop)
    {
        IReadOnlyList<Split> splits = inputs.Splits(parsed, train, test, allowOverlap, stop);
        using EvaluatedModel model = inputs.Open(parsed);
        SplitResults? results = inputs.Claim(parsed, output, "evaluate probe", model, splits, classifies: true);
        var options = new LinearProbeOptions { BatchNorm = true, Seed = inputs.Seed(parsed) };
        EvaluateCommand.ForEachSplit(splits, results, split =>
        {
            int classes = ListRules.Classes(split.Train, split.Test);
            (double penalty, string chosenBy) = (0, "");
            var table = new FigureTable(classifier switch
            {
                Logistic => "logistic regression",
                Nearest => "nearest neighbour",
                _ => "linear probe",
            });
            table.Add(EvaluateCommand.Chance,
                [.. Chance.Classification(classes), ("train top-1", Chance.TopK(classes, 1))]);
            if (random && model.File is not null && FeatureViews.NeedsNetwork(inputs.View(parsed)))
            {
                using EvaluatedModel untrained = inputs.Random(parsed, model.Options);
                table.Add(EvaluateCommand.RandomWeights, Measure(untrained).Result.Values());
            }
            (LinearProbeResult result, FeatureTable trainFeatures, FeatureTable testFeatures) = Measure(model);
            table.Add(model.File is null ? EvaluateCommand.RandomWeights : EvaluateCommand.Model, result.Values());
            var json = inputs.Describe(parsed, model, split, [.. trainFeatures.Dropped, .. testFeatures.Dropped]);
            json["view"] = inputs.View(parsed);
            json["probe"] = classifier switch
            {
                Logistic => new JsonObject
                {
                    ["classifier"] = Logistic,
                    ["penalty"] = penalty,
                    ["chosen_by"] = chosenBy,
                },
                Nearest => new JsonObject { ["classifier"] = Nearest },
                _ => System.Text.Json.JsonSerializer.SerializeToNode(options, Training.RecipeFile.Json),
            };
            return new(table, json,
                ClassificationResult.Of(new VideoScores(result.Probabilities, result.Confusion.GetLength(0),
                testFeatures.Videos, testFeatures.Dropped)));

            (LinearProbeResult Result, FeatureTable Train, FeatureTable Test) Measure(EvaluatedModel of)
            {
                string? besides = EvaluationInputs.UntrainedIn(parsed.GetValue(output));
                FeatureTable a = inputs.Features(parsed, of, split.Train, "train features", besides, stop),
                    b = inputs.Features(parsed, of, split.Test, "test features", besides, stop);
                if (classifier == Nearest) return (NearestNeighbour.Run(a, b), a, b);
                if (classifier == Sgd) return (Screen.Track("probe", 1, _ => LinearProbe.Run(a, b, options)), a, b);
                int[]? bySplits = Folds.BySplits(a.Videos,
                    [.. splits.Where(s => s != split).Select(s => s.Test.Videos)]);
                int[] folds = bySplits ?? Folds.AtRandom(a.Videos, inputs.Seed(parsed));
                chosenBy = bySplits is null ? "random parts of the training list" : "the other splits' test lists";
                (LinearProbeResult found, penalty) = Screen.Track("probe", LogisticProbe.Fits(folds), bar =>
                    LogisticProbe.Run(a, b, folds, null, new InlineProgress<long>(n => bar(n, "")), stop));
                Screen.Say(string.Create(CultureInfo.InvariantCulture,
                    $"{split.Name}, {of.Name}: penalty {penalty:0.###}, chosen by {chosenBy}"));
                return (found, a, b);
            }
        });
    }
}
