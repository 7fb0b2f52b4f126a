using System.Diagnostics;
using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>The system's ffmpeg, which makes the videos and decodes them for comparison.</summary>
public sealed class InstalledFfmpeg : IAsyncLifetime
{
    private Ffmpeg? _ffmpeg;

    public static string Program => "/usr/bin/ffmpeg";

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

    private static bool IsThere => File.Exists(Program) && File.Exists("/usr/bin/ffprobe");

    private static void SkipUnlessThere() => Assert.SkipUnless(IsThere,
        "There is no ffmpeg and ffprobe in /usr/bin; `apt-get install ffmpeg` runs this test.");

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
