using System.Globalization;
using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Training;

namespace VideoConcepts.Learning;

/// <summary>
/// Chooses the options of a run, step by step as more is known: the network before frames are taken, clips when videos
/// were looked at, epochs when steps were timed. What the user gave stays.
/// </summary>
internal sealed class LearnChooser
{
    /// <summary>Fewer usable videos than this, and there is little to tell apart.</summary>
    public const int FewVideos = 50;

    private const double StillCamera = 0.6; // share of the picture that stays as it is
    private const double LateShare = 0.84; // of the epochs before the learning rate falls, as in fixed-camera.json
    private readonly IReadOnlyDictionary<string, JsonNode?> _given;
    private readonly Dictionary<string, JsonNode?> _values;
    private readonly List<LearnChoice> _choices = [];
    private readonly DeviceType _device;

    /// <summary>Chooses the network.</summary>
    /// <param name="given">Options that are not to be chosen, by key.</param>
    /// <exception cref="BadInputException">One of them cannot be.</exception>
    public LearnChooser(IReadOnlyDictionary<string, JsonNode?> given)
    {
        (_given, _values) = (given, new Dictionary<string, JsonNode?>(given));
        _device = ComputeDevice.Choose(Options.Device).type;
        bool fastest = Options.Precision == PrecisionChoice.Auto;
        Choose("precision", PrecisionChoice.Resolve(Options.Precision, _device),
            fastest ? "the fastest that this hardware has" : "as given");
        if (HasGpu) Choose("net", "r2plus1d", "there is a GPU: the network of the published runs");
        else Choose("net", "r2plus1d-tiny", "there is no GPU: a small network sees enough videos in the time there is");
        if (LearnsConcepts && Fitting(Options.Net) is { } weights)
            Choose("init", weights, "weights of drawn videos, which know motion better than random ones do "
                + $"(weights/{weights}.md); {TrainOptions.RandomInit} for none");
        int size = IsTiny ? 64 : 112;
        Choose("img_dim", Math.Max(size, Models.Backbones.SmallestInput(Options.Net)),
            $"pixels, what {Options.Net} was tried with");
        Options.Validated();
    }

    /// <summary>The run as far as it is chosen.</summary>
    public TrainOptions Options => RecipeFile.Read(null, new Dictionary<string, JsonNode?>(_values)
    {
        ["csv_file"] = "-", // it is not known yet
    });

    /// <summary>What was chosen and why, in the order of the choices.</summary>
    public IReadOnlyList<LearnChoice> Choices => _choices;

    /// <summary>Pixels of the frames' shorter side: crops take from a half of it on.</summary>
    public int ShortSide => Math.Clamp(Options.ImgDim * 3 / 2, 16, 4320);

    private bool HasGpu => _device != DeviceType.CPU;

    private bool IsTiny => Options.Net == "r2plus1d-tiny";

    private bool LearnsConcepts => Options.Method == Method.DefaultName;

    private int Clips => LearnsConcepts ? Options.Sample : 2;

    /// <summary>Weights that come with the program and are of a net, or null.</summary>
    private static string? Fitting(string net) => PretrainedWeights.Names.FirstOrDefault(name =>
        Checkpoint.Describe(PretrainedWeights.Find(name)!).Options.Net == net);

