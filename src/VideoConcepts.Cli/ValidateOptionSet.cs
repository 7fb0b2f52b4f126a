using System.CommandLine;
using VideoConcepts.Data;

namespace VideoConcepts.Cli;

/// <summary>The options of <c>validate</c>.</summary>
internal sealed class ValidateOptionSet
{
    private readonly Option<string> _csv = new("--csv_file", "--csv-file")
    {
        Description = "list of videos",
        Required = true,
        HelpName = "file",
    };
    private readonly Option<string?> _test = new("--test_csv", "--test-csv")
    {
        Description = "list of test videos, to be looked at too and compared with the first",
        HelpName = "file",
    };
    private readonly Option<string?> _root = new("--root")
    {
        Description = "folder that relative paths start from (default: the list's own folder)",
        HelpName = "folder",
    };
    private readonly Option<bool> _acrossCuts = new("--across_cuts", "--across-cuts")
    {
        Description = "do not look at cuts.txt beside the frames, as commands with this option",
    };
    private readonly Option<int?> _sample = new("--sample")
    {
        Description = "frames of each video to decode (default: all; 0: none)",
        HelpName = "n",
    };
    private readonly Option<int> _minFrames = new("--min_frames", "--min-frames")
    {
        Description = "shorter videos are reported: training with --sample S --seq T leaves out those of S·T "
            + "frames or fewer",
        DefaultValueFactory = _ => new ListValidationOptions { CsvFile = "" }.MinFrames,
    };
    private readonly Option<int> _jobs = new("--jobs")
    {
        Description = "videos at a time",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };
    private readonly Option<string?> _json = new("--json")
    {
        Description = "write all that was found to this file too",
        HelpName = "file",
    };
    private readonly Option<bool> _force = OverwriteOption.Create();

    public ValidateOptionSet(Command command)
    {
        foreach (Option option in (Option[])[_csv, _test, _root, _acrossCuts, _sample, _minFrames, _jobs, _json,
            _force])
            command.Options.Add(option);
    }

    /// <summary>What to look at.</summary>
    public ListValidationOptions Read(ParseResult parsed) => new()
    {
        CsvFile = parsed.GetRequiredValue(_csv),
        TestCsv = parsed.GetValue(_test),
        Root = parsed.GetValue(_root),
        AcrossCuts = parsed.GetValue(_acrossCuts),
        Sample = parsed.GetValue(_sample),
        MinFrames = parsed.GetValue(_minFrames),
        Jobs = parsed.GetValue(_jobs),
    };

    /// <summary>The file that gets all that was found, or null.</summary>
    public string? Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether an earlier one of other lists is replaced.</summary>
    public bool Force(ParseResult parsed) => parsed.GetValue(_force);
}
