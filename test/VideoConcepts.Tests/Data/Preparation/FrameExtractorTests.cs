using System.Diagnostics;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

[Collection(nameof(FfmpegTests))]
public sealed class FrameExtractorTests(InstalledFfmpeg installed) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("160x120", 64, 85, 64)]
    [InlineData("120x162", 64, 64, 86)]
    [InlineData("101x77", 64, 84, 64)]
    [InlineData("64x64", 64, 64, 64)]
    [InlineData("50x30", 64, 50, 30)]
    [InlineData("120x160,setsar=2/1", 64, 96, 64)]
    public async Task Frames_OfASize_KeepTheAspectRatioAndAreNotEnlarged(string size, int side, int width, int height)
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.Make(_work["a.mkv"], $"color=gray:r=5:s={size}", 2, "-c:v", "ffv1");

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mkv", new FrameOptions { ShortSide = side });

        outcome.ShouldBe(new ExtractionOutcome(ExtractionStatus.Done, 2, width, height, null));
        var read = TestVideo.ReadFrames(_work["frames"]);
        (read.Width, read.Height).ShouldBe((width, height));
    }

    [Theory]
    [InlineData("faststart.mp4", "libx264", 0.6, "")]
    [InlineData("late.mov", "mpeg4", 0.6, "moov atom not found")]
    [InlineData("a.webm", "libvpx", 0.6, "File ended prematurely")]
    [InlineData("a.mkv", "libx264", 0.9, "File ended prematurely")]
    [InlineData("a.avi", "mpeg4", 0.9, "the file is truncated: ")]
    public async Task Video_Truncated_FailsAndLeavesNothing(string name, string codec, double part, string reason)
    {
        Ffmpeg ffmpeg = installed.Required;
        string[] options = name.StartsWith("fast", StringComparison.Ordinal) ? ["-movflags", "faststart"] : [];
        TestVideo.Make(_work[name], "testsrc2=s=160x120:r=25,format=yuv420p", 20, ["-c:v", codec, .. options]);
        byte[] all = File.ReadAllBytes(_work[name]);
        File.WriteAllBytes(_work[name], all[..(int)(all.Length * part)]);

        await ShouldFailAsync(ffmpeg, name, reason);
    }

    [Fact]
    public async Task Avi_CutBetweenTwoFrames_FailsAlthoughItDecodes()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.MakeSmall(_work["a.avi"]);
        byte[] all = File.ReadAllBytes(_work["a.avi"]);
        int index = all.AsSpan().LastIndexOf("00dc"u8); // in the index at the end
        int lastFrame = all.AsSpan(0, all.AsSpan().IndexOf("idx1"u8)).LastIndexOf("00dc"u8);
        index.ShouldBeGreaterThan(lastFrame);
        File.WriteAllBytes(_work["a.avi"], all[..lastFrame]);
        TestVideo.DecodedFrames(_work["a.avi"]).ShouldBe(7);

        await ShouldFailAsync(ffmpeg, "a.avi", "the file is truncated: ");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public async Task Avi_OfUnknownLength_IsDecodedToItsEnd(uint declared)
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.MakeSmall(_work["a.avi"]);
        byte[] all = File.ReadAllBytes(_work["a.avi"]);
        BitConverter.TryWriteBytes(all.AsSpan(4), declared);
        File.WriteAllBytes(_work["a.avi"], all);
        (await ExtractAsync(ffmpeg, "a.avi")).Frames.ShouldBe(8);

        Directory.Delete(_work["frames"], recursive: true);
        int end = all.AsSpan().IndexOf("idx1"u8);
        File.WriteAllBytes(_work["a.avi"], all[..(end - 40)]);
        await ShouldFailAsync(ffmpeg, "a.avi", "corrupt input packet");
    }

    [Fact]
    public async Task Video_WithDamagedBytes_Fails()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.Make(_work["a.mp4"], "testsrc2=s=160x120:r=25,format=yuv420p", 20, "-c:v", "libx264");
        using (FileStream file = File.OpenWrite(_work["a.mp4"]))
        {
            file.Position = 5000;
            file.Write(new byte[400]);
        }

        await ShouldFailAsync(ffmpeg, "a.mp4", "");
    }

    [Fact]
    public async Task File_WithoutAVideo_FailsWithTheReason()
    {
        Ffmpeg ffmpeg = installed.Required;
        File.WriteAllText(_work["text.mp4"], "This is no video.\n");
        File.WriteAllText(_work["empty.mp4"], "");
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", _work["sound.mp4"]);

        await ShouldFailAsync(ffmpeg, "text.mp4", "moov atom not found");
        await ShouldFailAsync(ffmpeg, "empty.mp4", "the file is empty");
        await ShouldFailAsync(ffmpeg, "sound.mp4", "matches no streams");
        await ShouldFailAsync(ffmpeg, "absent.mp4", "absent.mp4");
    }

    [Fact]
    public async Task Video_WithoutAFrame_Fails()
    {
        Ffmpeg ffmpeg = await StandInAsync("exit 0");
        TestVideo.MakeSmall(_work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "no frame could be decoded");
    }

    [Fact]
    public async Task Sound_WithCoverPicture_IsNoVideo()
    {
        Ffmpeg ffmpeg = installed.Required;
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1", _work["cover.png"]);
        InstalledFfmpeg.Run(
            "-i", _work["cover.png"], "-f", "lavfi", "-i", "sine=duration=0.3", "-map", "0", "-map", "1",
            "-c:v", "copy", "-disposition:v:0", "attached_pic", _work["song.mp4"]);

        await ShouldFailAsync(ffmpeg, "song.mp4", "matches no streams");
    }

    [Fact]
    public async Task Video_WithSoundAndCoverPicture_GivesItsOwnFrames()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.MakeSmall(_work["a.mp4"]);
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1", _work["cover.png"]);
        InstalledFfmpeg.Run(
            "-i", _work["cover.png"], "-i", _work["a.mp4"], "-f", "lavfi", "-i", "sine=duration=0.3",
            "-map", "0", "-map", "1", "-map", "2", "-c:v", "copy", "-disposition:v:0", "attached_pic", _work["full.mp4"]);

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "full.mp4");

        outcome.ShouldBe(new ExtractionOutcome(ExtractionStatus.Done, 8, 64, 48, null));
    }

    [Fact]
    public async Task Frames_Finished_AreSkippedUntilAnythingChanges()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.MakeSmall(_work["a.mp4"]);
        (await ExtractAsync(ffmpeg, "a.mp4")).Status.ShouldBe(ExtractionStatus.Done);
        (await ExtractAsync(ffmpeg, "a.mp4")).ShouldBe(new(ExtractionStatus.Skipped, 8, 64, 48, null));

        var other = new FrameOptions { ShortSide = 24 };
        (await ExtractAsync(ffmpeg, "a.mp4", other)).ShouldBe(new(ExtractionStatus.Done, 8, 32, 24, null));
        other = other with { JpegQuality = 50 };
        (await ExtractAsync(ffmpeg, "a.mp4", other)).Status.ShouldBe(ExtractionStatus.Done);
        File.Delete(Path.Combine(_work["frames"], "image_00003.jpg"));
        (await ExtractAsync(ffmpeg, "a.mp4", other)).Status.ShouldBe(ExtractionStatus.Done);
        File.WriteAllText(Path.Combine(_work["frames"], "frames.json"), "{ damaged");
        (await ExtractAsync(ffmpeg, "a.mp4", other)).Status.ShouldBe(ExtractionStatus.Done);
        TestVideo.MakeSmall(_work["a.mp4"], frames: 5);
        (await ExtractAsync(ffmpeg, "a.mp4", other)).ShouldBe(new(ExtractionStatus.Done, 5, 32, 24, null));
        Directory.GetFiles(_work["frames"]).Length.ShouldBe(6);
    }

    [Fact]
    public async Task Folder_WithForeignFiles_IsNotDeleted()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.MakeSmall(_work["a.mp4"]);
        File.WriteAllText(_work.NewFile("frames/thesis.tex"), "years of work");

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mp4");

        outcome.Reason!.ShouldContain("thesis.tex");
        File.ReadAllText(_work["frames/thesis.tex"]).ShouldBe("years of work");
    }

    [Fact]
    public async Task Frames_LeftShortByAFullDisk_Fail()
    {
        Ffmpeg ffmpeg = await StandInAsync("""
            "$real" "$@" && truncate -s -1 image_00002.jpg
            """);
        TestVideo.MakeSmall(_work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "image_00002.jpg was not written in full");
    }

    [Fact]
    public async Task Frames_OtherThanReported_Fail()
    {
        Ffmpeg ffmpeg = await StandInAsync("""
            "$real" "$@" && rm image_00008.jpg
            """);
        TestVideo.MakeSmall(_work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "ffmpeg reported 8 frames and 7 are there");
    }

    [Fact]
    public async Task Ffmpeg_ThatEndsBadlyWithoutAWord_IsAFailure()
    {
        Ffmpeg ffmpeg = await StandInAsync("""
            "$real" "$@"; exit 3
            """);
        TestVideo.MakeSmall(_work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "ffmpeg ended with status 3");
    }

    [Fact]
    public async Task Ffmpeg_ThatFillsBothOutputs_IsReadToItsEnd()
    {
        Ffmpeg ffmpeg = await StandInAsync("""
            yes '[h264 @ 0x1] [error] noise' | head -n 40000 >&2; yes noise | head -n 40000; echo '[error] the end' >&2
            """);
        TestVideo.MakeSmall(_work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "the end");
    }

    [Fact]
    public async Task Cancellation_InTheMiddle_KillsFfmpegAndLeavesNothing()
    {
        Ffmpeg ffmpeg = await StandInAsync($"""
            "$real" "$@"; echo $$ > '{_work.Path}/pid.new'; mv '{_work.Path}/pid.new' '{_work.Path}/pid'; sleep 60
            """);
        TestVideo.MakeSmall(_work["a.mp4"]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<ExtractionOutcome> work = new FrameExtractor(ffmpeg, new FrameOptions())
            .ExtractAsync(_work["a.mp4"], _work["frames"], cancellation: stop.Token);
        while (!File.Exists(_work["pid"])) await Task.Delay(10, TestContext.Current.CancellationToken);
        Directory.GetFiles(_work["frames.partial-extraction"]).Length.ShouldBe(8);

        await stop.CancelAsync();

        // The stand-in would sleep on for a minute.
        await Should.ThrowAsync<OperationCanceledException>(
            () => work.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Directory.Exists("/proc/" + File.ReadAllText(_work["pid"]).Trim()).ShouldBeFalse();
        Directory.GetDirectories(_work.Path, "frames*").ShouldBeEmpty();
    }

    private Task<ExtractionOutcome> ExtractAsync(Ffmpeg ffmpeg, string name, FrameOptions? options = null) =>
        new FrameExtractor(ffmpeg, options ?? new FrameOptions())
            .ExtractAsync(_work[name], _work["frames"], cancellation: TestContext.Current.CancellationToken);

    private async Task ShouldFailAsync(Ffmpeg ffmpeg, string name, string reason)
    {
        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, name);
        outcome.Status.ShouldBe(ExtractionStatus.Failed);
        outcome.Reason.ShouldNotBeNullOrWhiteSpace();
        outcome.Reason.ShouldContain(reason);
        Directory.GetDirectories(_work.Path, "frames*").ShouldBeEmpty();
    }

    /// <summary>A script in place of ffmpeg; questions about the version still go to the real one.</summary>
    private async Task<Ffmpeg> StandInAsync(string work)
    {
        _ = installed.Required;
        string script = _work["ffmpeg"];
        File.WriteAllText(
            script, $"#!/bin/sh\nreal={InstalledFfmpeg.Program}\n[ $# -le 2 ] && exec \"$real\" \"$@\"\n{work}\n");
        Process.Start("chmod", ["+x", script]).WaitForExit();
        return await Ffmpeg.FindAsync(script, TestContext.Current.CancellationToken);
    }
}
