using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>Frame n of the folder is frame n of a full decode, whatever the container says about time.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class FrameExactnessTests(InstalledFfmpeg installed) : IDisposable
{
    private readonly WorkFolder _work = new();

    public static TheoryData<string, string, int, string[]> Contents => new()
    {
        { "h264.mp4", "testsrc2=s=160x120:r=25", 20, ["-c:v", "libx264", "-bf", "3", "-pix_fmt", "yuv420p"] },
        {
            "mpeg4.avi", "mandelbrot=s=176x144:r=30:end_pts=30:start_scale=1:end_scale=0.01", 15,
            ["-c:v", "mpeg4", "-q:v", "2", "-bf", "2"]
        },
        { "vp8.webm", "life=s=101x77:r=15:mold=10:seed=7", 12, ["-c:v", "libvpx", "-b:v", "2M"] },
        { "vp9.webm", "cellauto=s=160x120:r=50:seed=7", 12, ["-c:v", "libvpx-vp9", "-b:v", "2M", "-cpu-used", "8"] },
        {
            "h264.mkv",
            "gradients=s=162x90:r=24000/1001:speed=0.3:x0=0:y0=0:x1=161:y1=89:c0=black:c1=yellow:nb_colors=2",
            12,
            ["-c:v", "libx264", "-pix_fmt", "yuv420p"]
        },
        { "slow.mov", "testsrc2=s=120x161:r=1/3", 5, ["-c:v", "mpeg4", "-q:v", "2"] },
    };

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(Contents))]
    public async Task Frames_OfAnySource_AreThoseOfTheFullDecode(
        string name, string source, int count, string[] encoding)
    {
        Ffmpeg ffmpeg = installed.Required;
        string video = _work[name];
        TestVideo.Make(video, source, count, encoding);

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, video);

        outcome.Reason.ShouldBeNull();
        outcome.Frames.ShouldBe(TestVideo.DecodedFrames(video));
        outcome.Frames.ShouldBe(count);
        var (width, height, frames) = TestVideo.ReadFrames(_work["frames"]);
        (outcome.Width, outcome.Height).ShouldBe((width, height));
        TestVideo.ShouldMatch(frames, TestVideo.Decode(video, width, height));
    }

    [Theory]
    [InlineData("bframes.mp4", "null", 40, "libx264")]
    [InlineData("gaps.avi", "select='not(mod(n\\,5))'", 20, "mpeg4")]
    [InlineData("holes.avi", "select='lt(mod(n\\,10)\\,3)'", 20, "mpeg4")]
    [InlineData("variable.mkv", "select='lt(n\\,9)+not(mod(n\\,7))'", 20, "libx264")]
    [InlineData("uneven.mp4", "settb=1/90000,setpts='N*3000+mod(N\\,3)*1400'", 30, "libx264")]
    [InlineData("close.webm", "settb=1/1000,setpts='N*2'", 20, "libvpx")]
    public async Task Frames_WithUnevenTimeStamps_KeepTheirOrder(string name, string filter, int count, string codec)
    {
        Ffmpeg ffmpeg = installed.Required;
        string video = _work[name];
        TestVideo.Make(video, $"{TestVideo.Numbered},{filter}", count, "-c:v", codec, "-qmax", "4", "-b:v", "2M");

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, video);

        outcome.Reason.ShouldBeNull();
        outcome.Frames.ShouldBe(TestVideo.DecodedFrames(video));
        Numbers(TestVideo.ReadFrames(_work["frames"]).Frames).ShouldBe(Kept(name, count));
    }

    [Theory]
    [InlineData(10.0, new[] { 0, 3, 6, 9, 12, 15, 18, 21, 24, 27 })]
    [InlineData(60.0, new[]
        {
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
        })]
    [InlineData(25.0,
        new[] { 0, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 26, 27, 28, 29 })]
    public async Task Frames_WithALimitPerSecond_AreTheFirstOfEachPartAndNeverRepeated(double limit, int[] kept)
    {
        Ffmpeg ffmpeg = installed.Required;
        string video = _work["limited.mp4"];
        TestVideo.Make(video, TestVideo.Numbered, 30, "-c:v", "libx264", "-qmax", "4");

        ExtractionOutcome outcome = await new FrameExtractor(ffmpeg, new FrameOptions { FpsLimit = limit })
            .ExtractAsync(video, _work["frames"], null, TestContext.Current.CancellationToken);

        outcome.Reason.ShouldBeNull();
        Numbers(TestVideo.ReadFrames(_work["frames"]).Frames).ShouldBe(kept);
    }

    [Fact]
    public async Task Frames_OfUnevenTimesWithALimitPerSecond_AreAllWritten()
    {
        Ffmpeg ffmpeg = installed.Required;
        string video = _work["uneven.mkv"];
        // Four frames within a fifth of a second, then two seconds until the next.
        TestVideo.Make(video, $"{TestVideo.Numbered},settb=1/1000,setpts='2000*floor(N/4)+50*mod(N\\,4)'", 16,
            "-c:v", "libx264", "-qmax", "4");

        ExtractionOutcome outcome = await new FrameExtractor(ffmpeg, new FrameOptions { FpsLimit = 100 })
            .ExtractAsync(video, _work["frames"], null, TestContext.Current.CancellationToken);

        outcome.Reason.ShouldBeNull();
        Numbers(TestVideo.ReadFrames(_work["frames"]).Frames).ShouldBe(Enumerable.Range(0, 16));
    }

    [Fact]
    public async Task Frames_OfARotatedVideo_StandUpright()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.Make(_work["lying.mp4"], "testsrc2=s=160x90:r=25,format=yuv420p", 6, "-c:v", "libx264");
        InstalledFfmpeg.Run(
            "-i", _work["lying.mp4"], "-c", "copy", "-metadata:s:v:0", "rotate=90", _work["rotated.mp4"]);

        await ExtractAsync(ffmpeg, _work["rotated.mp4"]);

        var (width, height, frames) = TestVideo.ReadFrames(_work["frames"]);
        (width, height).ShouldBe((90, 160));
        TestVideo.ShouldMatch(frames, [.. TestVideo.Decode(_work["lying.mp4"], 160, 90).Select(TurnLeft)]);
    }

    [Fact]
    public async Task Frames_OfAVideoThatChangesItsSize_AllHaveTheFirstSize()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.Make(_work["1.ts"], "testsrc2=s=200x120:r=25,format=yuv420p", 6, "-c:v", "libx264");
        TestVideo.Make(
            _work["2.ts"], "testsrc2=s=100x160:r=25,format=yuv420p", 6, "-c:v", "libx264", "-output_ts_offset", "0.24");
        File.WriteAllBytes(
            _work["both.ts"], [.. File.ReadAllBytes(_work["1.ts"]), .. File.ReadAllBytes(_work["2.ts"])]);
        InstalledFfmpeg.Run("-i", _work["both.ts"], "-c", "copy", _work["changing.mkv"]);

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, _work["changing.mkv"]);

        outcome.Frames.ShouldBe(12);
        var (width, height, frames) = TestVideo.ReadFrames(_work["frames"]);
        (width, height).ShouldBe((200, 120));
        byte[][] decoded = TestVideo.Decode(_work["changing.mkv"], width, height);
        for (int i = 0; i < 12; i++) TestVideo.Difference(frames[i], decoded[i]).ShouldBeLessThan(6);
    }

    [Fact]
    public async Task Frames_OfBt709Video_HaveTheColoursOfThePicture()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.Make(
            _work["red.mp4"],
            "color=red:s=64x48:r=5,format=rgb24,scale=out_color_matrix=bt709,format=yuv420p", 2,
            "-c:v", "libx264", "-qp", "1", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709");

        await ExtractAsync(ffmpeg, _work["red.mp4"]);

        byte[] frame = TestVideo.ReadFrames(_work["frames"]).Frames[0];
        frame[0].ShouldBeGreaterThan((byte)250);
        frame[1].ShouldBeLessThan((byte)6);
    }

    private Task<ExtractionOutcome> ExtractAsync(Ffmpeg ffmpeg, string video) =>
        new FrameExtractor(ffmpeg, new FrameOptions { JpegQuality = 100 })
            .ExtractAsync(video, _work["frames"], cancellation: TestContext.Current.CancellationToken);

    /// <summary>The source numbers of the frames, from their brightness.</summary>
    private static int[] Numbers(byte[][] frames) =>
        [.. frames.Select(frame => Enumerable.Range(0, 200).MinBy(n =>
            Math.Abs(((TestVideo.Luma(n) - 16) * 255.0 / 219) - frame.Average(value => (double)value))))];

    /// <summary>The source numbers that the select filter of a test lets through.</summary>
    private static int[] Kept(string name, int count)
    {
        Func<int, bool> keep = name switch
        {
            "gaps.avi" => n => n % 5 == 0,
            "holes.avi" => n => n % 10 < 3,
            "variable.mkv" => n => n < 9 || n % 7 == 0,
            _ => _ => true,
        };
        return [.. Enumerable.Range(0, 200).Where(keep).Take(count)];
    }

    /// <summary>An RGB picture of 160×90 turned left by 90°, which is what ffmpeg 5's rotate=90 stands for.</summary>
    private static byte[] TurnLeft(byte[] picture)
    {
        var turned = new byte[picture.Length];
        for (int y = 0; y < 160; y++)
            for (int x = 0; x < 90; x++)
                picture.AsSpan(3 * ((x * 160) + 159 - y), 3).CopyTo(turned.AsSpan(3 * ((y * 90) + x)));
        return turned;
    }
}
