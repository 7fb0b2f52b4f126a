using System.Diagnostics;
using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>The system's ffmpeg, which makes the videos and decodes them for comparison.</summary>
public sealed class InstalledFfmpeg : IAsyncLifetime
{
    private Ffmpeg? _ffmpeg;

    /// <summary>On Linux that of the system's packages, elsewhere the one on PATH.</summary>
    public static string Program { get; } = OperatingSystem.IsLinux() ? "/usr/bin/ffmpeg"
        : ProgramPath.Find("ffmpeg") ?? "ffmpeg";

    /// <summary>Skips the calling test where there is no ffmpeg.</summary>
    public Ffmpeg Required
    {
        get
        {
            SkipUnlessThere();
            return _ffmpeg!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (IsThere) _ffmpeg = await Ffmpeg.FindAsync(Program);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static bool IsThere => File.Exists(Program)
        && File.Exists(Path.Combine(Path.GetDirectoryName(Program)!, "ffprobe" + Path.GetExtension(Program)));

    /// <summary>Skips the calling test where there is no ffmpeg.</summary>
    public static void SkipUnlessThere() => Assert.SkipUnless(IsThere, "There is no ffmpeg and ffprobe"
        + $"{(OperatingSystem.IsLinux() ? " in /usr/bin" : "")}; "
        + $"`{ProgramPath.InstallFfmpeg(HostSystem.Current)}` runs this test.");

    /// <summary>Runs ffmpeg as a test means it, or skips the test where there is none; returns standard output.
    /// </summary>
    public static byte[] Run(params string[] arguments)
    {
        SkipUnlessThere();
        var start = new ProcessStartInfo(Program, ["-hide_banner", "-nostdin", "-v", "fatal", "-y", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"ffmpeg {string.Join(' ', arguments)}");
        return output.ToArray();
    }
}

/// <summary>Tests that start many processes run one after another, on one ffmpeg.</summary>
[CollectionDefinition(nameof(FfmpegTests))]
public sealed class FfmpegTests : ICollectionFixture<InstalledFfmpeg>;
