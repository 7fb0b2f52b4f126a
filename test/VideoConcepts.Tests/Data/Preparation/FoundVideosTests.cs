using System.Text.Json;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>What of a folder is taken as a video, and what becomes of the rest.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class FoundVideosTests(InstalledFfmpeg installed) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) RawPath.Shell(_work.Path, "chmod -R u+rwx .");
        RawPath.Empty(_work.Path);
        _work.Dispose();
    }

    [Fact]
    public void Search_AmongOtherFiles_TakesVideosByContentAndCountsTheRest()
    {
        MakeVideo("in/clip"); // no ending
        MakeVideo("in/stream.ts");
        MakeVideo("in/data.bin");
        MakeVideo("in/.hidden");
        foreach (string name in (string[])["code.ts", "b.txt", "a.TXT", "README", "Dr. Who and more"])
            File.WriteAllText(_work["in/" + name], "some text");
        File.WriteAllText(_work["in/broken.mp4"], "no video");
        File.CreateSymbolicLink(_work["in/gone.txt"], _work["nowhere"]);
        File.WriteAllBytes(_work["in/moving.webp"], AnimatedWebP);
        RawPath.Shell(_work["in"], "mkfifo pipe queue.mp4");

        FoundVideos found = VideoFolder.Search(_work["in"]);

        found.Videos.Select(video => video.Name).ShouldBe(["broken.mp4", "clip", "data.bin", "stream.ts"]);
        found.Others.ToString().ShouldBe("6 files are no videos: .txt 3, no ending 2, .ts 1");
        found.LeftOut.Select(what => $"{what.Name}: {what.Reason}").ShouldBe(
            ["moving.webp: animated WebP cannot be read; convert it to GIF or mp4",
            "queue.mp4: a pipe, a socket or a device, not a file"]);
    }

    [Fact]
    public void Others_OfManyKinds_AreSaidInOneLine()
    {
        var others = new OtherFiles();
        others.Add("a.x0");
        others.ToString().ShouldBe("1 file is no video: .x0 1");
        for (int kind = 1; kind < 10; kind++) others.Add($"a.x{kind}");
        others.Add("b.x9");
        others.ToString().ShouldBe(
            "11 files are no videos: .x9 2, .x0 1, .x1 1, .x2 1, .x3 1, .x4 1, .x5 1, .x6 1, …");
    }

    [Fact]
    public void Search_ThroughLinks_TakesTheNameThatIsAVideos()
    {
        // As in a store by content: the names are elsewhere.
        MakeVideo("in/blobs/0f3a");
        MakeVideo("in/blobs/77c1", 1);
        Directory.CreateDirectory(_work["in/walk"]);
        File.CreateSymbolicLink(_work["in/walk/a.mp4"], _work["in/blobs/0f3a"]);
        File.CreateSymbolicLink(_work["in/walk/b"], _work["in/blobs/77c1"]);

        FoundVideos found = VideoFolder.Search(_work["in"]);

        found.Videos.Select(video => video.Name).ShouldBe(["blobs/77c1", "walk/a.mp4"]);
        found.LeftOut.Select(what => $"{what.Name}: {what.Reason}").ShouldBe(["walk/b: the same file as blobs/77c1"]);
        found.Others.Total.ShouldBe(0);
    }

    [Fact]
    public void Search_OfAnUnreadableFile_SaysSoAndLeavesItOut()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root reads everything.");
        MakeVideo("in/a.mp4");
        MakeVideo("in/b");
        RawPath.Shell(_work["in"], "chmod 0 b");
        VideoFolder.Search(_work["in"]).LeftOut.Single().Name.ShouldBe("b");
    }

    [Fact]
    public async Task NamesOfAnyBytes_WithoutAnEnding_AreRead()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideo("in/a");
        RawPath.Shell(_work["in"], """cp a "$(printf 'caf\351')"; cp a "$(printf 'x\ny')" """);

        PreparationResult result = await PrepareAsync(ffmpeg);

        (result.Done, result.Failed).ShouldBe((3, 0));
        File.ReadAllLines(_work["out/videos.csv"]).ShouldBe(
            ["frames/a,8", @"frames/caf\xE9,8", @"frames/x\ny,8"]);
    }

    [Fact]
    public async Task Files_ThatAreNoVideos_AreNamedAndNoFailures()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideo("in/a");
        TestVideo.Make(_work["in/one.gif"], "testsrc2=s=64x48", 1);
        TestVideo.Make(_work["in/one.mp4"], "testsrc2=s=64x48", 1, "-c:v", "mpeg4");
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", _work["in/sound.mkv"]);
        File.WriteAllText(_work["in/notes.txt"], "text");

        PreparationResult result = await PrepareAsync(ffmpeg);

        (result.Done, result.Failed, result.NoVideo).ShouldBe((1, 0, 3));
        Directory.GetDirectories(_work["out/frames"]).ShouldBe([_work["out/frames/a"]]);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(result.Report));
        report.RootElement.GetProperty("noVideo").EnumerateArray()
            .Select(file => $"{file.GetProperty("video")}: {file.GetProperty("reason")}").ShouldBe(
                ["one.gif: one picture, not a video", "one.mp4: one picture, not a video",
                "sound.mkv: there is no video in it, only sound or a cover picture"]);
        report.RootElement.GetProperty("otherFiles").ToString().Where(c => !char.IsWhiteSpace(c))
            .ShouldBe("""[{"ending":".txt","files":1}]""");
        report.RootElement.GetProperty("counts").GetProperty("noVideo").GetInt32().ShouldBe(3);
        result = await PrepareAsync(ffmpeg);
        (result.Skipped, result.Failed, result.NoVideo).ShouldBe((1, 0, 3));
    }

    [Fact]
    public async Task Video_WithOneFrameLeftByALimit_IsStillOne()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideo("in/a");
        TestVideo.Make(_work["in/one.gif"], "testsrc2=s=64x48", 1);
        var slow = new FrameOptions { FpsLimit = 0.1 };
        PreparationResult result = await PrepareAsync(ffmpeg, options => options with { Frames = slow });
        (result.Done, result.NoVideo, result.Frames).ShouldBe((1, 1, 1));
        (await PrepareAsync(ffmpeg, options => options with { Frames = slow })).Skipped.ShouldBe(1);
    }

    [Fact]
    public async Task Frames_OfOnePictureByAnEarlierVersion_AreNoFinishedVideo()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideo("in/a");
        await PrepareAsync(ffmpeg);
        string record = _work["out/frames/a/frames.json"];
        File.WriteAllText(record, File.ReadAllText(record).Replace("\"frames\": 8", "\"frames\": 1",
            StringComparison.Ordinal));
        for (int i = 2; i <= 8; i++) File.Delete(_work[$"out/frames/a/image_0000{i}.jpg"]);
        (await PrepareAsync(ffmpeg)).Done.ShouldBe(1);
    }

    [Theory]
    [InlineData("in/out", "in/out", "out: the folder of the results")]
    [InlineData("in", "in", "frames: the folder of the results")]
    [InlineData("in/out", "link", "out: the folder of the results")]
    public async Task Output_AmongTheVideos_IsNotLookedInto(string output, string second, string leftOut)
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideo("in/a");
        File.CreateSymbolicLink(_work["link"], _work["in/out"]);
        (await PrepareAsync(ffmpeg, options => options with { Output = _work[output] })).Done.ShouldBe(1);

        PreparationResult result = await PrepareAsync(ffmpeg, options => options with { Output = _work[second] });

        (result.Done, result.Skipped).ShouldBe((0, 1));
        result.Plan.Others.Total.ShouldBe(0);
        result.Plan.LeftOut.Select(what => $"{what.Name}: {what.Reason}").ShouldBe([leftOut]);
    }

    [Fact]
    public async Task Official_ListedFileOfOneFrame_IsAFailureAndAPreviewIsNotTaken()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideo("in/aaaaaaaaaaa_000000_000010.mp4");
        TestVideo.Make(_work["in/aaaaaaaaaaa_000000_000010.gif"], "testsrc2=s=64x48:r=5", 3);
        TestVideo.Make(_work["in/bbbbbbbbbbb_000000_000010.mp4"], "testsrc2=s=64x48", 1, "-c:v", "mpeg4");
        MakeVideo("in/ccccccccccc_000000_000010"); // by content
        _work.Write("lists/train.csv", "label,youtube_id,time_start,time_end,split\nx,aaaaaaaaaaa,0,10,train\n"
            + "x,bbbbbbbbbbb,0,10,train\nx,ccccccccccc,0,10,train\n");

        PreparationResult result = await PrepareAsync(ffmpeg, options =>
            options with { Dataset = Dataset.Kinetics400, Lists = _work["lists"] });

        (result.Done, result.Failed, result.NoVideo).ShouldBe((2, 1, 0));
        result.Videos[1].Outcome.Reason.ShouldBe("one picture, not a video");
        File.ReadAllLines(_work["out/train.csv"]).ShouldBe(
            ["frames/aaaaaaaaaaa_000000_000010.mp4,8", "frames/ccccccccccc_000000_000010,8"]);
    }

    private void MakeVideo(string name, int variant = 0)
    {
        TestVideo.MakeSmall(_work.NewFile("small.mp4"), 8, variant);
        File.Move(_work["small.mp4"], _work.NewFile(name));
    }

    /// <summary>The beginning of a file of several pictures: nothing after it is looked at.</summary>
    private static byte[] AnimatedWebP => [.. "RIFF"u8, 30, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 2, .. new byte[9]];

    private Task<PreparationResult> PrepareAsync(Ffmpeg ffmpeg,
        Func<PreparationOptions, PreparationOptions>? change = null)
    {
        var options = new PreparationOptions { Videos = _work["in"], Output = _work["out"], CheckDiskSpace = false };
        return new DatasetPreparation(ffmpeg, change?.Invoke(options) ?? options)
            .RunAsync(cancellation: TestContext.Current.CancellationToken);
    }
}
