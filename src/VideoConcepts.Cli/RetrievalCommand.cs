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
        var inputs = new EvaluationInputs(command, spread: true);
        Option<string?> train = EvaluationInputs.TrainLists(required: false), test = EvaluationInputs.TestLists(), output = EvaluationInputs.Output("folder for result.json");
        test.Description += "; without it, every gallery video asks for the others";
        Option<bool> overlap = EvaluationInputs.AllowOverlap(), noRandom = EvaluationInputs.NoRandom();
        var trainFeatures = new Option<string?>("--train_features", "--train-features") { Description = "instead of model and lists: folders of extract to search in; two streams: a,b", HelpName = "folder" };
        var testFeatures = new Option<string?>("--test_features", "--test-features") { Description = "folders of extract with the queries", HelpName = "folder" };
        foreach (Option option in (Option[])[train, test, overlap, noRandom, trainFeatures, testFeatures, output]) command.Options.Add(option);
        inputs.SetAction(command, (parsed, stop) =>
        {
            if (parsed.GetValue(trainFeatures) is { } galleries) FromFeatures(parsed, inputs, galleries, parsed.GetValue(testFeatures), parsed.GetValue(overlap), output);
            else FromLists(parsed, inputs, parsed.GetValue(train), parsed.GetValue(test), parsed.GetValue(overlap), !parsed.GetValue(noRandom), output, stop);
        });
        return command;
    }

    private static void FromLists(ParseResult parsed, EvaluationInputs inputs, string? train, string? test, bool allowOverlap, bool random, Option<string?> output, CancellationToken stop)
    {
        if (train is null) throw new BadInputException("--train_csv is missing: name the labelled list to search in, or folders with --train_features.");
        IReadOnlyList<Split> splits = test is null
            ? [.. ListNames.Of(train.Split(',')).Zip(train.Split(',').Select(file => inputs.List(parsed, file)), (name, list) => new Split(name, list, list))]
            : inputs.Splits(parsed, train, test, allowOverlap);
        using EvaluatedModel model = inputs.Open(parsed);
        SplitResults? results = inputs.Claim(parsed, output, Name, model, splits);
        EvaluateCommand.ForEachSplit(splits, results, split =>
        {
            (FeatureTable gallery, FeatureTable queries) = Features(model);
            var table = new FigureTable("retrieval");
            table.Add(EvaluateCommand.Chance, Chances(gallery, queries));
            if (random && model.File is not null)
            {
                using EvaluatedModel untrained = inputs.Random(parsed, model.Options);
                (FeatureTable g, FeatureTable q) = Features(untrained);
                table.Add(EvaluateCommand.RandomWeights, Figures([g], [q]));
            }
            table.Add(model.File is null ? EvaluateCommand.RandomWeights : EvaluateCommand.Model, Figures([gallery], [queries]));
            return new(table, inputs.Describe(parsed, model, split, [.. gallery.Dropped, .. ReferenceEquals(gallery, queries) ? [] : queries.Dropped]));

            (FeatureTable, FeatureTable) Features(EvaluatedModel of)
            {
                FeatureTable searched = inputs.Features(parsed, of, split.Train, "gallery", stop);
                return (searched, ReferenceEquals(split.Train, split.Test) ? searched : inputs.Features(parsed, of, split.Test, "queries", stop));
            }
        });
    }

    private static void FromFeatures(ParseResult parsed, EvaluationInputs inputs, string galleries, string? queries, bool allowOverlap, Option<string?> output)
    {
        (string Role, string Folder)[] folders = [.. galleries.Split(',').Select(f => ("train_features", f)), .. (queries?.Split(',') ?? []).Select(f => ("test_features", f))];
        foreach ((_, string folder) in folders) _ = FeatureFolder.Describe(folder);
        ResultFiles? results = inputs.Claim(parsed, output, Name, [.. folders.Select(f => Source.File(f.Role, Path.Combine(f.Folder, FeatureFolder.DescriptionName)))], classifies: false,
            folders.SelectMany(f => Directory.EnumerateFiles(f.Folder).Select(file => new InputFile($"--{f.Role}", file))));
        FeatureTable[] searched = [.. galleries.Split(',').Select(FeatureFolder.Read)], asked = queries is null ? searched : [.. queries.Split(',').Select(FeatureFolder.Read)];
        if (searched.Length != asked.Length) throw new BadInputException($"--train_features names {searched.Length} folders and --test_features {asked.Length}; give as many of each.");
        for (int i = 0; i < searched.Length; i++)
        {
            if (searched[i].Dimension != asked[i].Dimension) throw new BadInputException($"--test_features {queries!.Split(',')[i]}: {asked[i].Dimension} features a window, {galleries.Split(',')[i]} has {searched[i].Dimension}: they are of another net.");
            if (!searched[i].Videos.Select(v => v.Directory).SequenceEqual(searched[0].Videos.Select(v => v.Directory)) || !asked[i].Videos.Select(v => v.Directory).SequenceEqual(asked[0].Videos.Select(v => v.Directory)))
                throw new BadInputException("the streams are of different videos; extract both from the same lists.");
        }
        HashSet<string> known = [.. searched[0].Videos.Select(v => v.Directory)];
        if (queries is not null && !allowOverlap && asked[0].Videos.FirstOrDefault(v => known.Contains(v.Directory)) is { } both)
            throw new BadInputException($"{both.Origin}: the video is among those to search in, too; divide the lists, or allow it with --allow-overlap.");
        var table = new FigureTable(searched.Length > 1 ? $"retrieval, {searched.Length} streams" : "retrieval");
        table.Add(EvaluateCommand.Chance, Chances(searched[0], asked[0]));
        table.Add(EvaluateCommand.Model, Figures(searched, asked));
        table.Show();
        if (results is null) return;
        results.Write(new JsonObject { ["train_features"] = galleries, ["test_features"] = queries, ["version"] = RunDescription.Version, ["figures"] = table.Json() });
        Screen.Print(Path.Combine(results.Folder, ResultFiles.ResultName));
    }

    private static IEnumerable<(string Name, double Value)> Figures(FeatureTable[] gallery, FeatureTable[] queries)
    {
        int most = Retrieval.ReportedRanks.Max();
        Neighbours found = ReferenceEquals(gallery[0], queries[0]) ? Retrieval.SearchWithin(gallery, most) : Retrieval.Search(queries, gallery, most);
        return Retrieval.Recall(found, queries[0].Labels(), gallery[0].Labels());
    }

    private static IEnumerable<(string Name, double Value)> Chances(FeatureTable gallery, FeatureTable queries) =>
        Retrieval.ReportedRanks.Select(k => ($"R@{k}", Chance.Recall(queries.Labels(), gallery.Labels(), k, ReferenceEquals(gallery, queries))));
}
