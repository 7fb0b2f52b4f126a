using System.CommandLine;
using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Cli;

/// <summary>prepare synthetic: videos whose appearance, motion and boxes are known.</summary>
internal static class SyntheticCommand
{
    public static Command Create()
    {
        var command = new Command("synthetic",
            "Draw videos with one of eight appearances and one of eight motions, and say where the objects are.");
        var set = new SyntheticOptionSet(command);
        var bias = new Option<string?>("--bias")
        {
            Description = "also draw variants of the test videos, below bias/ in the folder, one or several with "
                + $"commas between: {string.Join(", ", SyntheticVariants.Names)} (docs/data.md says what they are)",
            HelpName = "text",
        };
        command.Options.Add(bias);
        command.SetAction((parsed, stop) =>
        {
            SyntheticOptions options = set.Read(parsed);
            options.Validate();
            string folder = set.Folder(parsed);
            VariantKind[] kinds =
                [.. (parsed.GetValue(bias)?.Split(',') ?? []).Select(SyntheticVariants.Parse).Distinct()];
            SyntheticVariants.Check(folder, options, kinds);
            OutputFolder.Open(folder, "--out");
            SyntheticFiles files = Screen.Track("draw videos", options.TrainVideos + options.TestVideos, bar =>
                SyntheticDataset.Generate(folder, options, Environment.ProcessorCount,
                    new InlineProgress<int>(n => bar(n, "")), stop));
            foreach (string file in (string[])[files.Train, files.AppearanceTrain, files.AppearanceTest,
                files.MotionTrain, files.MotionTest, files.Boxes]) Screen.Print(file);
            foreach (VariantKind kind in kinds)
            {
                VariantFiles drawn = Screen.Track($"draw {SyntheticVariants.Names[(int)kind]}", options.TestVideos,
                    bar => SyntheticVariants.Generate(folder, options, kind, Environment.ProcessorCount,
                        new InlineProgress<int>(n => bar(n, "")), stop));
                Screen.Print(drawn.MotionTest);
                Screen.Print(drawn.AppearanceTest);
            }
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }
}
