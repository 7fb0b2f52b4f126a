using System.CommandLine;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>The options that all evaluations share, and a recipe that holds options.</summary>
internal sealed class EvaluationOptionSet
{
    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "a run's folder, or a checkpoint in it",
        HelpName = "path",
    };
    private readonly Option<string?> _net = new("--net")
    {
        Description = "instead of a checkpoint: a net with random weights",
        HelpName = "text",
    };
    private readonly Option<long> _seed = new("--seed")
    {
        Description = "seed of random weights, of classifiers and of what is drawn",
        DefaultValueFactory = _ => new EvaluationOptions().Seed,
    };
    private readonly Option<string?> _preset = new("--preset")
    {
        Description = "protocol whose numbers hold where no option says otherwise: "
            + string.Join(", ", EvaluationPreset.All.Select(p => p.Name)),
        DefaultValueFactory = _ => EvaluationPreset.All[0].Name,
        HelpName = "text",
    };
    private readonly Option<int?> _seq = new("--seq")
    {
        Description = "frames per window (default: as trained)",
        HelpName = "n",
    };
    private readonly Option<int?> _size = new("--img_dim", "--img-dim")
    {
        Description = "height and width of windows in pixels (default: the preset's, or as trained)",
        HelpName = "n",
    };
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
    private readonly Option<int> _batch = new("--batch")
    {
        Description = "windows per forward pass",
        DefaultValueFactory = _ => new EvaluationOptions().BatchSize,
        HelpName = "n",
    };
    private readonly Option<int> _workers = new("--workers")
    {
        Description = "threads that decode",
        DefaultValueFactory = _ => new EvaluationOptions().Workers,
        HelpName = "n",
    };
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
    private readonly Option<string?>? _untrained;
    private readonly Option<string>? _view;
    private readonly Option<bool>? _force;
    private readonly Option<string>? _distributed, _device;
    private readonly Option<double>? _timeout;

    /// <param name="command">Gets the options.</param>
    /// <param name="spread">It can be run by several processes, see <see cref="SetAction"/>.</param>
    /// <param name="force">It can replace results of another origin.</param>
    /// <param name="random">It knows nets with random weights.</param>
    /// <param name="keeps">It keeps features of those.</param>
    /// <param name="views">It lets the user choose what features are of.</param>
    public EvaluationOptionSet(Command command, bool spread = false, bool force = true, bool random = true,
        bool keeps = false, bool views = false)
    {
        command.Options.Add(new RecipeOption());
        command.Options.Add(_checkpoint);
        foreach (Option option in random ? (Option[])[_net, _seed] : []) command.Options.Add(option);
        foreach (Option option in (Option[])[_root, _acrossCuts, _preset, _seq, _size, _stride, _windows, _batch,
            _workers, _precision])
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
        command.Options.Add(_distributed = new Option<string>(Launch.Option)
        {
            Description = Launch.Description,
            DefaultValueFactory = _ => "auto",
            HelpName = "text",
        });
        command.Options.Add(_timeout = new Option<double>(Launch.TimeoutOption, "--distributed-timeout")
        {
            Description = Launch.TimeoutDescription,
            DefaultValueFactory = _ => Launch.DefaultTimeout,
            HelpName = "number",
        });
        command.Options.Add(_device = new Option<string>(ComputeDevice.Option)
        {
            Description = ComputeDevice.Description,
            DefaultValueFactory = _ => ComputeDevice.Default,
            HelpName = "text",
        });
    }

    /// <summary>
    /// What the command does, on each of the processes that run it. All compute the same; what it writes, only the
    /// first one is to write.
    /// </summary>
    public void SetAction(Command command, Action<ParseResult, WorkContext, CancellationToken> work) =>
        command.SetAction((parsed, stop) =>
        {
            using ICommunicator ranks = _distributed is null ? new SingleProcess()
                : Launch.Open(parsed.GetValue(_distributed)!, parsed.GetValue(_timeout!));
            if (_distributed is not null) Launch.ShareCores(ranks);
            return Task.FromResult(RankedCommand.Run(ranks, () =>
            {
                using var screen = new ScreenWork();
                work(parsed, screen.Context(ranks), stop);
                return ExitStatus.Done;
            }));
        });

    /// <summary>Fills in what all evaluations share.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">What is particular to this one.</param>
    /// <param name="output">The option that names the folder for results.</param>
    /// <exception cref="BadInputException">A choice is none.</exception>
    public T Read<T>(ParseResult parsed, T options, Option<string?> output) where T : EvaluationOptions
    {
        return (T)((EvaluationOptions)options with
        {
            Checkpoint = parsed.GetValue(_checkpoint),
            Net = parsed.GetValue(_net),
            Seed = parsed.GetValue(_seed),
            Root = parsed.GetValue(_root),
            AcrossCuts = IsGiven(parsed, _acrossCuts) ? parsed.GetValue(_acrossCuts) : null,
            Preset = IsGiven(parsed, _preset) ? parsed.GetValue(_preset) : null,
            Frames = parsed.GetValue(_seq),
            Size = parsed.GetValue(_size),
            FrameStride = parsed.GetValue(_stride),
            Windows = parsed.GetValue(_windows),
            BatchSize = parsed.GetValue(_batch),
            Workers = parsed.GetValue(_workers),
            Precision = parsed.GetValue(_precision),
            Device = _device is null ? "cpu" : parsed.GetValue(_device)!,
            Out = parsed.GetValue(output),
            Force = _force is null ? null : parsed.GetValue(_force),
            Command = CommandLine.Words,
        });
    }

    /// <summary>The same of an evaluation of features.</summary>
    public T ReadFeatures<T>(ParseResult parsed, T options, Option<string?> output)
        where T : FeatureEvaluationOptions =>
        (T)((FeatureEvaluationOptions)Read(parsed, options, output) with
        {
            View = View(parsed),
            Untrained = Untrained(parsed),
        });

    /// <summary>What features are of.</summary>
    /// <exception cref="BadInputException">There is no such view.</exception>
    public string View(ParseResult parsed) =>
        _view is null ? FeatureViews.Clips : FeatureViews.Checked(parsed.GetValue(_view)!);

    /// <summary>The folder of kept features.</summary>
    public string? Untrained(ParseResult parsed) => _untrained is null ? null : parsed.GetValue(_untrained);

    /// <summary>The protocol whose numbers hold.</summary>
    public EvaluationPreset Preset(ParseResult parsed) => EvaluationPreset.Of(parsed.GetValue(_preset)!);

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
            if (IsGiven(parsed, option))
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
    public void RefuseUntrained(ParseResult parsed, Option with) => Refuse(parsed, _untrained, with);

    /// <summary>Refuses <c>--view</c> where it is not read.</summary>
    /// <exception cref="BadInputException">The command line has it.</exception>
    public void RefuseView(ParseResult parsed, Option with) => Refuse(parsed, _view, with);

    public static Option<string?> TrainLists(bool required) => new("--train_csv", "--train-csv")
    {
        Description = "labelled list to learn from or to search in; several splits: a,b,c",
        Required = required,
        HelpName = "file",
    };

    public static Option<string?> TestLists() => new("--test_csv", "--test-csv")
    {
        Description = "labelled list to test on; as many as there are train lists",
        HelpName = "file",
    };

    public static Option<bool> AllowOverlap() => new("--allow-overlap", "--allow_overlap")
    {
        Description = "measure even if videos are in both lists",
    };

    public static Option<bool> NoRandom() => new("--no-random", "--no_random")
    {
        Description = "leave out the row of the same net with random weights",
    };

    public static Option<string?> Output(string what) => new("--out") { Description = what, HelpName = "folder" };

    /// <summary>Several lists, or folders, by commas; none where the option is not given.</summary>
    public static string[] Several(string? text) => text?.Split(',') ?? [];

    /// <summary>Prints where the results are.</summary>
    public static void Show(EvaluationResult result)
    {
        if (result.ResultFile is { } file) Screen.Print(file);
    }

    public static Option<string> Classifier() => new("--classifier")
    {
        Description = "of features: sgd (CoCLR's), logistic (logistic regression: classes weigh the same, the penalty "
            + "is chosen inside the training list; for lists of a few hundred videos) or nearest (the class of the "
            + "most similar training video)",
        DefaultValueFactory = _ => Classifiers[0],
        HelpName = "text",
    };

    /// <exception cref="BadInputException">There is no such classifier.</exception>
    public static ProbeClassifier Chosen(ParseResult parsed, Option<string> classifier)
    {
        string kind = parsed.GetValue(classifier)!;
        int chosen = Array.IndexOf(Classifiers, kind);
        return chosen >= 0 ? (ProbeClassifier)chosen : throw new BadInputException(
            $"{classifier.Name} {kind}: choose {Classifiers[0]}, {Classifiers[1]} or {Classifiers[2]}.");
    }

    private static string[] Classifiers { get; } =
        [.. Enum.GetNames<ProbeClassifier>().Select(name => name.ToLowerInvariant())];

    private static void Refuse(ParseResult parsed, Option? option, Option with)
    {
        if (option is not null && IsGiven(parsed, option))
            throw new BadInputException($"{option.Name} is not read with {with.Name}; leave one of the two out.");
    }

    private static bool IsGiven(ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false };
}
