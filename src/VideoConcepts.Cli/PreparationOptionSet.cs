using System.CommandLine;
using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Cli;

/// <summary>The options of the preparation of a dataset.</summary>
internal sealed class PreparationOptionSet
{
    private readonly Dataset _dataset;
    private readonly bool _hasClassList;
    private readonly Option<string> _videos;
    private readonly Option<string> _lists;
    private readonly Option<string?> _classList;
    private readonly Option<string> _output = new("--out")
    {
        Description = "folder for frames, csv lists and the report",
        Required = true,
        HelpName = "folder",
    };
    private readonly Option<int> _shortSide = new("--short_side", "--short-side")
    {
        Description = "pixels of the shorter side; smaller videos keep their size",
        DefaultValueFactory = _ => 256,
    };
    private readonly Option<int> _quality = new("--jpeg_quality", "--jpeg-quality")
    {
        Description = "1 to 100",
        DefaultValueFactory = _ => 95,
    };
    private readonly Option<double?> _fps = new("--fps")
    {
        Description = "keep at most so many frames per second (default: every frame)",
        HelpName = "number",
    };
    private readonly Option<bool> _pack = new("--pack")
    {
        Description = "one uncompressed ZIP file per video instead of a folder of its frames",
    };
    private readonly Option<double> _tolerate = new("--tolerate")
    {
        Description = "keep videos of which at most this share of the frames is damaged, 0 to below 1",
        HelpName = "share",
    };
    private readonly Option<int> _jobs = new("--jobs")
    {
        Description = "videos at a time",
        DefaultValueFactory = _ => ShareOption.Cores,
    };
    private readonly Option<bool> _share = ShareOption.Create("that share its folders");
    private readonly Option<bool> _dryRun = new("--dry_run", "--dry-run")
    {
        Description = "say what would be done and how much room it takes, write nothing",
    };
    private readonly Option<bool> _noDiskCheck = new("--no_disk_check", "--no-disk-check")
    {
        Description = "start even if the frames will probably not fit on the disk",
    };
    private readonly Option<bool> _force = OverwriteOption.Create();
    private readonly Option<string?> _ffmpeg = new("--ffmpeg")
    {
        Description = "the ffmpeg program, if it is not on PATH",
        HelpName = "file",
    };

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="dataset">What it prepares.</param>
    /// <param name="listsDescription">What the folder of the official lists holds; null where there are none.</param>
    public PreparationOptionSet(Command command, Dataset dataset, string? listsDescription)
    {
        _dataset = dataset;
        _hasClassList = dataset is Dataset.Folder or Dataset.Kinetics400 or Dataset.Hmdb51;
        bool own = dataset == Dataset.Folder;
        _videos = new Option<string>("--videos")
        {
            Description = "folder of videos, whatever their formats"
                + (own ? ", optionally one sub-folder per class" : ", in whatever sub-folders"),
            Required = true,
            HelpName = "folder",
        };
        _lists = new Option<string>("--lists")
        {
            Description = listsDescription,
            Required = true,
            HelpName = "folder",
        };
        _classList = new Option<string?>("--class_list", "--class-list")
        {
            Description = "class names, one a line, whose order decides the labels (default: ordinal order of the "
                + (own ? "sub-folders)" : "names in the lists)"),
            HelpName = "file",
        };
        command.Options.Add(_videos);
        if (!own) command.Options.Add(_lists);
        foreach (Option option in (Option[])[_output, _shortSide, _quality, _fps, _tolerate, _pack, _jobs, _share])
            command.Options.Add(option);
        if (_hasClassList) command.Options.Add(_classList);
        foreach (Option option in (Option[])[_force, _dryRun, _noDiskCheck, _ffmpeg]) command.Options.Add(option);
    }

    /// <summary>What the command line says; not yet validated.</summary>
    public PreparationOptions Read(ParseResult parsed) => new()
    {
        Dataset = _dataset,
        Videos = parsed.GetRequiredValue(_videos),
        Lists = _dataset == Dataset.Folder ? null : parsed.GetRequiredValue(_lists),
        Output = parsed.GetRequiredValue(_output),
        Frames = new FrameOptions
        {
            ShortSide = parsed.GetValue(_shortSide),
            JpegQuality = parsed.GetValue(_quality),
            FpsLimit = parsed.GetValue(_fps),
            Tolerate = parsed.GetValue(_tolerate),
            Pack = parsed.GetValue(_pack),
        },
        Jobs = parsed.GetValue(_jobs),
        ClassList = _hasClassList ? parsed.GetValue(_classList) : null,
        Share = parsed.GetValue(_share),
        Force = parsed.GetValue(_force),
        CheckDiskSpace = !parsed.GetValue(_noDiskCheck),
    };

    /// <summary>Whether to say what would be done, and to do nothing.</summary>
    public bool IsDryRun(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>The ffmpeg program, or null for that on PATH.</summary>
    public string? FfmpegPath(ParseResult parsed) => parsed.GetValue(_ffmpeg);
}
