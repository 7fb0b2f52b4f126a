using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace VideoConcepts.Data.Preparation;

/// <summary>The installed ffmpeg and ffprobe. Immutable; shared by all threads.</summary>
public sealed partial class Ffmpeg
{
    private static string Remedy { get; } =
        $"install it with `{ProgramPath.InstallFfmpeg(HostSystem.Current)}` or give its path with ‹ffmpeg›";

    private readonly string _ffmpeg;
    private readonly string _ffprobe;
    private readonly FfmpegErrors _errors;

    private Ffmpeg(string ffmpeg, string ffprobe, string version, FfmpegErrors errors, bool findsCuts,
        bool mapsTones)
    {
        (FindsCuts, MapsTones) = (findsCuts, mapsTones);
        _ffmpeg = ffmpeg;
        _ffprobe = ffprobe;
        _errors = errors;
        Version = version;
    }

    /// <summary>As ffmpeg states it, such as 5.1.9-0+deb12u1.</summary>
    public string Version { get; }

    /// <summary>Whether it has the filter that finds cuts, which came with 4.4.</summary>
    internal bool FindsCuts { get; }

    /// <summary>Whether it has the filters that bring high dynamic range to the range of a display.</summary>
    internal bool MapsTones { get; }

    /// <summary>The option that writes each decoded frame once; -fps_mode came with 5.1, -vsync goes with 8.</summary>
    internal string FrameModeOption => IsBefore51(Version) ? "-vsync" : "-fps_mode";

    /// <summary>
    /// Finds ffmpeg at <paramref name="path"/> (the program or its folder) or on PATH, and ffprobe beside it or on
    /// PATH.
    /// </summary>
    /// <exception cref="BadInputException">One of the two is missing or does not run.</exception>
    public static async Task<Ffmpeg> FindAsync(string? path = null, CancellationToken cancellation = default)
    {
        string ffmpeg = path is null ? OnPath("ffmpeg") : Given(path);
        string beside = Path.Combine(Path.GetDirectoryName(ffmpeg)!,
            ProgramPath.FileName("ffprobe", HostSystem.Current));
        string ffprobe = File.Exists(beside) ? beside : OnPath("ffprobe");

        string version = ParseVersion(await QueryAsync(ffmpeg, "-version", cancellation).ConfigureAwait(false))
            ?? throw new BadInputException($"{ffmpeg} does not answer -version as ffmpeg does; {Remedy}.");
        var decoders = await QueryAsync(ffmpeg, "-decoders", cancellation).ConfigureAwait(false);
        var filters = await QueryAsync(ffmpeg, "-filters", cancellation).ConfigureAwait(false);
        await QueryAsync(ffprobe, "-version", cancellation).ConfigureAwait(false);
        return new Ffmpeg(ffmpeg, ffprobe, version, new FfmpegErrors(decoders),
            Has("scdet"), Has("zscale") && Has("tonemap"));

        bool Has(string filter) => filters.Any(line => line.Contains($" {filter} ", StringComparison.Ordinal));
    }

    /// <summary>Runs ffmpeg, which is to stop at the first error.</summary>
    internal async Task<FfmpegRun> RunAsync(
        IEnumerable<string> arguments,
        string workingDirectory,
        Action<string> onOutputLine,
        CancellationToken cancellation)
    {
        // repeat+level: every line stands alone and says how grave it is.
        string[] common = ["-hide_banner", "-nostdin", "-v", "repeat+level+error", "-xerror"];
        (int status, var errors) = await ChildProcess
            .RunAsync(_ffmpeg, [.. common, .. arguments], workingDirectory, onOutputLine, cancellation)
            .ConfigureAwait(false);
        return new FfmpegRun(_errors.Reason(errors) ?? (status == 0 ? null : $"ffmpeg ended with status {status}"),
            _errors.FindNoVideo(errors));
    }

    /// <summary>Runs ffmpeg, which goes on behind errors; returns why it did not come to the end, or null.</summary>
    internal async Task<string?> RunThroughAsync(
        IEnumerable<string> arguments,
        string workingDirectory,
        Action<string> onOutputLine,
        Action<string> onMessage,
        CancellationToken cancellation)
    {
        string[] common = ["-hide_banner", "-nostdin", "-v", "repeat+level+warning"];
        (int status, var errors) = await ChildProcess
            .RunAsync(_ffmpeg, [.. common, .. arguments], workingDirectory, onOutputLine, cancellation, onMessage)
            .ConfigureAwait(false);
        return status == 0 ? null : _errors.Reason(errors) ?? $"ffmpeg ended with status {status}";
    }

