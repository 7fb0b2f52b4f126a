using System.CommandLine;
using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Cli;

/// <summary>The options that all evaluations share, and what they open.</summary>
internal sealed class EvaluationInputs
{
    private readonly Option<string?> _checkpoint = new("--checkpoint") { Description = "a run's folder, or a checkpoint in it", HelpName = "path" };
    private readonly Option<string?> _net = new("--net") { Description = "instead of a checkpoint: a net with random weights", HelpName = "text" };
    private readonly Option<long> _seed = new("--seed") { Description = "seed of random weights and of classifiers", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _preset = new("--preset") { Description = $"protocol whose numbers hold where no option says otherwise: {string.Join(", ", EvaluationPreset.All.Select(p => p.Name))}", DefaultValueFactory = _ => "coclr", HelpName = "text" };
    private readonly Option<int?> _seq = new("--seq") { Description = "frames per window (default: as trained)", HelpName = "n" };
    private readonly Option<int?> _size = new("--img_dim", "--img-dim") { Description = "height and width of windows in pixels (default: the preset's, or as trained)", HelpName = "n" };
    private readonly Option<int?> _stride = new("--stride")
    {
        Description = "distance of the frames of a window (default: 1; evaluate test: as the classifier was trained)",
        HelpName = "n",
    };
    private readonly Option<int?> _windows = new("--windows")
    {
        Description = "windows per video, spread evenly (default: the preset's; coclr: all, every seq/2 - 1 frames; "
            + "evaluate test: as the classifier was trained)",
        HelpName = "n",
    };
    private readonly Option<int> _batch = new("--batch") { Description = "windows per forward pass", DefaultValueFactory = _ => 16, HelpName = "n" };
    private readonly Option<int> _workers = new("--workers") { Description = "threads that decode", DefaultValueFactory = _ => 2, HelpName = "n" };

    private readonly Option<string?> _root = new("--root")
    {
        Description = "folder that relative paths of the lists start from (default: each list's own folder)",
        HelpName = "folder",
    };
    private readonly Option<bool> _acrossCuts = new("--across_cuts", "--across-cuts")
    {
        Description = "let windows reach across the cuts that prepare found (cuts.txt beside the frames)",
    };
    private readonly Option<string?> _precision = new("--precision")
    {
        Description = $"numbers that networks compute with: {PrecisionChoice.Float32} (float32, the default of "
            + "everything but training), full, bfloat16, or auto, the default of training: what is fast here",
        HelpName = "text",
    };
    private readonly FeatureMemory _memory = new();
    private bool _shared; // videos of several lists, maybe
    private readonly Option<string?>? _untrained;
    private readonly Option<string>? _view;
    private readonly Option<bool>? _force;
    private readonly Option<string>? _distributed, _device;

    /// <param name="command">Gets the options.</param>
    /// <param name="spread">It can be run by several processes, see <see cref="SetAction"/>.</param>
    /// <param name="force">It can replace results of another origin.</param>
    /// <param name="random">It knows nets with random weights.</param>
    /// <param name="keeps">It keeps features of those, see <see cref="Features"/>.</param>
    /// <param name="views">It lets the user choose what features are of.</param>
    public EvaluationInputs(Command command, bool spread = false, bool force = true, bool random = true,
        bool keeps = false, bool views = false)
    {
        command.Options.Add(_checkpoint);
        foreach (Option option in random ? (Option[])[_net, _seed] : []) command.Options.Add(option);
        foreach (Option option in (Option[])[_root, _acrossCuts, _preset, _seq, _size, _stride, _windows,
            _batch, _workers, _precision])
            command.Options.Add(option);
        if (views)
            command.Options.Add(_view = new Option<string>("--view")
            {
                Description = FeatureViews.Description,
                DefaultValueFactory = _ => FeatureViews.Clips,
                HelpName = "text",
            });
        if (keeps)
            command.Options.Add(_untrained = new Option<string?>("--untrained")
            {
                Description = "folder that keeps the features of nets with random weights, so that they are computed "
                    + "once; several commands may share one (default: beside what goes to --out)",
                HelpName = "folder",
            });
        if (force) command.Options.Add(_force = OverwriteOption.Create());
        if (!spread) return;
        _distributed = new Option<string>(Launch.Option) { Description = Launch.Description, DefaultValueFactory = _ => "auto", HelpName = "text" };
        _device = new Option<string>(ComputeDevice.Option) { Description = ComputeDevice.Description, DefaultValueFactory = _ => ComputeDevice.Default, HelpName = "text" };
        command.Options.Add(_distributed);
        command.Options.Add(_device);
    }

    /// <summary>The processes that run the command.</summary>
    public ICommunicator Ranks { get; private set; } = new SingleProcess();

    /// <summary>What the command does, on each of the processes that run it. All compute the same; what it writes, only the first one is to write.</summary>
    public void SetAction(Command command, Action<ParseResult, CancellationToken> work) => command.SetAction((parsed, stop) =>
    {
        using ICommunicator ranks = Launch.Open(parsed.GetValue(_distributed!)!);
        Launch.ShareCores(ranks);
        Ranks = ranks;
        return Task.FromResult(Cli.Ranks.Together(ranks, () =>
        {
            work(parsed, stop);
            return ExitStatus.Done;
        }));
    });

    /// <summary>An option that is not read is refused.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="instead">What is read instead of a model and its clips.</param>
    /// <param name="others">Further options that are not read then.</param>
    /// <exception cref="BadInputException">One is given.</exception>
    public void RefuseModel(ParseResult parsed, string instead, params IEnumerable<Option> others)
    {
        foreach (Option option in (IEnumerable<Option>)[_checkpoint, _net, _seed, _root, _acrossCuts, _preset, _seq,
            _size, _stride, _windows, _batch, _workers, _precision, .. _untrained is null ? [] : (Option[])[_untrained],
            .. _view is null ? [] : (Option[])[_view], .. others])
            if (parsed.GetResult(option) is { Implicit: false })
                throw new BadInputException($"{option.Name} is not read with {instead}; leave one of the two out.");
    }

    /// <summary>Refuses the folder of kept features where none of random weights are computed.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="noRandom">Leaves out the row of random weights.</param>
    /// <param name="ofNet">Those of <c>--net</c> are kept too.</param>
    /// <exception cref="BadInputException">The command line names one all the same.</exception>
    public void RefuseUntrained(ParseResult parsed, Option<bool> noRandom, bool ofNet)
    {
        if (parsed.GetValue(_net) is not null)
        {
            if (!ofNet) RefuseUntrained(parsed, _net);
        }
        else if (parsed.GetValue(noRandom))
        {
            RefuseUntrained(parsed, noRandom);
        }
        else if (_view is not null && !FeatureViews.NeedsNetwork(View(parsed)))
        {
            RefuseUntrained(parsed, _view);
        }
    }

    /// <summary>The same where an option stands against it.</summary>
    /// <exception cref="BadInputException">The command line names a folder for them.</exception>
    public void RefuseUntrained(ParseResult parsed, Option with)
    {
        if (parsed.GetResult(_untrained!) is { Implicit: false })
            throw new BadInputException($"{_untrained!.Name} is not read with {with.Name}; leave one of the two out.");
    }

    /// <summary>What features are of.</summary>
    /// <exception cref="BadInputException">There is no such view.</exception>
    public string View(ParseResult parsed) =>
        _view is null ? FeatureViews.Clips : FeatureViews.Checked(parsed.GetValue(_view)!);

    /// <summary>Refuses <c>--view</c> where it is not read.</summary>
    /// <exception cref="BadInputException">The command line has it.</exception>
    public void RefuseView(ParseResult parsed, Option with)
    {
        if (_view is not null && parsed.GetResult(_view) is { Implicit: false })
            throw new BadInputException($"{_view.Name} is not read with {with.Name}; leave one of the two out.");
    }

    /// <summary>Whether results of another origin are replaced; null: the command cannot.</summary>
    public bool? Force(ParseResult parsed) => _force is null ? null : parsed.GetValue(_force);

    /// <summary>
    /// The folder that results go to, looked at before anything is computed; null where this process writes none.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="output">The option that names the folder.</param>
    /// <param name="command">As the record of origin calls it.</param>
    /// <param name="sources">What the results are made from.</param>
    /// <param name="classifies">Whether there will be a classifier's files.</param>
    /// <param name="inputs">Files that are read.</param>
    public ResultFiles? Claim(ParseResult parsed, Option<string?> output, string command, IReadOnlyList<Source> sources,
        bool classifies, IEnumerable<InputFile> inputs) =>
        Ranks.Rank > 0 || parsed.GetValue(output) is not { } folder ? null
            : ResultFiles.Claim(folder, new Origin(command, [.. sources, .. RootSource(parsed)]), classifies, inputs,
            Force(parsed));

    /// <summary>The folders of the results of all splits; null where this process writes none.</summary>
    public SplitResults? Claim(ParseResult parsed, Option<string?> output, string command, EvaluatedModel model,
        IReadOnlyList<Split> splits, bool classifies = false) =>
        Ranks.Rank > 0 || parsed.GetValue(output) is not { } folder ? null
            : SplitResults.Claim(folder, command, [model.Source, .. RootSource(parsed)], model.Inputs, splits,
            classifies, Force(parsed));

    public static Option<string?> TrainLists(bool required) => new("--train_csv", "--train-csv") { Description = "labelled list to learn from or to search in; several splits: a,b,c", Required = required, HelpName = "file" };

    public static Option<string?> TestLists() => new("--test_csv", "--test-csv") { Description = "labelled list to test on; as many as there are train lists", HelpName = "file" };

    public static Option<bool> AllowOverlap() => new("--allow-overlap", "--allow_overlap") { Description = "measure even if videos are in both lists" };

    public static Option<bool> NoRandom() => new("--no-random", "--no_random") { Description = "leave out the row of the same net with random weights" };

    public static Option<string?> Output(string what) => new("--out") { Description = what, HelpName = "folder" };

    /// <summary>Whether the command line says which preset, rather than leaving it to its default.</summary>
    public bool NamesPreset(ParseResult parsed) => parsed.GetResult(_preset) is { Implicit: false };

    public EvaluationPreset Preset(ParseResult parsed) => EvaluationPreset.Of(parsed.GetValue(_preset)!);

    /// <summary>Where networks compute; commands that cannot be spread know the CPU alone.</summary>
    public Device Device(ParseResult parsed) => _device is null ? CPU : ComputeDevice.Choose(DeviceChoice(parsed));

    /// <summary>The text of <c>--device</c>.</summary>
    public string DeviceChoice(ParseResult parsed)
    {
        string choice = parsed.GetValue(_device!)!;
        return ComputeDevice.IsChoice(choice) ? choice : throw new BadInputException($"{ComputeDevice.Option} {choice}: choose auto, cpu, cuda or cuda:n.");
    }

    /// <summary>What networks that are not trained compute with.</summary>
    /// <exception cref="BadInputException">There is no such choice.</exception>
    public string Precision(ParseResult parsed)
    {
        string choice = parsed.GetValue(_precision) ?? PrecisionChoice.Float32;
        PrecisionChoice.Parse(choice);
        return PrecisionChoice.Resolve(choice, Device(parsed).type, Ranks);
    }

    /// <summary>What a network that is trained computes with, as the command line has it.</summary>
    public string TrainingPrecision(ParseResult parsed) => parsed.GetValue(_precision) ?? PrecisionChoice.Auto;

    public long Seed(ParseResult parsed) => parsed.GetValue(_seed);

    public int Workers(ParseResult parsed) => parsed.GetValue(_workers);

    public int Batch(ParseResult parsed) => parsed.GetValue(_batch);

    /// <summary>The model, in evaluation mode.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="best">Of a run's folder, the checkpoint that was best on held-out videos, as fine-tuning itself
    /// takes it; else the newest.</param>
    public EvaluatedModel Open(ParseResult parsed, bool best = false)
    {
        string? path = parsed.GetValue(_checkpoint), net = parsed.GetValue(_net);
        if (path is null == net is null) throw new BadInputException("give either --checkpoint (a run or its file) or --net (random weights).");
        if (path is null) return Random(parsed, new TrainOptions { CsvFile = "none", Net = net!, Concept = 16 }.Validated());
        string chosen = Path.Combine(path, RunFolder.BestFileName);
        bool takesBest = best && File.Exists(chosen);
        if (takesBest) Screen.Say($"{chosen}: the epoch that was best on held-out videos");
        string file = takesBest ? chosen : RunFolder.FileOf(path, damaged => Screen.Say($"passed over: {damaged}"));
        (IVideoModel model, TrainOptions options) = Checkpoint.Load(file, Precision(parsed));
        model.Module.to(Device(parsed));
        model.Module.eval();
        return new EvaluatedModel(model, options, file, file);
    }

    /// <summary>The same net with random weights.</summary>
    public EvaluatedModel Random(ParseResult parsed, TrainOptions options)
    {
        options = options with { Seed = parsed.GetValue(_seed), Classifier = null, Precision = Precision(parsed) };
        IVideoModel model = TrainingRun.BuildModel(options);
        model.Module.to(Device(parsed));
        model.Module.eval();
        return new EvaluatedModel(model, options, $"{options.Net} with random weights of seed {options.Seed}", null);
    }

    public ClipOptions Clips(ParseResult parsed, TrainOptions options)
    {
        int? windows = parsed.GetValue(_windows) ?? Preset(parsed).Windows;
        return new ClipOptions
        {
            Frames = parsed.GetValue(_seq) ?? options.Seq,
            Size = parsed.GetValue(_size) ?? Preset(parsed).Size ?? options.ImgDim,
            FrameStride = parsed.GetValue(_stride) ?? 1,
            MaxWindows = windows,
            Uniform = windows is not null,
            AcrossCuts = AcrossCuts(parsed),
        }.Validated();
    }

    /// <summary>
    /// How a classifier is tested: as its training left it, but for what the command line says otherwise.
    /// </summary>
    public (ClipOptions Clips, bool MeanOfLogits) TestClips(ParseResult parsed, TrainOptions options)
    {
        ClassifierOptions classifier = options.Classifier!;
        EvaluationPreset? preset = NamesPreset(parsed) ? Preset(parsed) : null;
        int? windows = parsed.GetValue(_windows) ?? (preset is null ? classifier.TestWindows : preset.Windows);
        var clips = new ClipOptions
        {
            Frames = parsed.GetValue(_seq) ?? options.Seq,
            Size = parsed.GetValue(_size) ?? preset?.Size ?? options.ImgDim,
            FrameStride = parsed.GetValue(_stride) ?? (int)options.Rate,
            MaxWindows = windows,
            Uniform = windows is not null,
            AcrossCuts = AcrossCuts(parsed, options),
        };
        return (clips.Validated(), preset?.MeanOfLogits ?? classifier.TestMeanOfLogits);
    }

    public FeatureExtractor Extractor(ParseResult parsed, ClipOptions clips) =>
        new(clips, Extraction(parsed), FrameReaders.Create, Ranks);

    /// <summary>What it may use of the machine.</summary>
    public ExtractionOptions Extraction(ParseResult parsed) =>
        new() { BatchSize = parsed.GetValue(_batch), Workers = parsed.GetValue(_workers), Device = Device(parsed) };

    /// <summary>Runs something over all windows of a list, with progress and the videos that are too short.</summary>
    public static T Track<T>(string title, FeatureExtractor extractor, VideoList list, Func<IProgress<long>, T> work,
        Func<T, IReadOnlyList<VideoEntry>> dropped)
    {
        T result = Screen.Track(title, extractor.CountWindows(list.Videos),
            bar => work(new InlineProgress<long>(n => bar(n, ""))));
        foreach (VideoEntry video in dropped(result)) Screen.Say($"left out, too short: {video.Origin}");
        return result;
    }

    /// <summary>Features of a list's videos, each computed once; those of random weights are kept.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">Computes them.</param>
    /// <param name="list">The list.</param>
    /// <param name="title">What the bar says.</param>
    /// <param name="besides">Where to keep them unless the command line says; null: nowhere.</param>
    /// <param name="stop">Stops between batches.</param>
    public FeatureTable Features(ParseResult parsed, EvaluatedModel model, VideoList list, string title,
        string? besides, CancellationToken stop)
    {
        if (_memory.Find(model.Name, list.Videos) is { } known) return known;
        string? folder = (_untrained is null ? null : parsed.GetValue(_untrained)) ?? besides;
        FeatureTable computed = model.Features(Extractor(parsed, Clips(parsed, model.Options)), View(parsed), list,
            title, model.File is null ? folder : null, Batch(parsed), stop);
        if (_shared) _memory.Keep(model.Name, computed);
        return computed;
    }

    /// <summary>The folder in the results' one that keeps features of random weights; null without results.</summary>
    public static string? UntrainedIn(string? output) => output is null ? null : Path.Combine(output, "untrained");

    /// <summary>A list of videos, relative to <c>--root</c> if that is given.</summary>
    public VideoList List(ParseResult parsed, string file, bool requireLabels = true, bool? acrossCuts = null) =>
        VideoList.Read(file, Root(parsed), requireLabels, acrossCuts ?? AcrossCuts(parsed));

    /// <summary>The folder of <c>--root</c> as a source: another one means other videos.</summary>
    public IEnumerable<Source> RootSource(ParseResult parsed) =>
        Root(parsed) is { } root ? [Source.Folder("root", root)] : [];

    /// <summary>The folder that relative paths start from, or null: the list's own.</summary>
    public string? Root(ParseResult parsed) => parsed.GetValue(_root);

    /// <summary>Whether windows may reach across cuts.</summary>
    public bool AcrossCuts(ParseResult parsed) => parsed.GetValue(_acrossCuts);

    /// <summary>As a classifier was trained, unless the command line says otherwise.</summary>
    public bool AcrossCuts(ParseResult parsed, TrainOptions options) =>
        parsed.GetResult(_acrossCuts) is { Implicit: false } ? AcrossCuts(parsed) : options.AcrossCuts;

    /// <summary>The lists of every split, checked: labelled, no overlap, labels in range.</summary>
    public IReadOnlyList<Split> Splits(ParseResult parsed, string train, string? test, bool allowOverlap,
        CancellationToken stop)
    {
        string[] trains = train.Split(','), tests = test?.Split(',') ?? [];
        if (trains.Length != tests.Length) throw new BadInputException($"--train_csv names {trains.Length} lists and --test_csv {tests.Length}; give one test list for each training list.");
        string[] names = ListNames.Of(trains);
        _shared = names.Length > 1 || trains[0] == tests[0];
        return [.. names.Select((name, i) =>
        {
            VideoList learned = List(parsed, trains[i]);
            VideoList tested = tests[i] == trains[i] ? learned : List(parsed, tests[i]);
            var split = new Split(name, learned, tested)
            {
                Contents = ListComparison.Of(stop, learned.Videos, tested.Videos),
            };
            if (!allowOverlap) ListRules.NoOverlap(learned, tested, split.Contents);
            ListRules.Classes(split.Train, split.Test);
            return split;
        })];
    }

    /// <summary>What every result says of itself.</summary>
    public JsonObject Describe(ParseResult parsed, EvaluatedModel model, Split split, IReadOnlyList<VideoEntry> dropped,
        ClipOptions? clips = null) => new()
        {
            ["command"] = "videoconcepts " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)),
            ["version"] = RunDescription.Version,
            ["git_revision"] = RunDescription.Revision,
            ["preset"] = Preset(parsed).Name,
            ["split"] = split.Name,
            ["checkpoint"] = model.Name,
            ["checkpoint_sha256"] = model.Hash,
            ["train_csv"] = split.Train.File,
            ["train_csv_sha256"] = FileHash.Of(split.Train.File),
            ["test_csv"] = split.Test.File,
            ["test_csv_sha256"] = FileHash.Of(split.Test.File),
            ["root"] = parsed.GetValue(_root),
            ["clips"] = System.Text.Json.JsonSerializer.SerializeToNode(clips ?? Clips(parsed, model.Options),
        RecipeFile.Json),
            ["precision"] = model.Options.Precision,
            ["dropped"] = new JsonArray([.. dropped.Select(v => (JsonNode)v.Directory)]),
        };
}
