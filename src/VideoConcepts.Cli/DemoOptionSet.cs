using System.CommandLine;
using System.Text.Json.Nodes;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Reports;

namespace VideoConcepts.Cli;

/// <summary>
/// The options of <c>demo</c>: those of its videos, and those of training but for what it decides itself.
/// </summary>
internal sealed class DemoOptionSet
{
    private readonly Option<string> _output = new("--out")
    {
        Description = "folder for videos, model, summary.json and report.html",
        DefaultValueFactory = _ => DemoOptions.DefaultOut,
        HelpName = "folder",
    };
    private readonly Option<long> _seed =
        SyntheticOptionSet.Seed("seed of videos, weights, order and augmentation");
    private readonly Option<int> _trainVideos = SyntheticOptionSet.TrainVideos();
    private readonly Option<int> _testVideos = SyntheticOptionSet.TestVideos();
    private readonly Option<double> _contrast = SyntheticOptionSet.Contrast(
        "; appearance is learned the sooner the larger it is, motion the later");
    private readonly TrainOptionSet _training;

    public DemoOptionSet(Command command)
    {
        foreach (Option option in (Option[])[_output, _seed, _trainVideos, _testVideos, _contrast])
            command.Options.Add(option);
        _training = new TrainOptionSet(command, Path.Combine(AppContext.BaseDirectory, "recipes", "demo.json"),
            "csv_file", "root", "out", "seed", "distributed", "sync_bn", "device", "tf32");
    }

    /// <summary>What the command line asks for.</summary>
    /// <exception cref="BadInputException">An option cannot be.</exception>
    public DemoOptions Read(ParseResult parsed)
    {
        double contrast = parsed.GetValue(_contrast);
        if (contrast is not (>= 0 and <= 0.8))
            throw new BadInputException($"--contrast {contrast}: must be 0 to 0.8.");
        string folder = parsed.GetValue(_output)!;
        return new DemoOptions
        {
            Out = folder,
            Videos = new SyntheticOptions
            {
                Seed = parsed.GetValue(_seed),
                TrainVideos = parsed.GetValue(_trainVideos),
                TestVideos = parsed.GetValue(_testVideos),
                MinTextureContrast = contrast,
                MaxTextureContrast = contrast + 0.2,
            },
            // where it is, for a run that goes on has its options there
            Training = _training.Read(parsed, new Dictionary<string, JsonNode?>
            {
                ["out"] = Path.Combine(folder, "run"),
            }),
            Command = CommandLine.Words,
        };
    }
}
