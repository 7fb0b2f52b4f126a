using System.ComponentModel;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;

namespace VideoConcepts.Training;

/// <summary>
/// Everything that decides a pretraining run. Property names in snake_case are the command line's options and the
/// recipe's keys. The defaults are the published Kinetics-400 recipe, but for
/// <see cref="AcrossCuts"/>.
/// </summary>
public sealed record TrainOptions
{
    // Numbers of the queue of scores: 2 GB. The published one has 200 000.
    private const int MostQueued = 1 << 29;

    // Beyond it, steps leave the range of 32-bit numbers.
    private const double LargestRate = 1e30;

    /// <summary>List of videos: path/to/frames,number_of_frames.</summary>
    [Description("list of videos: path/to/frames,number_of_frames")]
    public string CsvFile { get; init; } = "";

    /// <summary>Folder that relative paths of the list start from (default: the list's own folder).</summary>
    [Description("folder that relative paths of the list start from (default: the list's own folder)")]
    public string? Root { get; init; }

    /// <summary>
    /// Let clips reach across the cuts that prepare found, cuts.txt beside the frames (published: yes).
    /// </summary>
    [Description("let clips reach across the cuts that prepare found, cuts.txt beside the frames (published: yes)")]
    public bool AcrossCuts { get; init; }

    /// <summary>Folder for checkpoints, metrics and run.json.</summary>
    [Description("folder for checkpoints, metrics and run.json")]
    public string Out { get; init; } = "runs/concepts";

    /// <summary>
    /// Backbone: r2plus1d, r2plus1d-18, r2plus1d-tiny, r3d-10, r3d-18, r3d-34, r3d-50, r3d-18-torchvision.
    /// </summary>
    [Description("backbone: r2plus1d, r2plus1d-18, r2plus1d-tiny, r3d-10, r3d-18, r3d-34, r3d-50, r3d-18-torchvision")]
    public string Net { get; init; } = "r2plus1d";

    /// <summary>Frames per clip (T).</summary>
    [Description("frames per clip (T)")]
    public int Seq { get; init; } = 16;

    /// <summary>Clips per video (S), at least 2.</summary>
    [Description("clips per video (S), at least 2")]
    public int Sample { get; init; } = 2;

    /// <summary>Height and width of the network's input, in pixels.</summary>
    [Description("height and width of the network's input, in pixels")]
    public int ImgDim { get; init; } = 128;

    /// <summary>Static concepts, and as many dynamic ones (K).</summary>
    [Description("static concepts, and as many dynamic ones (K)")]
    public int Concept { get; init; } = 100;

    /// <summary>Highest sampling rate: every n-th frame, n drawn from 1 to this.</summary>
    [Description("highest sampling rate: every n-th frame, n drawn from 1 to this")]
    public double Rate { get; init; } = 3.0;

    /// <summary>Lowest sampling rate, as far as a video is long enough (published: 1).</summary>
    [Description("lowest sampling rate, as far as a video is long enough (published: 1)")]
    public double RateMin { get; init; } = 1;

    /// <summary>The middle of the frame distances.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    internal int MiddleRate => Math.Max(1, (int)((RateMin + Rate) / 2));

    /// <summary>What difference views show: raw, compressed or flow (published: raw).</summary>
    [Description(Differences.Description + " (published: raw)")]
    public string Difference { get; init; } = Differences.Raw;

    /// <summary>Change the contrast of a clip about one level, not about each frame's own, which flickers.</summary>
    [Description("change the contrast of a clip about one level, not about each frame's own, which flickers")]
    public bool SteadyContrast { get; init; }

    /// <summary>A video's static view is a negative of its clips, which only motion tells apart.</summary>
    [Description("a video's static view is a negative of its clips, which only motion tells apart")]
    public bool StaticNegatives { get; init; }

    /// <summary>
    /// Static views alone assign static concepts, and difference views dynamic ones; clips learn them.
    /// </summary>
    [Description("static views alone assign static concepts, and difference views dynamic ones; clips learn them")]
    public bool OwnTargets { get; init; }

    /// <summary>Batch norms have statistics of their own for difference views.</summary>
    [Description("batch norms have statistics of their own for difference views")]
    public bool OwnStatistics { get; init; }

    /// <summary>Videos per step and process, at least 2.</summary>
    [Description("videos per step and process, at least 2")]
    public int TrainBatch { get; init; } = 64;

    /// <summary>Threads that read and augment frames (0: none beside the training thread).</summary>
    [Description("threads that read and augment frames (0: none beside the training thread)")]
    public int Workers { get; init; } = 8;

    /// <summary>Epochs to train.</summary>
    [Description("epochs to train")]
    public int Epoch { get; init; } = 100;