    /// <summary>Chooses clips, views, concepts and the batch.</summary>
    /// <param name="videos">What is known of the videos.</param>
    /// <param name="usable">How many have more frames than a number.</param>
    public void ChooseClips(VideoStatistics videos, Func<int, int> usable)
    {
        int frames = IsTiny ? 8 : 16;
        while (frames > 4 && videos.Shortest <= Clips * frames) frames -= 2;
        Choose("seq", frames, $"frames of a clip; nine videos in ten have {videos.Shortest} frames or more without "
            + $"a cut, half of them {videos.Median}");
        double most = Math.Max(1, Math.Floor(videos.Median / (double)(Clips * Options.Seq)));
        int rate = (int)Math.Min(Math.Max(2, videos.Settled), most);
        Choose("rate", (double)rate, $"every {Ordinal(rate)} frame at most: a picture has changed by half after "
            + $"{videos.Settled} frames"
            + (rate < videos.Settled ? ", as far as half of the videos are long enough" : ""));
        if (LearnsConcepts) ChooseViews(videos);
        int many = usable(Clips * Options.Seq);
        if (LearnsConcepts)
            Choose("concept", many < 1000 ? 16 : many < 10_000 ? 32 : 100, $"of {many} videos that are long enough");
        Choose("train_batch", Math.Clamp(many, 2, HasGpu ? 64 : 24), many < 24 ? "all videos there are"
            : "videos a step, as many as are compared with each other");
        int cores = Environment.ProcessorCount;
        int workers = HasGpu ? Math.Clamp(cores / 2, 1, 8) : Math.Clamp(cores / 4, 1, 4);
        Choose("workers", workers, $"threads that read frames, beside those that compute on {cores} cores");
    }

    /// <summary>Chooses how long.</summary>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <param name="secondsPerStep">What a step takes.</param>
    /// <param name="seconds">What there is for training.</param>
    public void ChooseEpochs(int stepsPerEpoch, double secondsPerStep, double seconds)
    {
        int epochs = (int)Math.Clamp(seconds / (secondsPerStep * stepsPerEpoch), 1, 100_000);
        Choose("epoch", epochs, string.Create(CultureInfo.InvariantCulture, $"{stepsPerEpoch} steps of "
            + $"{secondsPerStep:0.00} s, {Math.Max(0, seconds) / 60:0.#} minutes for them"));
        epochs = Options.Epoch;
        int late = epochs < 6 ? epochs : (int)Math.Round(LateShare * epochs);
        Choose("lr_decay", new JsonArray(late), epochs < 6 ? "so few epochs have one learning rate"
            : "the last sixth with a tenth of the learning rate");
        if (LearnsConcepts)
            Choose("local_from", Math.Max(1, epochs / 5), "the local contrast comes in after a fifth, when there are "
                + "concepts");
        Choose("log_every", (int)Math.Clamp((long)epochs * stepsPerEpoch / 40, 1, 1000), "some forty lines");
        Choose("save_minutes", Math.Clamp(Math.Round(seconds / 600, 1), 0.5, 10),
            "what is lost at most where it is stopped");
    }

    private void ChooseViews(VideoStatistics videos)
    {
        if (Options.Rate >= 8)
            Choose("rate_min", Options.Rate / 2, "little moves: frames close to each other show the same");
        string share = string.Create(CultureInfo.InvariantCulture, $"{100 * videos.Still:0} % of the picture stay as "
            + $"they are over {VideoStatistics.Farthest} frames");
        if (videos.Still < StillCamera)
        {
            Choose("difference", Models.Differences.Raw, $"{share}: much moves, differences as published");
            return;
        }
        Choose("difference", "compressed", $"{share}: the camera stands still, small differences count too");
        Choose("steady_contrast", true, "the same: a change of contrast is not to look like motion");
        Choose("own_targets", true, "the same: differences alone assign dynamic concepts");
    }

    private void Choose(string key, JsonNode value, string reason)
    {
        bool given = _given.ContainsKey(key) && key != "precision";
        if (!given) _values[key] = value;
        _choices.Add(new LearnChoice(key, Shown(_values[key]), given ? "as given" : reason));
    }

    private static string Shown(JsonNode? value) => value switch
    {
        JsonArray list => string.Join(",", list.Select(item => item?.ToString())),
        _ => value?.ToString() ?? "none",
    };

    private static string Ordinal(int number) => number switch
    {
        1 => "",
        2 => "second",
        3 => "third",
        _ => string.Create(CultureInfo.InvariantCulture, $"{number}th"),
    };
}
