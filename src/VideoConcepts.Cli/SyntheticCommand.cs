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
        command.SetAction((parsed, stop) =>
        {
            SyntheticOptions options = set.Read(parsed);
            options.Validate();
            string folder = set.Folder(parsed);
            OutputFolder.Open(folder, "--out");
            SyntheticFiles files = Screen.Track("draw videos", options.TrainVideos + options.TestVideos, bar =>
                SyntheticDataset.Generate(folder, options, Environment.ProcessorCount,
                    new InlineProgress<int>(n => bar(n, "")), stop));
            foreach (string file in (string[])[files.Train, files.AppearanceTrain, files.AppearanceTest,
                files.MotionTrain, files.MotionTest, files.Boxes]) Screen.Print(file);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }
}
