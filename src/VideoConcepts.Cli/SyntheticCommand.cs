using System.CommandLine;
using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Cli;

/// <summary>prepare synthetic: videos whose appearance, motion and boxes are known.</summary>
internal static class SyntheticCommand
{
    public static Command Create()
    {
        var drawn = new SyntheticOptions();
        var output = new Option<string>("--out")
        {
            Description = "folder for videos and csv lists",
            Required = true,
            HelpName = "folder",
        };
        var seed = new Option<long>("--seed")
        {
            Description = "seed of everything that is drawn",
            DefaultValueFactory = _ => drawn.Seed,
        };
        var train = new Option<int>("--train_videos", "--train-videos")
        {
            Description = "videos to train on",
            DefaultValueFactory = _ => drawn.TrainVideos,
        };
        var test = new Option<int>("--test_videos", "--test-videos")
        {
            Description = "videos to test on",
            DefaultValueFactory = _ => drawn.TestVideos,
        };
        var width = new Option<int>("--width") { Description = "pixels", DefaultValueFactory = _ => drawn.Width };
        var height = new Option<int>("--height") { Description = "pixels", DefaultValueFactory = _ => drawn.Height };
        var objects = new Option<int>("--objects")
        {
            Description = "objects of a video, all alike",
            DefaultValueFactory = _ => drawn.Objects,
        };
        var size = new Option<double>("--object_size", "--object-size")
        {
            Description = "smallest diameter, of the frame's height; the largest is 0.1 more",
            DefaultValueFactory = _ => drawn.MinSize,
            HelpName = "number",
        };
        var speed = new Option<double>("--speed")
        {
            Description = "slowest motion in frame heights per frame; the fastest is 0.02 more",
            DefaultValueFactory = _ => drawn.MinSpeed,
            HelpName = "number",
        };
        var contrast = new Option<double>("--contrast")
        {
            Description = "smallest brightness difference in a scene's texture, of 1; the largest is 0.2 more",
            DefaultValueFactory = _ => drawn.MinTextureContrast,
            HelpName = "number",
        };
        var period = new Option<double>("--period")
        {
            Description = "smallest period of a scene's texture, of the frame's height; the largest is 0.04 more",
            DefaultValueFactory = _ => drawn.MinTexturePeriod,
            HelpName = "number",
        };
        var command = new Command("synthetic",
            "Draw videos with one of eight appearances and one of eight motions, and say where the objects are.")
        {
            output, seed, train, test, width, height, objects, size, speed, contrast, period,
        };
        command.SetAction((parsed, stop) =>
        {
            var options = new SyntheticOptions
            {
                Seed = parsed.GetValue(seed),
                TrainVideos = parsed.GetValue(train),
                TestVideos = parsed.GetValue(test),
                Width = parsed.GetValue(width),
                Height = parsed.GetValue(height),
                Objects = parsed.GetValue(objects),
                MinSize = parsed.GetValue(size),
                MaxSize = parsed.GetValue(size) + 0.1,
                MinSpeed = parsed.GetValue(speed),
                MaxSpeed = parsed.GetValue(speed) + 0.02,
                MinTextureContrast = parsed.GetValue(contrast),
                MaxTextureContrast = parsed.GetValue(contrast) + 0.2,
                MinTexturePeriod = parsed.GetValue(period),
                MaxTexturePeriod = parsed.GetValue(period) + 0.04,
            };
            options.Validate();
            string folder = parsed.GetRequiredValue(output);
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
