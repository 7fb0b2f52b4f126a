using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>An evaluation's model, lists, windows and results, as its options say.</summary>
internal sealed class EvaluationSession(EvaluationOptions options, WorkContext? work = null)
{
    private readonly FeatureMemory _memory = new();
    private bool _shared; // videos of several lists, maybe

    public WorkContext Work { get; } = work ?? new WorkContext();

    public ICommunicator Communicator => Work.Communicator;

    public EvaluationPreset Preset { get; } = EvaluationPreset.Of(options.Preset ?? EvaluationPreset.All[0].Name);

    public Device Device => Extraction.Device;

    /// <summary>What networks that are not trained compute with.</summary>
    public string Precision()
    {
        string choice = options.Precision ?? PrecisionChoice.Float32;
        PrecisionChoice.Parse(choice);
        return PrecisionChoice.Resolve(choice, Device.type, Communicator);
    }

    /// <summary>The model, in evaluation mode.</summary>
    /// <param name="best">Of a run's folder, the checkpoint that was best on held-out videos, as fine-tuning itself
    /// takes it; else the newest.</param>
    /// <exception cref="BadInputException">There is none, or it is damaged.</exception>
    public EvaluatedModel Open(bool best = false)
    {
        if (options.Checkpoint is null == options.Net is null)
            throw new BadInputException("give either ‹checkpoint› (a run or its file) or ‹net› (random weights).");
        if (options.Checkpoint is not { } path)
            return Random(new TrainOptions { CsvFile = "none", Net = options.Net!, Concept = 16 }.Validated());
        return Open(path, best);
    }

    /// <summary>The model of a run, in evaluation mode.</summary>
    /// <param name="path">The run's folder, or a checkpoint in it.</param>
    /// <param name="best">Of a folder, the checkpoint that was best on held-out videos; else the newest.</param>
    /// <exception cref="BadInputException">There is none, or it is damaged.</exception>
    public EvaluatedModel Open(string path, bool best = false)
    {
        string chosen = Path.Combine(path, RunFolder.BestFileName);
        bool takesBest = best && File.Exists(chosen);
        if (takesBest) Work.Say($"{chosen}: the epoch that was best on held-out videos");
        string file = takesBest ? chosen : RunFolder.FileOf(path, damaged => Work.Say($"passed over: {damaged}"));
        (IVideoModel model, TrainOptions trained) = Checkpoint.Load(file, Precision());
        return Ready(model, trained, file, file);
    }

    /// <summary>The same net with random weights.</summary>
    public EvaluatedModel Random(TrainOptions of, long? seed = null)
    {
        of = of with { Seed = seed ?? options.Seed, Classifier = null, Precision = Precision() };
        return Ready(TrainingRun.BuildModel(of), of, $"{of.Net} with random weights of seed {of.Seed}", null);
    }

