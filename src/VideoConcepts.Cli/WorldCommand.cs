using System.CommandLine;
using VideoConcepts.Data.World;

namespace VideoConcepts.Cli;

/// <summary>prepare world: drawn videos of all sorts, to begin from.</summary>
internal static class WorldCommand
{
    private static readonly WorldOptions Drawn = new();

    public static Command Create()
    {
        var command = new Command("world", "Draw videos of all sorts, without classes, to train weights to start from: "
            + "surfaces, things and cameras, slow and fast, noise and coding like those of real cameras.");
        var output = new Option<string>("--out")
        {
            Description = "folder for videos and list",
            Required = true,
            HelpName = "folder",
        };
        var seed = new Option<long>("--seed")
        {
            Description = "seed of everything that is drawn",
            DefaultValueFactory = _ => Drawn.Seed,
        };
        Option<int> videos = Number("--videos", "how many videos", Drawn.Videos);
        Option<int> width = Number("--width", "pixels", Drawn.Width);
        Option<int> height = Number("--height", "pixels", Drawn.Height);
        Option<int> shortest = Number("--min_frames", "frames of the shortest video", Drawn.MinFrames);
        Option<int> longest = Number("--max_frames", "frames of the longest video", Drawn.MaxFrames);
        foreach (Option option in (Option[])[output, seed, videos, width, height, shortest, longest])
            command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            WorldOptions options = new()
            {
                Seed = parsed.GetValue(seed),
                Videos = parsed.GetValue(videos),
                Width = parsed.GetValue(width),
                Height = parsed.GetValue(height),
                MinFrames = parsed.GetValue(shortest),
                MaxFrames = parsed.GetValue(longest),
            };
            options.Validate();
            string folder = parsed.GetRequiredValue(output);
            OutputFolder.Open(folder, "--out");
            WorldFiles files = Screen.Track("draw videos", options.Videos, bar =>
                WorldDataset.Generate(folder, options, Environment.ProcessorCount,
                    new InlineProgress<int>(n => bar(n, "")), stop));
            Screen.Print(files.List);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static Option<int> Number(string name, string description, int value) =>
        new(name, name.Contains('_') ? [name.Replace('_', '-')] : [])
        {
            Description = description,
            DefaultValueFactory = _ => value,
            HelpName = "n",
        };
}