    /// <summary>Epoch indices (from 0) at which the learning rate falls to a tenth, e.g. 70 or 60,80.</summary>
    [Description("epoch indices (from 0) at which the learning rate falls to a tenth, e.g. 70 or 60,80")]
    public IReadOnlyList<int> LrDecay { get; init; } = [70];

    /// <summary>
    /// Threshold of the graph constraint: similarities below it count as none, e.g. 0.05; without it concepts have no
    /// graph constraint, multilevel takes 0.05.
    /// </summary>
    [Description("threshold of the graph constraint: similarities below it count as none, e.g. 0.05; without it "
        + "concepts have no graph constraint, multilevel takes 0.05")]
    public double? Thres { get; init; }

    /// <summary>
    /// What is learned: concepts (static and dynamic concepts) or multilevel (features of three levels and motion
    /// patterns).
    /// </summary>
    [Description("what is learned: concepts (static and dynamic concepts) or multilevel (features of three levels and "
        + "motion patterns)")]
    public string Method { get; init; } = Training.Method.DefaultName;

    /// <summary>Multilevel: prototypes.</summary>
    [Description("multilevel: prototypes")]
    public int Cluster { get; init; } = 1000;

    /// <summary>Epoch index from which the graph constraint takes part.</summary>
    [Description("epoch index from which the graph constraint takes part")]
    public int Split { get; init; } = 20;

    /// <summary>Learning rate of Adam.</summary>
    [Description("learning rate of Adam")]
    public double Lr { get; init; } = 1e-3;

    /// <summary>Weight decay, added to the gradient.</summary>
    [Description("weight decay, added to the gradient")]
    public double WeightDecay { get; init; } = 1e-5;

    /// <summary>Steps of linear rise of the learning rate (published: 0).</summary>
    [Description("steps of linear rise of the learning rate (published: 0)")]
    public int Warmup { get; init; }

    /// <summary>
    /// Steps over which colour jitter and the share of grey clips grow from none to all (published: 0).
    /// </summary>
    [Description("steps over which colour jitter and the share of grey clips grow from none to all (published: 0)")]
    public int JitterWarmup { get; init; }

    /// <summary>Weigh I_vs and I_vd at each step so that look and motion are learned at the same pace.</summary>
    [Description("weigh I_vs and I_vd at each step so that look and motion are learned at the same pace")]
    public bool Balance { get; init; }

    /// <summary>Rows of the score queue.</summary>
    [Description("rows of the score queue")]
    public int Queue { get; init; } = 1024;

    /// <summary>Epoch index from which the local concept contrast takes part.</summary>
    [Description("epoch index from which the local concept contrast takes part")]
    public int LocalFrom { get; init; } = 10;

    /// <summary>Processes whose videos the local concept contrast compares with each other; 0: all.</summary>
    [Description("of several processes: so many compare their videos in the local concept contrast, which bounds what "
        + "is handed over (0: all, as one process would; docs/distributed.md)")]
    public int LocalGroup { get; init; }

    /// <summary>
    /// Numbers that convolutions compute with: full (float32), channels-last (float32, faster), bfloat16, or auto:
    /// bfloat16 where the hardware multiplies it, else channels-last; a run keeps what auto was at its start.
    /// </summary>
    [Description(
        "numbers that convolutions compute with: full (float32), channels-last (float32, faster), bfloat16, or auto: "
        + "bfloat16 where the hardware multiplies it, else channels-last; a run keeps what auto was at its start")]
    public string Precision { get; init; } = PrecisionChoice.Auto;

    /// <summary>
    /// On a GPU, multiply float32 in TF32: faster, with 10 bits of mantissa; only with precision full.
    /// </summary>
    [Description(Training.Tf32.Description)]
    public bool Tf32 { get; init; }

    /// <summary>
    /// Compute activations again in the backward pass instead of keeping them: the same results to rounding with less
    /// memory and more time (docs/performance.md).
    /// </summary>
    [Description(
        "compute activations again in the backward pass instead of keeping them: the same results to rounding with "
        + "less memory and more time (docs/performance.md)")]
    public bool Recompute { get; init; }

    /// <summary>
    /// Differences of the published program from the method, for comparison with it (docs/method.md).
    /// </summary>
    [Description("differences of the published program from the method, for comparison with it (docs/method.md)")]
    public bool ReferenceQuirks { get; init; }

    /// <summary>Seed of weights, order and augmentation.</summary>
    [Description("seed of weights, order and augmentation")]
    public long Seed { get; init; } = 1;

    /// <summary>Several processes: auto (where mpirun or srun started them), mpi or none.</summary>
    [Description(VideoConcepts.Distributed.Launch.Description)]
    public string Distributed { get; init; } = "auto";

