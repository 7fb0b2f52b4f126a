using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Reports;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>Synthetic videos → train → retrieval and linear probe for both factors → summary.json and report.html.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "folder for videos, model, summary.json and report.html", DefaultValueFactory = _ => "runs/demo", HelpName = "folder" };
        var seed = new Option<long>("--seed") { Description = "seed of videos, weights, order and augmentation", DefaultValueFactory = _ => 1 };
        var trainVideos = new Option<int>("--train_videos", "--train-videos") { Description = "videos to train on", DefaultValueFactory = _ => new SyntheticOptions().TrainVideos };
        var testVideos = new Option<int>("--test_videos", "--test-videos") { Description = "videos to test on", DefaultValueFactory = _ => new SyntheticOptions().TestVideos };
        var contrast = new Option<double>("--contrast") { Description = "smallest brightness difference in a scene's texture, of 1; the largest is 0.2 more; appearance is learned the sooner the larger it is, motion the later", DefaultValueFactory = _ => new SyntheticOptions().MinTextureContrast, HelpName = "number" };
        var command = new Command("demo", "Generate videos with known appearance and motion, train on them without labels, and show what was learned.") { output, seed, trainVideos, testVideos, contrast };
        var options = new TrainOptionSet(command, Path.Combine(AppContext.BaseDirectory, "recipes", "demo.json"),
            "csv_file", "root", "out", "seed", "distributed", "sync_bn", "device", "tf32");
        command.SetAction((parsed, stop) =>
        {
            string folder = parsed.GetValue(output)!;
            if (parsed.GetValue(contrast) is not (>= 0 and <= 0.8)) throw new BadInputException($"--contrast {parsed.GetValue(contrast)}: must be 0 to 0.8.");
            var synthetic = new SyntheticOptions
            {
                Seed = parsed.GetValue(seed),
                TrainVideos = parsed.GetValue(trainVideos),
                TestVideos = parsed.GetValue(testVideos),
                MinTextureContrast = parsed.GetValue(contrast),
                MaxTextureContrast = parsed.GetValue(contrast) + 0.2,
            };
            synthetic.Validate();
            TrainOptions train = options.Read(parsed, new Dictionary<string, JsonNode?>
            {
                ["csv_file"] = new SyntheticFiles(Path.GetFullPath(Path.Combine(folder, "data"))).Train,
                ["out"] = Path.Combine(folder, "run"),
                ["seed"] = synthetic.Seed,
                ["device"] = "cpu", // as the report
            }).Validated();
            Run(folder, synthetic, train, stop);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static void Run(string folder, SyntheticOptions synthetic, TrainOptions options, CancellationToken stop)
    {
        string summary = Path.Combine(folder, "summary.json"), report = Path.Combine(folder, "report.html");
        OutputFolder.Open(folder, "--out");
        if (options.Resume is null && RunFolder.HoldsRun(options.Out))
            throw new BadInputException(
                $"--out {folder}: holds a demo already; go on with one that was stopped by --resume auto, or choose "
                + "another folder.");
        if (options.Resume is null) RunFolder.Check(options.Out, []);
        OutputSet results = OutputSet.Claim(new Origin("demo", []), summary, [report], [],
            isEarlier: json => json["appearance"] is JsonObject && json["motion"] is JsonObject);
        var clock = Stopwatch.StartNew();
        SyntheticFiles files = Screen.Track("draw videos", synthetic.TrainVideos + synthetic.TestVideos, bar =>
            SyntheticDataset.Generate(Path.Combine(folder, "data"), synthetic, Environment.ProcessorCount, new InlineProgress<int>(n => bar(n, "")), stop));
        double dataSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        using IVideoModel trained = TrainCommand.Run(options, stop, new SingleProcess());
        double trainSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        using IVideoModel random = TrainingRun.BuildModel(options);
        var study = new SyntheticStudy(files, options);
        var pairs = Screen.Track("evaluate", study.Clips * 2, bar =>
        {
            FeaturePair before = study.Extract(random, new InlineProgress<long>(n => bar(n, "untrained")), stop);
            var progress = new InlineProgress<long>(n => bar(study.Clips + n, "trained"));
            return (Before: before, After: study.Extract(trained, progress, stop));
        });
        IReadOnlyList<FactorResult> factors = study.Measure(pairs.Before, pairs.After);
        // of the whole run, also where only the end of it was trained now
        string log = Path.Combine(options.Out, MetricsLog.FileName);
        double videosPerSecond = MetricsLog.VideosPerSecond(log) ?? 0;
        ReportModel model = Screen.Track("report", 1,
            _ => study.Report(factors, pairs.After, ReportParts.Curves(log),
            [.. Facts(options, dataSeconds, trainSeconds, clock.Elapsed.TotalSeconds, videosPerSecond)],
            LearningVerdict.OfRun(Path.Combine(options.Out, Checkpoint.FileName), trained, pairs.After.Train.Videos,
                null, stop)));
        results.Write(Summary(factors, videosPerSecond), [(report, OutputSet.Bytes(Report.ToHtml(model)))]);
        Show(factors);
        Screen.Say(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"videos {dataSeconds:F0} s, training {trainSeconds:F0} s ({videosPerSecond:F1} videos/s), evaluation and report {clock.Elapsed.TotalSeconds:F0} s"));
        Screen.Print(summary);
        Screen.Print(report);
    }

    private static JsonObject Summary(IReadOnlyList<FactorResult> results, double videosPerSecond)
    {
        JsonObject json = [];
        foreach (FactorResult r in results)
            json[r.Factor] = new JsonObject { ["chance"] = r.Chance, ["random"] = Figures(r.Random), ["trained"] = Figures(r.Trained) };
        json["videosPerSecond"] = Math.Round(videosPerSecond, 2);
        return json;
    }

    private static JsonObject Figures(FactorFigures figures)
    {
        JsonObject json = new() { ["probe"] = Math.Round(figures.Probe, 4) };
        foreach ((string name, double value) in figures.Recall) json[name.Replace("@", "").ToLowerInvariant()] = Math.Round(value, 4);
        return json;
    }

    private static IEnumerable<ReportFact> Facts(TrainOptions options, double dataSeconds, double trainSeconds, double evaluationSeconds, double videosPerSecond)
    {
        yield return new("command", "videoconcepts " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)));
        yield return new("network", $"{options.Net}, {options.Seq} frames of {options.ImgDim}×{options.ImgDim}, {options.Concept} static and {options.Concept} dynamic concepts");
        yield return new("training", $"{options.Epoch} epochs, batches of {options.TrainBatch} videos, learning rate {options.Lr}, seed {options.Seed}");
        yield return new("time", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"videos {dataSeconds:F0} s, training {trainSeconds:F0} s ({videosPerSecond:F1} videos/s), evaluation {evaluationSeconds:F0} s"));
        foreach ((string name, string value) in RunDescription.Facts()) yield return new(name, value);
    }

    private static void Show(IReadOnlyList<FactorResult> results)
    {
        var table = new TextTable(["factor", "features"], ["linear probe", "R@1", "R@5", "R@10"]);
        foreach (FactorResult r in results)
        {
            table.AddRow(r.Factor, "chance", Percent(r.Chance), Percent(r.Chance), "", "");
            foreach ((string name, FactorFigures f) in (ReadOnlySpan<(string, FactorFigures)>)[("untrained", r.Random), ("trained", r.Trained)])
                table.AddRow(["", name, Percent(f.Probe), .. f.Recall.Take(3).Select(v => Percent(v.Value))]);
        }
        Screen.Print(table);
    }

    private static string Percent(double share) => FigureText.Percent(share);
}
