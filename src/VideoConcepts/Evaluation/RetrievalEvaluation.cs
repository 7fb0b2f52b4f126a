using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Evaluation;

/// <summary>
/// A search for the nearest neighbours; without test lists every video asks for the others of its list.
/// </summary>
public sealed record RetrievalOptions : FeatureEvaluationOptions;

/// <summary>Nearest neighbours: the share of videos with one of their class among the k nearest.</summary>
public static class RetrievalEvaluation
{
    private const string Name = "evaluate retrieval";

    /// <summary>Videos of each split's test list ask, those of its training list are searched.</summary>
    /// <param name="options">Model and lists.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>R@1, R@5 … of chance, random weights and the model.</returns>
    /// <exception cref="BadInputException">An option, a list or the checkpoint is wrong.</exception>
    public static EvaluationResult Run(RetrievalOptions options, WorkContext? work = null,
        CancellationToken stop = default)
    {
        FeatureViews.Checked(options.View);
        var session = new EvaluationSession(options, work);
        bool amongThemselves = options.TestLists.Count == 0;
        IReadOnlyList<EvaluationSplit> splits = session.Splits(options.TrainLists,
            amongThemselves ? options.TrainLists : options.TestLists, options.AllowOverlap || amongThemselves, stop);
        using EvaluatedModel model = session.Open();
        SplitResults? results = session.Claim(Name, model, splits);
        return session.ForEachSplit(splits, results, split => Measure(options, session, model, split, stop));
    }

    private static Measurement Measure(RetrievalOptions options, EvaluationSession session, EvaluatedModel model,
        EvaluationSplit split, CancellationToken stop)
    {
        (FeatureTable gallery, FeatureTable queries) = Features(model);
        OwnVideo own = session.Work.OwnVideos(queries, gallery, split.Contents!);
        var table = new FigureTable("retrieval");
        table.Add(FigureTable.Chance, Chances(gallery, queries, own));
        if (options.CompareRandom && model.File is not null && FeatureViews.NeedsNetwork(options.View))
        {
            using EvaluatedModel untrained = session.Random(model.Options);
            (FeatureTable searched, FeatureTable asked) = Features(untrained);
            table.Add(FigureTable.RandomWeights, Figures([searched], [asked], own));
        }
        table.Add(model.File is null ? FigureTable.RandomWeights : FigureTable.Model,
            Figures([gallery], [queries], own));
        JsonObject json = session.Describe(model, split,
            [.. gallery.Dropped, .. ReferenceEquals(gallery, queries) ? [] : queries.Dropped]);
        json["view"] = options.View;
        return new(table, json);

        (FeatureTable, FeatureTable) Features(EvaluatedModel of)
        {
            string? kept = EvaluationSession.Kept(options);
            FeatureTable searched = session.Features(of, split.Train, options.View, "gallery", kept, stop);
            FeatureTable asked = ReferenceEquals(split.Train, split.Test) ? searched
                : session.Features(of, split.Test, options.View, "queries", kept, stop);
            return (searched, asked);
        }
    }

    /// <summary>The same of extracted features; of two streams, the mean of their cosines decides.</summary>
    /// <param name="galleries">Folders of <see cref="FeatureExtraction"/> to search in, one of each stream.</param>
    /// <param name="queries">Folders with the queries, as many; null: every video asks for the others.</param>
    /// <param name="options">Where results go, and whether videos may be in both.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops the look for copies.</param>
    /// <exception cref="BadInputException">A folder cannot be read, or they do not go together.</exception>
    public static EvaluationResult OfFeatures(IReadOnlyList<string> galleries, IReadOnlyList<string>? queries,
        EvaluationOptions options, WorkContext? work = null, CancellationToken stop = default)
    {
        work ??= new WorkContext();
        if (galleries.Count == 0)
            throw new BadInputException("‹train_features› is missing: name a folder to search in.");
        (string Role, string Folder)[] folders = [.. galleries.Select(f => ("train_features", f)),
            .. (queries ?? []).Select(f => ("test_features", f))];
        foreach ((_, string folder) in folders) _ = FeatureFolder.Describe(folder);
        ResultFiles? results = work.Communicator.Rank > 0 || options.Out is not { } output ? null
            : ResultFiles.Claim(output, OriginOf(folders), classifies: false, Inputs(folders), options.Force);
        FeatureTable[] searched = [.. galleries.Select(FeatureFolder.Read)];
        FeatureTable[] asked = queries is null ? searched : [.. queries.Select(FeatureFolder.Read)];
        CheckStreams(galleries, queries ?? galleries, searched, asked);
        VideoContents contents = work.Compare(stop, searched[0].Videos, asked[0].Videos);
        if (queries is not null && !options.AllowOverlap)
            ListRules.NoOverlap(searched[0].Videos, asked[0].Videos, contents);
        OwnVideo own = work.OwnVideos(asked[0], searched[0], contents);
        var table = new FigureTable(searched.Length > 1 ? $"retrieval, {searched.Length} streams" : "retrieval");
        table.Add(FigureTable.Chance, Chances(searched[0], asked[0], own));
        table.Add(FigureTable.Model, Figures(searched, asked, own));
        work.Figures?.Report(table);
        results?.Write(new JsonObject
        {
            ["train_features"] = string.Join(',', galleries),
            ["test_features"] = queries is null ? null : string.Join(',', queries),
            ["version"] = RunDescription.Version,
            ["figures"] = table.Json(),
        });
        return new([table], results?.ResultFile);
    }

    private static Origin OriginOf(IEnumerable<(string Role, string Folder)> folders) => new(Name,
        [.. folders.Select(f => Source.File(f.Role, Path.Combine(f.Folder, FeatureFolder.DescriptionName)))]);

    private static IEnumerable<InputFile> Inputs(IEnumerable<(string Role, string Folder)> folders) =>
        folders.SelectMany(f =>
            FeatureFolder.FileNames.Select(name => new InputFile($"‹{f.Role}›", Path.Combine(f.Folder, name))));

    private static void CheckStreams(IReadOnlyList<string> galleries, IReadOnlyList<string> queries,
        FeatureTable[] searched, FeatureTable[] asked)
    {
        if (searched.Length != asked.Length)
            throw new BadInputException($"‹train_features› names {searched.Length} folders and ‹test_features› "
                + $"{asked.Length}; give as many of each.");
        for (int i = 0; i < searched.Length; i++)
        {
            if (searched[i].Dimension != asked[i].Dimension)
                throw new BadInputException(
                    $"‹test_features› {queries[i]}: {asked[i].Dimension} features a window, "
                    + $"{galleries[i]} has {searched[i].Dimension}: they are of another net.");
            if (!SameVideos(searched[i], searched[0]) || !SameVideos(asked[i], asked[0]))
                throw new BadInputException(
                    "the streams are of different videos; extract both from the same lists.");
        }
    }

    private static bool SameVideos(FeatureTable a, FeatureTable b) =>
        a.Videos.Select(v => v.Path).SequenceEqual(b.Videos.Select(v => v.Path));

    private static IEnumerable<(string Name, double Value)> Figures(FeatureTable[] gallery, FeatureTable[] queries,
        OwnVideo own) =>
        Retrieval.Recall(Retrieval.Search(queries, gallery, Retrieval.ReportedCutoffs.Max(), own), queries[0].Labels(),
            gallery[0].Labels());

    private static IEnumerable<(string Name, double Value)> Chances(FeatureTable gallery, FeatureTable queries,
        OwnVideo own) =>
        Retrieval.Cutoffs(own.Searched)
            .Select(k => ($"R@{k}", Chance.Recall(queries.Labels(), gallery.Labels(), k, own)));
}