    /// <summary>Minutes that a process waits for the others before it takes them for gone and ends.</summary>
    [Description(VideoConcepts.Distributed.Launch.TimeoutDescription)]
    public double DistributedTimeout { get; init; } = VideoConcepts.Distributed.Launch.DefaultTimeout;

    /// <summary>Where networks compute: auto (a GPU if there is one), cpu, cuda or cuda:n.</summary>
    [Description(ComputeDevice.Description)]
    public string Device { get; init; } = ComputeDevice.Default;

    /// <summary>With several processes, batch norms take the statistics of the whole batch.</summary>
    [Description("with several processes, batch norms take the statistics of the whole batch")]
    public bool SyncBn { get; init; } = true;

    /// <summary>Threads that compute (0: one per core).</summary>
    [Description("threads that compute (0: one per core)")]
    public int Threads { get; init; }

    /// <summary>Steps between two lines of metrics.</summary>
    [Description("steps between two lines of metrics")]
    public int LogEvery { get; init; } = 10;

    /// <summary>Videos that are too short are left out; more than this share of the list is an error.</summary>
    [Description("videos that are too short are left out; more than this share of the list is an error")]
    public double MaxShort { get; init; } = 1.0;

    /// <summary>Unreadable videos to skip, and list at the end, before giving up.</summary>
    [Description("unreadable videos to skip, and list at the end, before giving up")]
    public int MaxBad { get; init; }

    /// <summary>Steps between two checkpoints within an epoch (0: one at the end of each epoch).</summary>
    [Description("steps between two checkpoints within an epoch (0: one at the end of each epoch)")]
    public int SaveEvery { get; init; }

    /// <summary>Minutes after which a checkpoint is saved within an epoch (0: by steps alone).</summary>
    [Description("minutes after which a checkpoint is saved within an epoch (0: by steps alone)")]
    public double SaveMinutes { get; init; } = 10;

    /// <summary>Newest checkpoints to keep.</summary>
    [Description("newest checkpoints to keep")]
    public int Keep { get; init; } = 2;

    /// <summary>
    /// Labelled list for retrieval during training, its relative paths read as those of the training list; the
    /// checkpoint with the best R@1 is kept as best.safetensors.
    /// </summary>
    [Description(
        "labelled list for retrieval during training, its relative paths read as those of the training list; the "
        + "checkpoint with the best R@1 is kept as best.safetensors")]
    public string? EvalCsv { get; init; }

    /// <summary>Epochs between two such evaluations.</summary>
    [Description("epochs between two such evaluations")]
    public int EvalEvery { get; init; } = 10;

    /// <summary>
    /// Weights to start from: a checkpoint, a safetensors file or a PyTorch file of the same net, of which the backbone
    /// alone will do, or the name of <see cref="PretrainedWeights"/>; null or <see cref="RandomInit"/>: random ones.
    /// With <see cref="Resume"/> auto, a run that goes on does not read them.
    /// </summary>
    [Description("weights to start from: a checkpoint, a safetensors file or a PyTorch file of the same net, the "
        + "backbone alone will do; " + PretrainedWeights.World + ", a small network trained on drawn videos; or "
        + RandomInit)]
    public string? Init { get; init; }

    /// <summary>Says that a run starts from random weights.</summary>
    public const string RandomInit = "random";

    /// <summary>Go on with a run: its folder, a checkpoint, or auto (the output folder, if it holds a run).</summary>
    [Description("go on with a run: its folder, a checkpoint, or auto (the output folder, if it holds a run)")]
    public string? Resume { get; init; }

    /// <summary>
    /// Not an option of the command line: train a classifier on the list's labels, from <see cref="Init"/> if given.
    /// </summary>
    public ClassifierOptions? Classifier { get; init; }

    /// <summary>Not an option of the command line: SGD with this momentum instead of Adam.</summary>
    public double? Momentum { get; init; }

    /// <summary>Not an option of the command line: the backbone learns with this share of the learning rate.</summary>
    public double BackboneRate { get; init; } = 1;

    /// <summary>What <see cref="Precision"/> comes to for convolutions.</summary>
    public Precision ConvolutionPrecision => PrecisionChoice.Parse(Precision);

