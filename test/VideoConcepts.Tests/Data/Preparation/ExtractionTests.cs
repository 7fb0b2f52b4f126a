using System.Diagnostics;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>Extracts videos of a work folder into its sub-folder `frames`.</summary>
public abstract class ExtractionTests(InstalledFfmpeg installed) : IDisposable
{
    protected InstalledFfmpeg Installed { get; } = installed;

    private protected WorkFolder Work { get; } = new();

    public void Dispose()
    {
        Work.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<ExtractionOutcome> ExtractAsync(Ffmpeg ffmpeg, string name, FrameOptions? options = null) =>
        new FrameExtractor(ffmpeg, options ?? new FrameOptions())
            .ExtractAsync(Work[name], Work["frames"], cancellation: TestContext.Current.CancellationToken);

    private protected Task ShouldFailAsync(Ffmpeg ffmpeg, string name, string reason) =>
        ShouldEndAsync(ExtractionStatus.Failed, ffmpeg, name, reason);

    private protected Task ShouldBeNoVideoAsync(Ffmpeg ffmpeg, string name, string reason) =>
        ShouldEndAsync(ExtractionStatus.NoVideo, ffmpeg, name, reason);

    private async Task ShouldEndAsync(ExtractionStatus status, Ffmpeg ffmpeg, string name, string reason)
    {
        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, name);
        outcome.Status.ShouldBe(status);
        outcome.Reason.ShouldNotBeNullOrWhiteSpace();
        outcome.Reason.ShouldContain(reason);
        Directory.GetDirectories(Work.Path, "frames*").ShouldBeEmpty();
    }

    /// <summary>A script in place of ffmpeg; questions about the version still go to the real one.</summary>
    private protected async Task<Ffmpeg> StandInAsync(string work)
    {
        SkipElsewhereAttribute.SkipUnlessLinux();
        _ = Installed.Required;
        string script = Work["ffmpeg"];
        File.WriteAllText(
            script, $"#!/bin/sh\nreal={InstalledFfmpeg.Program}\n[ $# -le 2 ] && exec \"$real\" \"$@\"\n{work}\n");
        await Process.Start("chmod", ["+x", script]).WaitForExitAsync(TestContext.Current.CancellationToken);
        return await Ffmpeg.FindAsync(script, TestContext.Current.CancellationToken);
    }
}
