using System.CommandLine;
using VideoConcepts.Search;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>The options of all commands that read a library.</summary>
internal sealed class LibraryOptionSet
{
    private readonly Option<string> _library = new("--library")
    {
        Description = "the library that index made: a file, or postgresql://host/database",
        Required = true,
        HelpName = "library",
    };
    private readonly Option<string?> _root = new("--root")
    {
        Description = "folder where the paths of its videos start now (default: where they did)",
        HelpName = "folder",
    };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "where its model is now (default: where it was)",
        HelpName = "path",
    };
    private readonly Option<string> _device = new("--device")
    {
        Description = "where the network computes: auto, cpu, cuda or cuda:n",
        DefaultValueFactory = _ => ComputeDevice.Default,
        HelpName = "text",
    };
    private readonly Option<string?> _ffmpeg = new("--ffmpeg")
    {
        Description = "the ffmpeg program, if it is not on PATH",
        HelpName = "file",
    };
    private readonly bool _clips, _files;

    /// <param name="command">Gets the options.</param>
    /// <param name="clips">It describes clips, too: by the library's network.</param>
    /// <param name="files">It looks at the videos' files.</param>
    public LibraryOptionSet(Command command, bool clips = false, bool files = true)
    {
        (_clips, _files) = (clips, files);
        command.Options.Add(_library);
        if (files) command.Options.Add(_root);
        if (!clips) return;
        foreach (Option option in (Option[])[_model, _device, _ffmpeg]) command.Options.Add(option);
    }

    /// <summary>A new option that says whether results are printed as JSON.</summary>
    public static Option<bool> Json() => new("--json") { Description = "print the results as JSON" };

    /// <summary>A new option that names a page.</summary>
    public static Option<string?> Sheet() => new("--sheet")
    {
        Description = "write a page with pictures, times and links",
        HelpName = "file",
    };

    /// <summary>The seconds of an option, or null.</summary>
    public static double? Time(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return TimeText.TryParse(text, out double seconds) ? seconds : throw new BadInputException(
            $"{option.Name} {text}: give seconds, such as 12.5, or minutes and seconds, such as 1:30.");
    }

    /// <summary>The library that the options name.</summary>
    public string Name(ParseResult parsed) => parsed.GetRequiredValue(_library);

    /// <summary>How the library is opened.</summary>
    public LibraryOptions Opening(ParseResult parsed) => new()
    {
        Root = _files ? parsed.GetValue(_root) : null,
        Model = _clips ? parsed.GetValue(_model) : null,
        Device = _clips ? parsed.GetValue(_device)! : ComputeDevice.Default,
        Ffmpeg = _clips ? parsed.GetValue(_ffmpeg) : null,
    };

    /// <summary>Opens the library that the options name.</summary>
    public MomentLibrary Open(ParseResult parsed, ScreenWork screen) =>
        MomentLibrary.Open(Name(parsed), Opening(parsed), screen.Context());

    /// <summary>The ffmpeg that is given, or null.</summary>
    public string? Ffmpeg(ParseResult parsed) => parsed.GetValue(_ffmpeg);

    /// <summary>Refuses what describes a clip where there is none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="because">Why it is not read.</param>
    /// <param name="cuts">Clips are written, for which ffmpeg is read.</param>
    public void RefuseClip(ParseResult parsed, string because, bool cuts = false)
    {
        foreach (Option option in (Option[])[_model, _device, .. cuts ? (Option[])[] : [_ffmpeg]])
            if (parsed.GetResult(option) is { Implicit: false })
                throw new BadInputException($"{option.Name} is not read {because}; leave it out.");
    }
}