    private EvaluatedModel Ready(IVideoModel model, TrainOptions trained, string name, string? file)
    {
        try
        {
            model.Module.to(Device);
            model.Module.eval();
            return new EvaluatedModel(model, trained, name, file);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>How videos are cut for a model.</summary>
    public ClipOptions Clips(TrainOptions trained)
    {
        int? windows = options.Windows ?? Preset.Windows;
        return new ClipOptions
        {
            Frames = options.Frames ?? trained.Seq,
            Size = options.Size ?? Preset.Size ?? trained.ImgDim,
            FrameStride = options.FrameStride ?? 1,
            MaxWindows = windows,
            Uniform = windows is not null,
            AcrossCuts = options.AcrossCuts ?? false,
        }.Validated();
    }

    /// <summary>How a classifier is tested: as its training left it, but for what the options say otherwise.</summary>
    public (ClipOptions Clips, bool MeanOfLogits) TestClips(TrainOptions trained)
    {
        ClassifierOptions classifier = trained.Classifier!;
        EvaluationPreset? preset = options.Preset is null ? null : Preset;
        int? windows = options.Windows ?? (preset is null ? classifier.TestWindows : preset.Windows);
        var clips = new ClipOptions
        {
            Frames = options.Frames ?? trained.Seq,
            Size = options.Size ?? preset?.Size ?? trained.ImgDim,
            FrameStride = options.FrameStride ?? (int)trained.Rate,
            MaxWindows = windows,
            Uniform = windows is not null,
            AcrossCuts = options.AcrossCuts ?? trained.AcrossCuts,
        };
        return (clips.Validated(), preset?.MeanOfLogits ?? classifier.TestMeanOfLogits);
    }

    /// <summary>What an extractor may use of the machine.</summary>
    public ExtractionOptions Extraction { get; } = Extracting(ComputeDevice.Choose(options.Device), options);

    private static ExtractionOptions Extracting(torch.Device device, EvaluationOptions options) =>
        new ExtractionOptions { BatchSize = options.BatchSize, Workers = options.Workers, Device = device }.Validated();

    public FeatureExtractor Extractor(ClipOptions clips) => new(clips, Extraction, FrameReaders.Create, Communicator);

    /// <summary>Runs something over all windows of a list; says which videos are too short.</summary>
    public T Track<T>(string part, FeatureExtractor extractor, VideoList list, Func<IProgress<long>, T> work,
        Func<T, IReadOnlyList<VideoEntry>> dropped)
    {
        T result = Work.Track(part, extractor.CountWindows(list.Videos),
            bar => work(new InlineProgress<long>(n => bar(n, ""))));
        SayDropped(dropped(result));
        return result;
    }

    public void SayDropped(IReadOnlyList<VideoEntry> videos)
    {
        foreach (VideoEntry video in videos) Work.Say($"left out, too short: {video.Origin}");
    }

    /// <summary>A list of videos, as the options' root and cuts have it.</summary>
    public VideoList List(string file, bool requireLabels = true, bool? acrossCuts = null) =>
        VideoList.Read(file, options.Root, requireLabels, acrossCuts ?? options.AcrossCuts ?? false);

    /// <summary>Features of a list's videos, each computed once; those of random weights are kept.</summary>
    /// <param name="model">Computes them.</param>
    /// <param name="list">The list.</param>
    /// <param name="view">What they are of.</param>
    /// <param name="part">What progress calls it.</param>
    /// <param name="kept">Where those of random weights are kept, and looked for first; null: nowhere.</param>
    /// <param name="stop">Stops between batches.</param>
    public FeatureTable Features(EvaluatedModel model, VideoList list, string view, string part, string? kept,
        CancellationToken stop)
    {
        string what = $"{view} of {model.Name}";
        if (_memory.Find(what, list.Videos) is { } known) return known;
        FeatureExtractor extractor = Extractor(Clips(model.Options));
        FeatureTable computed = Track(part, extractor, list, progress => model.File is null && kept is not null
            ? new KeptFeatures(kept, line => Work.Say($"{part}: {line}")).Of(Description(), extractor,
                options.BatchSize, list.Videos, Network, progress, stop)
            : extractor.Extract(list.Videos, Network, progress, stop), table => table.Dropped);
        if (_shared) _memory.Keep(what, computed);
        return computed;

        Tensor Network(Tensor clips) => model.Features(view, clips);

        FeatureDescription Description() => new(model.Name, StateDict.Hash(model.Model.Backbone), list.File,
            list.Hash(), extractor.Clips, extractor.CountWindows(list.Videos),
            FeatureViews.Dimension(model.Model.Backbone, view), FirstVideo: list.Videos[0].Path,
            Precision: model.Options.Precision, View: FeatureDescription.ViewOf(view));
    }

    /// <summary>Where features of random weights are kept.</summary>
    public static string? Kept(FeatureEvaluationOptions options) =>
        options.Untrained ?? (options.Out is { } results ? Path.Combine(results, "untrained") : null);

    /// <summary>The lists of every split, checked: labelled, no overlap, labels in range.</summary>
    /// <exception cref="BadInputException">A list cannot be used, or there are not as many of each kind.</exception>
    public IReadOnlyList<EvaluationSplit> Splits(IReadOnlyList<string> trains, IReadOnlyList<string> tests,
        bool allowOverlap, CancellationToken stop)
    {
        if (trains.Count == 0)
            throw new BadInputException("‹train_csv› is missing: name the labelled list to learn from or search in.");
        if (trains.Count != tests.Count)
            throw new BadInputException($"‹train_csv› names {trains.Count} lists and ‹test_csv› {tests.Count}; give "
                + "one test list for each training list.");
        string[] names = ListNames.Of([.. trains]);
        _shared = names.Length > 1 || trains[0] == tests[0];
        return [.. names.Select((name, i) => Split(name, trains[i], tests[i], allowOverlap, stop))];
    }

    private EvaluationSplit Split(string name, string train, string test, bool allowOverlap, CancellationToken stop)
    {
        VideoList learned = List(train);
        VideoList tested = test == train ? learned : List(test);
        var split = new EvaluationSplit(name, learned, tested)
        {
            Contents = Work.Compare(stop, learned.Videos, tested.Videos),
        };
        if (!allowOverlap) ListRules.NoOverlap(learned, tested, split.Contents);
        ListRules.Classes(learned, tested);
        return split;
    }

    /// <summary>
    /// The folder that results go to, looked at before anything is computed; null where this process writes none.
    /// </summary>
    /// <param name="command">As the record of origin calls it.</param>
    /// <param name="sources">What the results are made from.</param>
    /// <param name="classifies">Whether there will be a classifier's files.</param>
    /// <param name="inputs">Files that are read.</param>
    /// <param name="beside">Names of further files.</param>
    public ResultFiles? Claim(string command, IReadOnlyList<Source> sources, bool classifies,
        IEnumerable<InputFile> inputs, params IReadOnlyList<string> beside) =>
        Communicator.Rank > 0 || options.Out is not { } folder ? null
            : ResultFiles.Claim(folder, new Origin(command, [.. sources, .. RootSource]), classifies, inputs,
                options.Force, beside);

    /// <summary>The folders of the results of all splits; null where this process writes none.</summary>
    public SplitResults? Claim(string command, EvaluatedModel model, IReadOnlyList<EvaluationSplit> splits,
        bool classifies = false, params string[] beside) =>
        Communicator.Rank > 0 || options.Out is not { } folder ? null
            : SplitResults.Claim(folder, command, [model.Source, .. RootSource], model.Inputs, splits, classifies,
                options.Force, beside);

    /// <summary>The folder that paths start from is a source: another one means other videos.</summary>
    public IEnumerable<Source> RootSource => options.Root is { } root ? [Source.Folder("root", root)] : [];

    /// <summary>What every result says of itself.</summary>
    public JsonObject Describe(EvaluatedModel model, EvaluationSplit split, IReadOnlyList<VideoEntry> dropped,
        ClipOptions? clips = null) => new()
        {
            ["command"] = options.Command,
            ["version"] = RunDescription.Version,
            ["git_revision"] = RunDescription.Revision,
            ["preset"] = Preset.Name,
            ["split"] = split.Name,
            ["checkpoint"] = model.Name,
            ["checkpoint_sha256"] = model.Hash,
            ["train_csv"] = split.Train.File,
            ["train_csv_sha256"] = FileHash.Of(split.Train.File),
            ["test_csv"] = split.Test.File,
            ["test_csv_sha256"] = FileHash.Of(split.Test.File),
            ["root"] = options.Root,
            ["clips"] = JsonSerializer.SerializeToNode(clips ?? Clips(model.Options), RecipeFile.Json),
            ["precision"] = model.Options.Precision,
            ["dropped"] = new JsonArray([.. dropped.Select(v => (JsonNode)v.Path)]),
        };

    /// <summary>Does the same for every split, writes it down, and adds the mean of several.</summary>
    /// <param name="splits">Train and test lists.</param>
    /// <param name="results">Where results go, or null.</param>
    /// <param name="measure">A split → its figures, and what the result says beside.</param>
    public EvaluationResult ForEachSplit(IReadOnlyList<EvaluationSplit> splits, SplitResults? results,
        Func<EvaluationSplit, Measurement> measure)
    {
        List<FigureTable> tables = [];
        List<ClassificationResult> classified = [];
        for (int i = 0; i < splits.Count; i++)
        {
            Measurement measured = measure(splits[i]);
            measured.Result["figures"] = measured.Table.Json();
            results?.Splits[i].Write(measured.Result, measured.Classification, measured.Pictures);
            Add(measured.Table);
            if (measured.Classification is { } found) classified.Add(found);
        }
        if (splits.Count > 1)
        {
            FigureTable mean = FigureTable.Mean(tables);
            string measuredRow = tables[0].Rows[^1].Name;
            Add(mean);
            JsonObject json = new()
            {
                ["splits"] = new JsonArray([.. splits.Select(s => (JsonNode)s.Name)]),
                ["figures"] = mean.Json(),
            };
            if (classified.Count == splits.Count && ClassificationResult.Pooled(classified) is { } all)
            {
                var pooled = new FigureTable($"the {all.Scores.Videos.Count} test videos together");
                pooled.Add(measuredRow, all.Figures);
                Add(pooled);
                json["pooled"] = pooled.Json();
            }
            results?.Mean!.Write(json);
        }
        return new(tables, results is null ? null : Path.Combine(results.Folder, ResultFiles.ResultName));

        void Add(FigureTable table)
        {
            tables.Add(table);
            Work.Figures?.Report(table);
        }
    }
}

/// <summary>What an evaluation found on one split.</summary>
/// <param name="Table">The figures.</param>
/// <param name="Result">What result.json says beside.</param>
/// <param name="Classification">A classifier's scores, for its files.</param>
internal sealed record Measurement(FigureTable Table, JsonObject Result, ClassificationResult? Classification = null)
{
    /// <summary>Further files, by name.</summary>
    public IReadOnlyList<(string Name, byte[] Bytes)> Pictures { get; init; } = [];
}
