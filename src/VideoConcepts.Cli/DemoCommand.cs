using System.CommandLine;
using System.Text.Json.Nodes;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Evaluation;
using VideoConcepts.Reports;

namespace VideoConcepts.Cli;

/// <summary>
/// Synthetic videos → train → retrieval and linear probe for both factors → summary.json and report.html.
/// </summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        SyntheticOptions defaults = new();
        var output = new Option<string>("--out")
        {
            Description = "folder for videos, model, summary.json and report.html",
            DefaultValueFactory = _ => new DemoOptions().Out,
            HelpName = "folder",
        };
        var seed = new Option<long>("--seed")
        {
            Description = "seed of videos, weights, order and augmentation",
            DefaultValueFactory = _ => 1,
        };
        var trainVideos = new Option<int>("--train_videos", "--train-videos")
        {
            Description = "videos to train on",
            DefaultValueFactory = _ => defaults.TrainVideos,
        };
        var testVideos = new Option<int>("--test_videos", "--test-videos")
        {
            Description = "videos to test on",
            DefaultValueFactory = _ => defaults.TestVideos,
        };
        var contrast = new Option<double>("--contrast")
        {
            Description = "smallest brightness difference in a scene's texture, of 1; the largest is 0.2 more; "
                + "appearance is learned the sooner the larger it is, motion the later",
            DefaultValueFactory = _ => defaults.MinTextureContrast,
            HelpName = "number",
        };
        var command = new Command("demo", "Generate videos with known appearance and motion, train on them without "
            + "labels, and show what was learned.") { output, seed, trainVideos, testVideos, contrast };
        var options = new TrainOptionSet(command, Path.Combine(AppContext.BaseDirectory, "recipes", "demo.json"),
            "csv_file", "root", "out", "seed", "distributed", "sync_bn", "device", "tf32");
        command.SetAction((parsed, stop) =>
        {
            if (parsed.GetValue(contrast) is not (>= 0 and <= 0.8))
                throw new BadInputException($"--contrast {parsed.GetValue(contrast)}: must be 0 to 0.8.");
            string folder = parsed.GetValue(output)!;
            var demo = new DemoOptions
            {
                Out = folder,
                Videos = new SyntheticOptions
                {
                    Seed = parsed.GetValue(seed),
                    TrainVideos = parsed.GetValue(trainVideos),
                    TestVideos = parsed.GetValue(testVideos),
                    MinTextureContrast = parsed.GetValue(contrast),
                    MaxTextureContrast = parsed.GetValue(contrast) + 0.2,
                },
                // where it is, for a run that goes on has its options there
                Training = options.Read(parsed, new Dictionary<string, JsonNode?>
                {
                    ["out"] = Path.Combine(folder, "run"),
                }),
                Command = CommandLine.Words,
            };
            using var screen = new ScreenWork();
            var console = new TrainingConsole();
            try
            {
                Show(Demo.Run(demo, screen.Context(), [console], stop));
            }
            catch (OperationCanceledException)
            {
                console.SayWhereItIs();
                throw;
            }
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static void Show(DemoResult result)
    {
        var table = new TextTable(["factor", "features"], ["linear probe", "R@1", "R@5", "R@10"]);
        foreach (DemoFactor factor in result.Factors)
        {
            string chance = FigureText.Percent(factor.Chance);
            table.AddRow(factor.Factor, "chance", chance, chance, "", "");
            table.AddRow(["", "untrained", .. Cells(factor.Random)]);
            table.AddRow(["", "trained", .. Cells(factor.Trained)]);
        }
        Screen.Print(table);
        Screen.Say(result.Times);
        Screen.Print(result.Summary);
        Screen.Print(result.Report);
    }

    private static IEnumerable<string> Cells(IReadOnlyList<(string Name, double Value)> figures) =>
        figures.Take(4).Select(figure => FigureText.Percent(figure.Value));
}
