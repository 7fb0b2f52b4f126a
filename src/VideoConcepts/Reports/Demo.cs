using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Reports;

/// <summary>A demonstration on generated videos.</summary>
public sealed record DemoOptions
{
    internal const string DefaultOut = "runs/demo";

    /// <summary>Folder for videos, model, summary.json and report.html.</summary>
    public string Out { get; init; } = DefaultOut;

    /// <summary>What the videos show, and how many there are.</summary>
    public SyntheticOptions Videos { get; init; } = new();

    /// <summary>How it is trained, such as the recipe demo.json by <see cref="RecipeFile.Read"/>;
    /// <see cref="Demo.Run"/> takes list, folder and seed from the above.</summary>
    public required TrainOptions Training { get; init; }

    /// <summary>What made it, as the report shall say; null: nothing is said.</summary>
    public string? Command { get; init; }
}

/// <summary>How well the features of a factor's videos tell its classes apart; shares in [0, 1].</summary>
/// <param name="Factor">appearance or motion.</param>
/// <param name="Chance">One over the number of classes.</param>
/// <param name="Random">(figure, value) with random weights: the probe, then R@1, R@5 …</param>
/// <param name="Trained">The same after training.</param>
public sealed record DemoFactor(string Factor, double Chance, IReadOnlyList<(string Name, double Value)> Random,
    IReadOnlyList<(string Name, double Value)> Trained);

/// <summary>What a demonstration found and wrote.</summary>
/// <param name="Factors">Appearance and motion.</param>
/// <param name="Summary">The figures, as JSON.</param>
/// <param name="Report">The HTML page.</param>
/// <param name="Times">How long it took, in words.</param>
public sealed record DemoResult(IReadOnlyList<DemoFactor> Factors, string Summary, string Report, string Times);

/// <summary>Videos with known appearance and motion → training without labels → what was learned, as a page.</summary>
public static class Demo
{
    /// <summary>Draws the videos, trains, evaluates and writes summary.json and report.html.</summary>
    /// <param name="options">What to do. The training's list is that of the videos.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="observers">Told of the training.</param>
    /// <param name="stop">Stops; a training under way is saved, and goes on with its resume.</param>
    /// <exception cref="BadInputException">An option is out of range, or the folder holds a demonstration already, or
    /// files of others.</exception>
    public static DemoResult Run(DemoOptions options, WorkContext? work = null,
        IReadOnlyList<ITrainingObserver>? observers = null, CancellationToken stop = default)
    {
        work ??= new WorkContext();
        work.RefuseSeveral("the demo");
        LibTorch.Require();
        string folder = options.Out;
        SyntheticOptions videos = options.Videos;
        videos.Validate();
        TrainOptions training = (options.Training with
        {
            Root = null,
            CsvFile = new SyntheticFiles(Path.GetFullPath(Path.Combine(folder, "data"))).Train,
            Out = Path.Combine(folder, "run"),
            Seed = videos.Seed,
            Device = "cpu", // as the report
        }).Validated();
        string summary = Path.Combine(folder, "summary.json"), report = Path.Combine(folder, "report.html");
        OutputFolder.Open(folder, "‹out›");
        if (training.Resume is null && RunFolder.HoldsRun(training.Out))
            throw new BadInputException($"‹out› {folder}: holds a demo already; go on with one that was stopped by "
                + "‹resume› auto, or choose another folder.");
        if (training.Resume is null) RunFolder.Check(training.Out, []);
        OutputSet results = OutputSet.Claim(new Origin("demo", []), summary, [report], [],
            isEarlier: json => json["appearance"] is JsonObject && json["motion"] is JsonObject);
        var clock = Stopwatch.StartNew();
        SyntheticFiles files = work.Track("draw videos", videos.TrainVideos + videos.TestVideos, bar =>
            SyntheticDataset.Generate(Path.Combine(folder, "data"), videos, Environment.ProcessorCount,
                new InlineProgress<int>(n => bar(n, "")), stop));
        double drawn = clock.Elapsed.TotalSeconds;
        using IVideoModel trained = TrainingRun.Run(training, work, observers ?? [], stop);
        double done = clock.Elapsed.TotalSeconds;
        return new Study(options, training, files, work, stop).Write(trained, results, report, summary,
            () => (drawn, done - drawn, clock.Elapsed.TotalSeconds - done));
    }