    /// <summary>Checks every value once.</summary>
    /// <exception cref="BadInputException">A value is out of range; the message names the option and what it may
    /// be.</exception>
    public TrainOptions Validated()
    {
        Require(!string.IsNullOrWhiteSpace(CsvFile), "‹csv_file› is missing: name the list of videos to train on.");
        Require(Root is null || !string.IsNullOrWhiteSpace(Root),
            "‹root› is empty: name a folder or leave the option out.");
        Require(!string.IsNullOrWhiteSpace(Out), "‹out› is empty: name a folder for the results.");
        Require(Thres is null or (>= 0 and <= 1), $"‹thres› {Thres}: must be 0 to 1.");
        Require(Training.Method.Names.Contains(Method),
            $"‹method› {Method}: choose {string.Join(" or ", Training.Method.Names)}.");
        Require(VideoConcepts.Distributed.Launch.Choices.Contains(Distributed),
            $"‹distributed› {Distributed}: choose "
            + $"{string.Join(", ", VideoConcepts.Distributed.Launch.Choices)}.");
        Require(ComputeDevice.IsChoice(Device), $"‹device› {Device}: choose auto, cpu, cuda or cuda:n.");
        Within("cluster", Cluster, 1, 100000);
        AtLeast("split", Split, 0);
        Within("seq", Seq, 2, ClipOptions.MostFrames);
        Within("sample", Sample, 2, 1024);
        Within("concept", Concept, 1, 10000);
        AtLeast("train_batch", TrainBatch, 2);
        Within("workers", Workers, 0, ExtractionOptions.MostWorkers);
        AtLeast("epoch", Epoch, 1);
        AtLeast("queue", Queue, 1);
        int scores = 2 * (Method == Training.Method.DefaultName ? Concept : Cluster);
        Require((long)Queue * scores <= MostQueued,
            $"‹queue› {Queue}: rows of {scores} scores each; at most {MostQueued / scores} fit.");
        VideoConcepts.Distributed.Launch.RequireTimeout(DistributedTimeout);
        AtLeast("warmup", Warmup, 0);
        AtLeast("jitter_warmup", JitterWarmup, 0);
        Within("threads", Threads, 0, 512);
        AtLeast("log_every", LogEvery, 1);
        AtLeast("local_from", LocalFrom, 0);
        AtLeast("local_group", LocalGroup, 0);
        AtLeast("max_bad", MaxBad, 0);
        AtLeast("save_every", SaveEvery, 0);
        Require(SaveMinutes >= 0 && double.IsFinite(SaveMinutes),
            $"‹save_minutes› {SaveMinutes}: must not be negative.");
        AtLeast("keep", Keep, 1);
        AtLeast("eval_every", EvalEvery, 1);
        Require(Init is null or RandomInit || Resume is null or "auto",
            $"‹init› and ‹resume› {Resume} exclude each other: a run that goes on has its weights already; with "
            + "‹resume› auto they are taken where there is no run to go on with.");
        Require(Rate >= 1, $"‹rate› {Rate}: must be at least 1.");
        Require(Rate <= ClipOptions.MostStride, $"‹rate› {Rate}: must be at most {ClipOptions.MostStride}.");
        Require(RateMin >= 1 && RateMin <= Rate, $"‹rate_min› {RateMin}: must be 1 to ‹rate›, {Rate}.");
        Require(Differences.Names.Contains(Difference),
            $"‹difference› {Difference}: choose {string.Join(", ", Differences.Names)}.");
        Require(Lr > 0, $"‹lr› {Lr}: must be above 0.");
        Require(WeightDecay >= 0, $"‹weight_decay› {WeightDecay}: must not be negative.");
        Require(BackboneRate >= 0, $"‹backbone_rate› {BackboneRate}: must not be negative.");
        foreach ((string name, double value) in ((string, double)[])[("lr", Lr), ("weight_decay", WeightDecay),
            ("backbone_rate", BackboneRate)])
            Require(value <= LargestRate, $"‹{name}› {value}: must be at most {LargestRate}.");
        Require(MaxShort is >= 0 and <= 1, $"‹max_short› {MaxShort}: must be a share from 0 to 1.");
        Require(LrDecay.All(e => e >= 0), "‹lr_decay›: epoch indices must not be negative.");
        Require(Backbones.Names.Contains(Net),
            $"‹net› {Net}: no such net; did you mean {RecipeFile.Nearest(Net, Backbones.Names)}? There are "
            + $"{string.Join(", ", Backbones.Names)}.");
        _ = ConvolutionPrecision;
        Require(!Tf32 || Precision == PrecisionChoice.Full,
            $"‹tf32›: ‹precision› {Precision} does not read it; "
            + $"give ‹precision› {PrecisionChoice.Full} too, or leave it out.");
        int smallest = Backbones.SmallestInput(Net);
        Require(ImgDim >= smallest && ImgDim <= 1024, $"‹img_dim› {ImgDim}: {Net} takes {smallest} to 1024 pixels.");
        return Init == RandomInit ? this with { Init = null } : this;
    }

    private static void Within(string name, int value, int least, int most)
    {
        AtLeast(name, value, least);
        Require(value <= most, $"‹{name}› {value}: must be at most {most}.");
    }

    private static void AtLeast(string name, int value, int least) =>
        Require(value >= least, $"‹{name}› {value}: must be at least {least}.");

    private static void Require(bool holds, string message)
    {
        if (!holds) throw new BadInputException(message);
    }
}
