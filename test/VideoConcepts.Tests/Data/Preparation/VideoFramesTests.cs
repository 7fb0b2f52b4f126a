using VideoConcepts.Data.Preparation;
using VideoConcepts.Files;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>A video as one stream of frames.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class VideoFramesTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WithAStride_GivesEveryManiethFrameAndTheTimesOfAll()
    {
        TestVideo.Make(Work["a.mp4"], TestVideo.Numbered, 10, "-c:v", "mpeg4", "-q:v", "2");
        var times = new FrameTimes();
        List<(int Position, int Grey)> seen = [];
        StreamedVideo video = await new VideoFrames(Installed.Required) { Stride = 3 }.ReadAsync(
            new RawFile(Work["a.mp4"]), times, (position, image) => seen.Add((position, image.Pixels[300])), Stop);
        video.ShouldBe(default);
        seen.Select(frame => frame.Position).ShouldBe([0, 3, 6, 9]);
        foreach ((int position, int grey) in seen) // luma 16 to 235 as 0 to 255
            ((double)grey).ShouldBe((TestVideo.Luma(position) - 16) * 255.0 / 219, 4, $"frame {position}");
        times.Count.ShouldBe(10);
        times.Of(9, Stop).Start.ShouldBe(0.3, 1e-3);
    }

    /// <summary>A process that is ended leaves half a picture: that is no fault of the video.</summary>
    [Fact]
    public async Task Read_Stopped_IsStoppedAndNotAVideoThatFailed()
    {
        TestVideo.MakeSmall(Work["a.mp4"], 2);
        Ffmpeg ffmpeg = await StandInAsync("""
            echo '[info]   Stream #0:0: Video: mpeg4, yuv420p(tv), 4x4, 25 fps' >&2
            printf 'P6\n4 4\n255\n'; head -c 48 /dev/zero
            printf 'P6\n4 4\n255\nxxxx'
            exec sleep 600
            """);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await Should.ThrowAsync<OperationCanceledException>(() => new VideoFrames(ffmpeg).ReadAsync(
            new RawFile(Work["a.mp4"]), new FrameTimes(), (_, _) => stop.Cancel(), stop.Token));
    }
}
