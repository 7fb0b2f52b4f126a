using System.CommandLine;
using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>evaluate retrieval: from a checkpoint and lists, or from extracted features; two streams by a comma.</summary>
internal static class RetrievalCommand
{
    private const string Name = "evaluate retrieval";

    public static Command Create()
    {
        var command = new Command("retrieval", "Nearest neighbours: the share of videos with one of their class among the k nearest.");
        var inputs = new EvaluationInputs(command, spread: true, keeps: true, views: true);
        Option<string?> train = EvaluationInputs.TrainLists(required: false), test = EvaluationInputs.TestLists(), output = EvaluationInputs.Output("folder for result.json");
        test.Description += "; without it, every gallery video asks for the others";
        Option<bool> overlap = EvaluationInputs.AllowOverlap(), noRandom = EvaluationInputs.NoRandom();
        var trainFeatures = new Option<string?>("--train_features", "--train-features") { Description = "instead of model and lists: folders of extract to search in; two streams: a,b", HelpName = "folder" };
        var testFeatures = new Option<string?>("--test_features", "--test-features") { Description = "folders of extract with the queries", HelpName = "folder" };
        foreach (Option option in (Option[])[train, test, overlap, noRandom, trainFeatures, testFeatures, output]) command.Options.Add(option);
        inputs.SetAction(command, (parsed, stop) =>
        {
            if (parsed.GetValue(trainFeatures) is not null)
                inputs.RefuseModel(parsed, "--train_features", train, test, noRandom);
            else if (parsed.GetValue(testFeatures) is not null)
                throw new BadInputException(
                    "--test_features is not read without --train_features; name the folders to search in, too.");
            inputs.RefuseUntrained(parsed, noRandom, ofNet: true);
            if (parsed.GetValue(trainFeatures) is { } galleries)
                FromFeatures(parsed, inputs, galleries, parsed.GetValue(testFeatures), parsed.GetValue(overlap), output,
                    stop);
            else FromLists(parsed, inputs, parsed.GetValue(train), parsed.GetValue(test), parsed.GetValue(overlap),
                !parsed.GetValue(noRandom), output, stop);
        });
        return command;
    }

    private static void FromLists(ParseResult parsed, EvaluationInputs inputs, string? train, string? test,
        bool allowOverlap, bool random, Option<string?> output, CancellationToken stop)
    {
        if (train is null) throw new BadInputException("--train_csv is missing: name the labelled list to search in, or folders with --train_features.");
        IReadOnlyList<Split> splits =
            inputs.Splits(parsed, train, test ?? train, allowOverlap || test is null, stop);
        using EvaluatedModel model = inputs.Open(parsed);
        SplitResults? results = inputs.Claim(parsed, output, Name, model, splits);
        EvaluateCommand.ForEachSplit(splits, results, split =>
        {
            (FeatureTable gallery, FeatureTable queries) = Features(model);
            OwnVideo own = ListComparison.OwnVideos(queries, gallery, split.Contents!);
            var table = new FigureTable("retrieval");
            table.Add(EvaluateCommand.Chance, Chances(gallery, queries, own));
            if (random && model.File is not null && FeatureViews.NeedsNetwork(inputs.View(parsed)))
            {
                using EvaluatedModel untrained = inputs.Random(parsed, model.Options);
                (FeatureTable g, FeatureTable q) = Features(untrained);
                table.Add(EvaluateCommand.RandomWeights, Figures([g], [q], own));
            }
            table.Add(model.File is null ? EvaluateCommand.RandomWeights : EvaluateCommand.Model,
                Figures([gallery], [queries], own));
            JsonObject json = inputs.Describe(parsed, model, split,
                [.. gallery.Dropped, .. ReferenceEquals(gallery, queries) ? [] : queries.Dropped]);
            json["view"] = inputs.View(parsed);
            return new(table, json);

            (FeatureTable, FeatureTable) Features(EvaluatedModel of)
            {
                string? besides = EvaluationInputs.UntrainedIn(parsed.GetValue(output));
                FeatureTable searched = inputs.Features(parsed, of, split.Train, "gallery", besides, stop);
                return (searched, ReferenceEquals(split.Train, split.Test) ? searched
                    : inputs.Features(parsed, of, split.Test, "queries", besides, stop));
            }
        });
    }

    private static void FromFeatures(ParseResult parsed, EvaluationInputs inputs, string galleries, string? queries,
        bool allowOverlap, Option<string?> output, CancellationToken stop)
    {
        (string Role, string Folder)[] folders = [.. galleries.Split(',').Select(f => ("train_features", f)),
            .. (queries?.Split(',') ?? []).Select(f => ("test_features", f))];
        foreach ((_, string folder) in folders) _ = FeatureFolder.Describe(folder);
        ResultFiles? results = inputs.Claim(parsed, output, Name,
            [.. folders.Select(f => Source.File(f.Role, Path.Combine(f.Folder, FeatureFolder.DescriptionName)))],
            classifies: false,
            folders.SelectMany(f =>
                FeatureFolder.FileNames.Select(name => new InputFile($"--{f.Role}", Path.Combine(f.Folder, name)))));
        FeatureTable[] searched = [.. galleries.Split(',').Select(FeatureFolder.Read)], asked = queries is null ? searched : [.. queries.Split(',').Select(FeatureFolder.Read)];
        if (searched.Length != asked.Length) throw new BadInputException($"--train_features names {searched.Length} folders and --test_features {asked.Length}; give as many of each.");
        for (int i = 0; i < searched.Length; i++)
        {
            if (searched[i].Dimension != asked[i].Dimension) throw new BadInputException($"--test_features {queries!.Split(',')[i]}: {asked[i].Dimension} features a window, {galleries.Split(',')[i]} has {searched[i].Dimension}: they are of another net.");
            if (!searched[i].Videos.Select(v => v.Directory).SequenceEqual(searched[0].Videos.Select(v => v.Directory)) || !asked[i].Videos.Select(v => v.Directory).SequenceEqual(asked[0].Videos.Select(v => v.Directory)))
                throw new BadInputException("the streams are of different videos; extract both from the same lists.");
        }
        VideoContents contents = ListComparison.Of(stop, searched[0].Videos, asked[0].Videos);
        if (queries is not null && !allowOverlap) ListRules.NoOverlap(searched[0].Videos, asked[0].Videos, contents);
        OwnVideo own = ListComparison.OwnVideos(asked[0], searched[0], contents);
        var table = new FigureTable(searched.Length > 1 ? $"retrieval, {searched.Length} streams" : "retrieval");
        table.Add(EvaluateCommand.Chance, Chances(searched[0], asked[0], own));
        table.Add(EvaluateCommand.Model, Figures(searched, asked, own));
        table.Show();
        if (results is null) return;
        results.Write(new JsonObject
        {
            ["train_features"] = galleries,
            ["test_features"] = queries,
            ["version"] = RunDescription.Version,
            ["figures"] = table.Json()
        });
        Screen.Print(Path.Combine(results.Folder, ResultFiles.ResultName));
    }

    private static IEnumerable<(string Name, double Value)> Figures(FeatureTable[] gallery, FeatureTable[] queries,
        OwnVideo own) =>
        Retrieval.Recall(Retrieval.Search(queries, gallery, Retrieval.ReportedRanks.Max(), own), queries[0].Labels(),
            gallery[0].Labels());

    private static IEnumerable<(string Name, double Value)> Chances(FeatureTable gallery, FeatureTable queries,
        OwnVideo own) =>
        Retrieval.Ranks(own.Searched)
            .Select(k => ($"R@{k}", Chance.Recall(queries.Labels(), gallery.Labels(), k, own)));
}
