using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

[Collection(nameof(FfmpegTests))]
public sealed class CutDetectionTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    // Three scenes that move: 20, 7 and 13 frames.
    private const string Scenes = "testsrc2=s=96x64:r=25:d=0.8[a];mandelbrot=s=96x64:r=25,trim=duration=0.28[b];"
        + "testsrc=s=96x64:r=25:d=0.52[c];"
        + "[a][b][c]concat=n=3,format=yuv420p";

    [Fact]
    public async Task Cuts_OfAVideo_AreFoundWhereItsScenesBegin()
    {
        ExtractionOutcome outcome = await JoinedAsync(new FrameOptions());
        (outcome.Frames, outcome.Cuts, outcome.CutsUnknown).ShouldBe((40, 2, false));
        File.ReadAllText(Path.Combine(Work["frames"], "cuts.txt")).ShouldBe("21\n28\n");
        CutsFile.Read(Work["frames"]).ShouldBe([20, 27]);
        Directory.GetFiles(Work["frames"], "*.log").ShouldBeEmpty();

        ExtractionOutcome again = await ExtractAsync(Installed.Required, "joined.mkv");
        (again.Status, again.Cuts, again.CutsUnknown).ShouldBe((ExtractionStatus.Skipped, 2, false));
    }

    [Fact]
    public async Task Cuts_WithFewerFramesASecond_AreCountedInThoseThatStay()
    {
        (await JoinedAsync(new FrameOptions { FpsLimit = 5, ShortSide = 32 })).Frames.ShouldBe(8);
        CutsFile.Read(Work["frames"]).ShouldBe([4, 6]);
        // Other options make room for their own frames and cuts.
        (await ExtractAsync(Installed.Required, "joined.mkv")).Status.ShouldBe(ExtractionStatus.Done);
        CutsFile.Read(Work["frames"]).ShouldBe([20, 27]);
    }

    [Fact]
    public async Task Frames_WithCutsChangedByHand_AreNotMadeAnew()
    {
        await JoinedAsync(new FrameOptions());
        File.WriteAllText(Path.Combine(Work["frames"], "cuts.txt"), "21\n");
        ExtractionOutcome outcome = await JoinedAsync(new FrameOptions { ShortSide = 32 });
        outcome.Reason!.ShouldContain("holds cuts.txt, which prepare did not make");
        CutsFile.Read(Work["frames"]).ShouldBe([20]);
        outcome = await JoinedAsync(new FrameOptions());
        (outcome.Status, outcome.Cuts).ShouldBe((ExtractionStatus.Skipped, 1));
        File.WriteAllText(Path.Combine(Work["frames"], "cuts.txt"), "one\n"); // which validate names
        (await JoinedAsync(new FrameOptions())).Status.ShouldBe(ExtractionStatus.Skipped);
    }

    /// <summary>The filter knows no palettes, and what it looks at is not what is written.</summary>
    [Fact]
    public async Task Frames_OfAFormatThatMustBeConvertedToLookAt_AreThoseWithoutLooking()
    {
        TestVideo.Make(Work["a.mkv"], "testsrc2=s=64x48:r=25,format=gbrp", 5, "-c:v", "ffv1");
        await ExtractAsync(Installed.Required, "a.mkv");
        Ffmpeg old = await StandInAsync("""
            for a; do shift; case "$a" in
            split*) a=$(echo "$a" | sed 's/^split.*;.shown.metadata=[^,]*,//; s/metadata=mode=print[^,]*,//');; esac
            set -- "$@" "$a"; done
            exec "$real" "$@"
            """);
        ExtractionOutcome plain = await new FrameExtractor(old, new FrameOptions())
            .ExtractAsync(Work["a.mkv"], Work["plain"], cancellation: TestContext.Current.CancellationToken);
        (plain.Status, plain.CutsUnknown).ShouldBe((ExtractionStatus.Done, true));
        for (int i = 1; i <= 5; i++)
            File.ReadAllBytes(Work[$"frames/image_{i:D5}.jpg"])
                .ShouldBe(File.ReadAllBytes(Work[$"plain/image_{i:D5}.jpg"]));
    }

    [Fact]
    public async Task Video_WithoutCuts_HasNoFileOfThem()
    {
        TestVideo.Make(Work["one.mkv"], "testsrc2=s=96x64:r=25", 30, "-c:v", "ffv1");
        (await ExtractAsync(Installed.Required, "one.mkv")).Cuts.ShouldBe(0);
        File.Exists(Path.Combine(Work["frames"], "cuts.txt")).ShouldBeFalse();
    }

    [Fact]
    public async Task Frames_OfAnEarlierVersion_AreSaidNotToHaveBeenLookedAt()
    {
        await JoinedAsync(new FrameOptions());
        string record = Path.Combine(Work["frames"], "frames.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(record))!.AsObject();
        json.Remove("cuts").ShouldBeTrue();
        File.WriteAllText(record, json.ToJsonString());
        File.Delete(Path.Combine(Work["frames"], "cuts.txt"));
        ExtractionOutcome outcome = await ExtractAsync(Installed.Required, "joined.mkv");
        (outcome.Status, outcome.CutsUnknown).ShouldBe((ExtractionStatus.Skipped, true));
        File.WriteAllText(Path.Combine(Work["frames"], "cuts.txt"), "21\n"); // by hand
        outcome = await ExtractAsync(Installed.Required, "joined.mkv");
        (outcome.Cuts, outcome.CutsUnknown).ShouldBe((1, false));
    }

    private async Task<ExtractionOutcome> JoinedAsync(FrameOptions options)
    {
        Ffmpeg ffmpeg = Installed.Required;
        if (!File.Exists(Work["joined.mkv"]))
            InstalledFfmpeg.Run("-filter_complex", Scenes, "-c:v", "ffv1", Work["joined.mkv"]);
        return await ExtractAsync(ffmpeg, "joined.mkv", options);
    }
}