    private sealed class Study(DemoOptions options, TrainOptions training, SyntheticFiles files, WorkContext work,
        CancellationToken stop)
    {
        public DemoResult Write(IVideoModel trained, OutputSet results, string report, string summary,
            Func<(double Videos, double Training, double Evaluation)> seconds)
        {
            using IVideoModel random = TrainingRun.BuildModel(training);
            var study = new SyntheticStudy(files, training);
            (FeaturePair before, FeaturePair after) = work.Track("evaluate", study.Clips * 2, bar => (
                study.Extract(random, new InlineProgress<long>(n => bar(n, "untrained")), stop),
                study.Extract(trained, new InlineProgress<long>(n => bar(study.Clips + n, "trained")), stop)));
            IReadOnlyList<FactorResult> factors = study.Measure(before, after);
            // of the whole run, also where only the end of it was trained now
            string log = Path.Combine(training.Out, MetricsLog.FileName);
            double videosPerSecond = MetricsLog.VideosPerSecond(log) ?? 0;
            ReportModel model = work.Track("report", 1, _ => study.Report(factors, after, ReportParts.Curves(log),
                [.. Facts(Times("evaluation"))],
                LearningVerdict.OfRun(Path.Combine(training.Out, Checkpoint.FileName), trained, after.Train.Videos,
                    null, stop)));
            results.Write(Summary(factors, videosPerSecond), [(report, OutputSet.Bytes(Report.ToHtml(model)))]);
            return new(
                [.. factors.Select(f => new DemoFactor(f.Factor, f.Chance, Figures(f.Random), Figures(f.Trained)))],
                summary, report, Times("evaluation and report"));

            string Times(string rest)
            {
                (double drawing, double learning, double evaluation) = seconds();
                return string.Create(CultureInfo.InvariantCulture,
                    $"videos {drawing:F0} s, training {learning:F0} s ({videosPerSecond:F1} videos/s), {rest} "
                    + $"{evaluation:F0} s");
            }
        }

        private IEnumerable<ReportFact> Facts(string times)
        {
            if (options.Command is { } command) yield return new("command", command);
            yield return new("network", $"{training.Net}, {training.Seq} frames of {training.ImgDim}×"
                + $"{training.ImgDim}, {training.Concept} static and {training.Concept} dynamic concepts");
            yield return new("training", string.Create(CultureInfo.InvariantCulture,
                $"{training.Epoch} epochs, batches of {training.TrainBatch} videos, learning rate {training.Lr}, seed "
                + $"{training.Seed}"));
            yield return new("time", times);
            foreach ((string name, string value) in RunDescription.Facts()) yield return new(name, value);
        }
    }

    private static (string, double)[] Figures(FactorFigures figures) => [("probe", figures.Probe), .. figures.Recall];

    private static JsonObject Summary(IReadOnlyList<FactorResult> results, double videosPerSecond)
    {
        JsonObject json = [];
        foreach (FactorResult r in results)
            json[r.Factor] = new JsonObject
            {
                ["chance"] = r.Chance,
                ["random"] = Json(r.Random),
                ["trained"] = Json(r.Trained),
            };
        json["videosPerSecond"] = Math.Round(videosPerSecond, 2);
        return json;
    }

    private static JsonObject Json(FactorFigures figures) => new(Figures(figures).Select(f =>
        KeyValuePair.Create(f.Item1.Replace("@", "").ToLowerInvariant(), (JsonNode?)Math.Round(f.Item2, 4))));
}
