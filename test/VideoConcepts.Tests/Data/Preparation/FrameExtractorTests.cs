using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

[Collection(nameof(FfmpegTests))]
public sealed class FrameExtractorTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    [Theory]
    [InlineData("160x120", 64, 85, 64)]
    [InlineData("120x162", 64, 64, 86)]
    [InlineData("101x77", 64, 84, 64)]
    [InlineData("64x64", 64, 64, 64)]
    [InlineData("50x30", 64, 50, 30)]
    [InlineData("120x160,setsar=2/1", 64, 96, 64)]
    public async Task Frames_OfASize_KeepTheAspectRatioAndAreNotEnlarged(string size, int side, int width, int height)
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.Make(Work["a.mkv"], $"color=gray:r=5:s={size}", 2, "-c:v", "ffv1");

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mkv", new FrameOptions { ShortSide = side });

        outcome.ShouldBe(new ExtractionOutcome(ExtractionStatus.Done, 2, width, height, null));
        var read = TestVideo.ReadFrames(Work["frames"]);
        (read.Width, read.Height).ShouldBe((width, height));
    }

    [Fact]
    public async Task Video_WithSoundAndCoverPicture_GivesItsOwnFrames()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.MakeSmall(Work["a.mp4"]);
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1", Work["cover.png"]);
        InstalledFfmpeg.Run(
            "-i", Work["cover.png"], "-i", Work["a.mp4"], "-f", "lavfi", "-i", "sine=duration=0.3",
            "-map", "0", "-map", "1", "-map", "2", "-c:v", "copy",
            "-disposition:v:0", "attached_pic", Work["full.mp4"]);

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "full.mp4");

        outcome.ShouldBe(new ExtractionOutcome(ExtractionStatus.Done, 8, 64, 48, null));
    }

    [Fact]
    public async Task Frames_Finished_AreSkippedUntilAnythingChanges()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.MakeSmall(Work["a.mp4"]);
        (await ExtractAsync(ffmpeg, "a.mp4")).Status.ShouldBe(ExtractionStatus.Done);
        (await ExtractAsync(ffmpeg, "a.mp4")).ShouldBe(new(ExtractionStatus.Skipped, 8, 64, 48, null));

        var other = new FrameOptions { ShortSide = 24 };
        (await ExtractAsync(ffmpeg, "a.mp4", other)).ShouldBe(new(ExtractionStatus.Done, 8, 32, 24, null));
        other = other with { JpegQuality = 50 };
        (await ExtractAsync(ffmpeg, "a.mp4", other)).Status.ShouldBe(ExtractionStatus.Done);
        File.Delete(Path.Combine(Work["frames"], "image_00003.jpg"));
        (await ExtractAsync(ffmpeg, "a.mp4", other)).Status.ShouldBe(ExtractionStatus.Done);
        File.WriteAllText(Path.Combine(Work["frames"], "frames.json"), "\0\0\0"); // as a loss of power leaves it
        (await ExtractAsync(ffmpeg, "a.mp4", other)).Status.ShouldBe(ExtractionStatus.Done);
        TestVideo.MakeSmall(Work["a.mp4"], frames: 5);
        (await ExtractAsync(ffmpeg, "a.mp4", other)).ShouldBe(new(ExtractionStatus.Done, 5, 32, 24, null));
        Directory.GetFiles(Work["frames"]).Length.ShouldBe(6);
    }

    [Fact]
    public async Task Folder_WithForeignFiles_IsNotDeleted()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.MakeSmall(Work["a.mp4"]);
        File.WriteAllText(Work.NewFile("frames/thesis.tex"), "years of work");

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mp4");

        outcome.Reason!.ShouldContain("thesis.tex");
        File.ReadAllText(Work["frames/thesis.tex"]).ShouldBe("years of work");
    }

    [Fact]
    public async Task Ffmpeg_ThatFillsBothOutputs_IsReadToItsEnd()
    {
        Ffmpeg ffmpeg = await StandInAsync("""
            yes '[h264 @ 0x1] [error] noise' | head -n 40000 >&2; yes noise | head -n 40000; echo '[error] the end' >&2
            """);
        TestVideo.MakeSmall(Work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "the end");
    }

    [Fact]
    public async Task Cancellation_InTheMiddle_KillsFfmpegAndLeavesNothing()
    {
        Ffmpeg ffmpeg = await StandInAsync($"""
            "$real" "$@"; echo $$ > '{Work.Path}/pid.new'; mv '{Work.Path}/pid.new' '{Work.Path}/pid'; exec sleep 600
            """);
        TestVideo.MakeSmall(Work["a.mp4"]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<ExtractionOutcome> work = new FrameExtractor(ffmpeg, new FrameOptions())
            .ExtractAsync(Work["a.mp4"], Work["frames"], cancellation: stop.Token);
        while (!File.Exists(Work["pid"]) && !work.IsCompleted)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Directory.GetFiles(Work["frames.partial-extraction"], "*.jpg").Length.ShouldBe(8);

        await stop.CancelAsync();

        // The stand-in would sleep on for longer than that.
        await Should.ThrowAsync<OperationCanceledException>(
            () => work.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken));
        Directory.Exists("/proc/" + File.ReadAllText(Work["pid"]).Trim()).ShouldBeFalse();
        Directory.GetDirectories(Work.Path, "frames*").ShouldBeEmpty();
    }
}
