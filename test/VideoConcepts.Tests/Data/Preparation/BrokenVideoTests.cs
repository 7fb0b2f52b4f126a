using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>What is not there in full fails with a reason, and leaves no folder.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class BrokenVideoTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    [Theory]
    [InlineData("faststart.mp4", "libx264", 0.6, "")]
    [InlineData("late.mov", "mpeg4", 0.6, "moov atom not found")]
    [InlineData("a.webm", "libvpx", 0.6, "File ended prematurely")]
    [InlineData("a.mkv", "libx264", 0.9, "File ended prematurely")]
    [InlineData("a.avi", "mpeg4", 0.9, "the file is truncated: ")]
    public async Task Video_Truncated_FailsAndLeavesNothing(string name, string codec, double part, string reason)
    {
        Ffmpeg ffmpeg = Installed.Required;
        string[] options = name.StartsWith("fast", StringComparison.Ordinal) ? ["-movflags", "faststart"] : [];
        TestVideo.Make(Work[name], "testsrc2=s=160x120:r=25,format=yuv420p", 20, ["-c:v", codec, .. options]);
        byte[] all = File.ReadAllBytes(Work[name]);
        File.WriteAllBytes(Work[name], all[..(int)(all.Length * part)]);

        await ShouldFailAsync(ffmpeg, name, reason);
    }

    [Fact]
    public async Task Avi_CutBetweenTwoFrames_FailsAlthoughItDecodes()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.MakeSmall(Work["a.avi"]);
        byte[] all = File.ReadAllBytes(Work["a.avi"]);
        int index = all.AsSpan().LastIndexOf("00dc"u8); // in the index at the end
        int lastFrame = all.AsSpan(0, all.AsSpan().IndexOf("idx1"u8)).LastIndexOf("00dc"u8);
        index.ShouldBeGreaterThan(lastFrame);
        File.WriteAllBytes(Work["a.avi"], all[..lastFrame]);
        TestVideo.DecodedFrames(Work["a.avi"]).ShouldBe(7);

        await ShouldFailAsync(ffmpeg, "a.avi", "the file is truncated: ");
    }

    [Fact]
    public async Task Avi_WrittenToAPipe_IsDecodedToItsEnd()
    {
        Ffmpeg ffmpeg = Installed.Required;
        byte[] all = MakeAvi(declaredLength: uint.MaxValue);
        (await ExtractAsync(ffmpeg, "a.avi")).Frames.ShouldBe(8);

        Directory.Delete(Work["frames"], recursive: true);
        File.WriteAllBytes(Work["a.avi"], all[..(all.AsSpan().IndexOf("idx1"u8) - 40)]);
        await ShouldFailAsync(ffmpeg, "a.avi", "corrupt input packet");
    }

    [Fact]
    public async Task Avi_OfAnUnfinishedRecording_Fails()
    {
        Ffmpeg ffmpeg = Installed.Required;
        MakeAvi(declaredLength: 0);
        await ShouldFailAsync(ffmpeg, "a.avi", "does not say where it ends");
    }

    [Fact]
    public async Task Video_WithDamagedBytes_Fails()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.Make(Work["a.mp4"], "testsrc2=s=160x120:r=25,format=yuv420p", 20, "-c:v", "libx264");
        using (FileStream file = File.OpenWrite(Work["a.mp4"]))
        {
            file.Position = 5000;
            file.Write(new byte[400]);
        }

        await ShouldFailAsync(ffmpeg, "a.mp4", "");
    }

    [Fact]
    public async Task File_WithoutAVideo_FailsWithTheReason()
    {
        Ffmpeg ffmpeg = Installed.Required;
        File.WriteAllText(Work["text.mp4"], "This is no video.\n");
        File.WriteAllText(Work["empty.mp4"], "");
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", Work["sound.mp4"]);

        await ShouldFailAsync(ffmpeg, "text.mp4", "moov atom not found");
        await ShouldFailAsync(ffmpeg, "empty.mp4", "the file is empty");
        await ShouldBeNoVideoAsync(ffmpeg, "sound.mp4", "there is no video in it");
        await ShouldFailAsync(ffmpeg, "absent.mp4", "absent.mp4");
    }

    [Fact]
    public async Task Video_WithoutAFrame_Fails()
    {
        Ffmpeg ffmpeg = await StandInAsync("exit 0");
        TestVideo.MakeSmall(Work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "no frame could be decoded");
    }

    [Fact]
    public async Task Sound_WithCoverPicture_IsNoVideo()
    {
        Ffmpeg ffmpeg = Installed.Required;
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1", Work["cover.png"]);
        InstalledFfmpeg.Run(
            "-i", Work["cover.png"], "-f", "lavfi", "-i", "sine=duration=0.3", "-map", "0", "-map", "1",
            "-c:v", "copy", "-disposition:v:0", "attached_pic", Work["song.mp4"]);

        await ShouldBeNoVideoAsync(ffmpeg, "song.mp4", "there is no video in it");
    }

    [Fact]
    public async Task Frames_LeftShortByAFullDisk_Fail()
    {
        Ffmpeg ffmpeg = await StandInAsync("""
            "$real" "$@" && truncate -s -1 image_00002.jpg
            """);
        TestVideo.MakeSmall(Work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "image_00002.jpg was not written in full");
    }

    [Fact]
    public async Task Frames_OtherThanReported_Fail()
    {
        Ffmpeg ffmpeg = await StandInAsync("""
            "$real" "$@" && rm image_00008.jpg
            """);
        TestVideo.MakeSmall(Work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "ffmpeg reported 8 frames and 7 are there");
    }

    [Fact]
    public async Task Ffmpeg_ThatEndsBadlyWithoutAWord_IsAFailure()
    {
        Ffmpeg ffmpeg = await StandInAsync("""
            "$real" "$@"; exit 3
            """);
        TestVideo.MakeSmall(Work["a.mp4"]);
        await ShouldFailAsync(ffmpeg, "a.mp4", "ffmpeg ended with status 3");
    }

    private byte[] MakeAvi(uint declaredLength)
    {
        TestVideo.MakeSmall(Work["a.avi"]);
        byte[] all = File.ReadAllBytes(Work["a.avi"]);
        BitConverter.TryWriteBytes(all.AsSpan(4), declaredLength);
        File.WriteAllBytes(Work["a.avi"], all);
        return all;
    }
}
