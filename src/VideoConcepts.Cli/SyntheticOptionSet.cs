using System.CommandLine;
using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Cli;

/// <summary>The options of drawn videos.</summary>
internal sealed class SyntheticOptionSet
{
    private static readonly SyntheticOptions Drawn = new();
    private readonly Option<string> _output = new("--out")
    {
        Description = "folder for videos and csv lists",
        Required = true,
        HelpName = "folder",
    };
    private readonly Option<long> _seed = Seed("seed of everything that is drawn");
    private readonly Option<int> _train = TrainVideos();
    private readonly Option<int> _test = TestVideos();
    private readonly Option<int> _width = new("--width")
    {
        Description = "pixels",
        DefaultValueFactory = _ => Drawn.Width,
    };
    private readonly Option<int> _height = new("--height")
    {
        Description = "pixels",
        DefaultValueFactory = _ => Drawn.Height,
    };
    private readonly Option<int> _objects = new("--objects")
    {
        Description = "objects of a video, all alike",
        DefaultValueFactory = _ => Drawn.Objects,
    };
    private readonly Option<double> _size = new("--object_size", "--object-size")
    {
        Description = "smallest diameter, of the frame's height; the largest is 0.1 more",
        DefaultValueFactory = _ => Drawn.MinSize,
        HelpName = "number",
    };
    private readonly Option<double> _speed = new("--speed")
    {
        Description = "slowest motion in frame heights per frame; the fastest is 0.02 more",
        DefaultValueFactory = _ => Drawn.MinSpeed,
        HelpName = "number",
    };
    private readonly Option<double> _contrast = Contrast("");
    private readonly Option<double> _period = new("--period")
    {
        Description = "smallest period of a scene's texture, of the frame's height; the largest is 0.04 more",
        DefaultValueFactory = _ => Drawn.MinTexturePeriod,
        HelpName = "number",
    };

    /// <summary>Adds them to a command.</summary>
    public SyntheticOptionSet(Command command)
    {
        Option[] options =
        [
            _output, _seed, _train, _test, _width, _height, _objects, _size, _speed, _contrast, _period,
        ];
        foreach (Option option in options) command.Options.Add(option);
    }

    public static Option<long> Seed(string description) => new("--seed")
    {
        Description = description,
        DefaultValueFactory = _ => Drawn.Seed,
    };

    public static Option<int> TrainVideos() => new("--train_videos", "--train-videos")
    {
        Description = "videos to train on",
        DefaultValueFactory = _ => Drawn.TrainVideos,
    };

    public static Option<int> TestVideos() => new("--test_videos", "--test-videos")
    {
        Description = "videos to test on",
        DefaultValueFactory = _ => Drawn.TestVideos,
    };

    /// <param name="more">Further words of the description.</param>
    public static Option<double> Contrast(string more) => new("--contrast")
    {
        Description = "smallest brightness difference in a scene's texture, of 1; the largest is 0.2 more" + more,
        DefaultValueFactory = _ => Drawn.MinTextureContrast,
        HelpName = "number",
    };

    /// <summary>What the command line says; not yet validated.</summary>
    public SyntheticOptions Read(ParseResult parsed) => new()
    {
        Seed = parsed.GetValue(_seed),
        TrainVideos = parsed.GetValue(_train),
        TestVideos = parsed.GetValue(_test),
        Width = parsed.GetValue(_width),
        Height = parsed.GetValue(_height),
        Objects = parsed.GetValue(_objects),
        MinSize = parsed.GetValue(_size),
        MaxSize = parsed.GetValue(_size) + 0.1,
        MinSpeed = parsed.GetValue(_speed),
        MaxSpeed = parsed.GetValue(_speed) + 0.02,
        MinTextureContrast = parsed.GetValue(_contrast),
        MaxTextureContrast = parsed.GetValue(_contrast) + 0.2,
        MinTexturePeriod = parsed.GetValue(_period),
        MaxTexturePeriod = parsed.GetValue(_period) + 0.04,
    };

    /// <summary>The folder for videos and lists.</summary>
    public string Folder(ParseResult parsed) => parsed.GetRequiredValue(_output);
}