    /// <summary>Runs ffmpeg, which writes its output to a pipe and is to stop at the first error.</summary>
    /// <param name="arguments">Its words, without those that all runs have.</param>
    /// <param name="onOutput">Reads the output to its end.</param>
    /// <param name="onLine">Told each line of standard error; whether it is a message.</param>
    /// <param name="onLastLine">Told that there are no more of them.</param>
    /// <param name="cancellation">Ends ffmpeg.</param>
    internal async Task<FfmpegRun> PipeAsync(IEnumerable<string> arguments, Action<Stream> onOutput,
        Func<string, bool> onLine, Action onLastLine, CancellationToken cancellation)
    {
        string[] common = ["-hide_banner", "-nostdin", "-nostats", "-v", "repeat+level+info", "-xerror"];
        (int status, var errors) = await ChildProcess
            .PipeAsync(_ffmpeg, [.. common, .. arguments], onOutput, cancellation, onLine, onLastLine)
            .ConfigureAwait(false);
        return new FfmpegRun(_errors.Reason(errors) ?? (status == 0 ? null : $"ffmpeg ended with status {status}"),
            _errors.FindNoVideo(errors));
    }

    /// <summary>Runs ffprobe; returns its output, or null if it failed.</summary>
    internal async Task<string?> ProbeAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var lines = new List<string>();
        (int status, _) = await ChildProcess
            .RunAsync(_ffprobe, ["-v", "error", .. arguments], null, lines.Add, cancellation)
            .ConfigureAwait(false);
        return status == 0 ? string.Join('\n', lines) : null;
    }

    /// <summary>
    /// A path that ffmpeg takes for a file whatever its name: `-x`, `a:b` and `%d` keep their meaning.
    /// </summary>
    internal static string FileUrl(string path) => "file:" + Path.GetFullPath(path);

    internal static bool IsBefore51(string version)
    {
        // Builds from the repository call themselves N-12345-g…: they are newer than any release of 5.0.
        Match match = ReleaseNumber().Match(version);
        if (!match.Success) return false;
        int major = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        int minor = match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0;
        return (major, minor).CompareTo((5, 1)) < 0;
    }

    private static string? ParseVersion(IReadOnlyList<string> lines)
    {
        const string Prefix = "ffmpeg version ";
        return lines.Count > 0 && lines[0].StartsWith(Prefix, StringComparison.Ordinal)
            ? lines[0][Prefix.Length..].Split(' ')[0]
            : null;
    }

    private static string Given(string path)
    {
        string program = Directory.Exists(path)
            ? Path.Combine(path, ProgramPath.FileName("ffmpeg", HostSystem.Current)) : path;
        if (!File.Exists(program)) throw new BadInputException($"There is no ffmpeg at {path}; {Remedy}.");
        return Path.GetFullPath(program);
    }

    private static string OnPath(string name) => ProgramPath.Find(name)
        ?? throw new BadInputException($"{name} is not on PATH; {Remedy}.");

    private static async Task<IReadOnlyList<string>> QueryAsync(
        string program, string question, CancellationToken cancellation)
    {
        var lines = new List<string>();
        try
        {
            (int status, _) = await ChildProcess
                .RunAsync(program, ["-hide_banner", question], null, lines.Add, cancellation)
                .ConfigureAwait(false);
            if (status == 0) return lines;
        }
        catch (Win32Exception e)
        {
            throw new BadInputException($"{program} does not run ({e.NativeErrorCode}); {Remedy}.", e);
        }
        throw new BadInputException($"{program} {question} fails; {Remedy}.");
    }

    [GeneratedRegex(@"^n?(\d+)(?:\.(\d+))?")]
    private static partial Regex ReleaseNumber();
}

/// <summary>What came of a run of ffmpeg.</summary>
/// <param name="Error">Why it does not count as free of errors; null: it does.</param>
/// <param name="IsNoVideo">The file could be read, and no stream in it is a video.</param>
internal sealed record FfmpegRun(string? Error, bool IsNoVideo)
{
    /// <summary>The error is not one of decoding: to go on behind it helps nothing.</summary>
    public bool IsFinal { get; init; }
}
