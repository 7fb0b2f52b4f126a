using SkiaSharp;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Reports;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Reports;

public sealed class ThumbnailStripTests : IDisposable
{
    private readonly SampleReport _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void OfVideo_MovingShape_ShowsSixWholeFramesFromTheMiddlesOfItsParts()
    {
        FilmStrip strip = new ThumbnailStrip { FrameHeight = 60 }.OfVideo(_sample.Video(1, 1));
        // frames are 160×120: 80 wide each, and 2 between them
        (strip.Width, strip.Height).ShouldBe(((6 * 80) + (5 * 2), 60));
        strip.Jpeg.Length.ShouldBeLessThan(15_000);
        using SKBitmap picture = SKBitmap.Decode(strip.Jpeg);
        // The square's centre moves from 50 to 110 of 160 pixels in frames 0 to 19: 25 to 55 of 80. Shown are frames
        // 1, 5, 8, 11, 15, 18.
        int[] centres = [.. Enumerable.Range(0, 6).Select(frame => GreenCentre(picture, frame * 82, 80))];
        int[] shown = [1, 5, 8, 11, 15, 18];
        for (int i = 0; i < 6; i++) ((double)centres[i]).ShouldBe(25 + (30 * shown[i] / 19.0), 2);
    }

    [Fact]
    public void OfWindow_ShortWindow_SpansOnlyItsFrames()
    {
        FilmStrip strip = new ThumbnailStrip { FrameHeight = 60 }
            .OfWindow(new ClipOrigin(_sample.Video(1, 1), 0), new ClipOptions { Frames = 10 });
        using SKBitmap picture = SKBitmap.Decode(strip.Jpeg);
        ((double)GreenCentre(picture, 0, 80)).ShouldBe(25, 2);
        ((double)GreenCentre(picture, 5 * 82, 80)).ShouldBe(25 + (30 * 9 / 19.0), 2);
    }

    [Fact]
    public void OfWindow_OfFewerFramesThanAStripHas_ShowsEachOnce()
    {
        FilmStrip strip = new ThumbnailStrip { FrameHeight = 60 }
            .OfWindow(new ClipOrigin(_sample.Video(1, 1), 0), new ClipOptions { Frames = 4 });
        strip.Width.ShouldBe((4 * 80) + (3 * 2));
    }

    [Theory]
    [InlineData(170, 96, 170, 96)] // 16:9, as it is
    [InlineData(54, 96, 54, 96)]
    [InlineData(128, 256, 48, 96)]
    [InlineData(40, 32, 120, 96)] // small ones are enlarged
    [InlineData(400, 20, 240, 12)] // wide ones are less high
    [InlineData(1, 300, 1, 96)]
    public void OfVideo_OfAnyShape_KeepsItsProportions(int width, int height, int shownWidth, int shownHeight)
    {
        using var work = new WorkFolder();
        var video = new VideoEntry(work.Path, 6, null, "list.csv", 1);
        for (int i = 0; i < 6; i++) File.WriteAllBytes(video.FramePath(i), TinyFrames.Jpeg(width, height));
        FilmStrip strip = new ThumbnailStrip().OfVideo(video);
        (strip.Width, strip.Height).ShouldBe(((6 * shownWidth) + (5 * 2), shownHeight));
    }

    [Fact]
    public void OfMap_OfAWideFrame_DarkensWhatTheNetworkDoesNotSee()
    {
        var clips = new ClipOptions { Frames = 6, Size = 4 };
        var origin = new ClipOrigin(_sample.Video(1, 0), 0);
        var strips = new ThumbnailStrip { FrameHeight = 60, Quality = 100 };
        using SKBitmap plain = SKBitmap.Decode(strips.OfWindow(origin, clips).Jpeg);
        using SKBitmap map = SKBitmap.Decode(strips.OfMap(origin, clips, new float[6 * 16], _ => []).Jpeg);
        (map.Width, map.Height).ShouldBe((plain.Width, plain.Height));
        // of 80 pixels, the square has the 60 in the middle
        map.GetPixel(12, 3).Red.ShouldBeInRange((byte)(plain.GetPixel(12, 3).Red - 3), plain.GetPixel(12, 3).Red);
        map.GetPixel(4, 3).Red.ShouldBeLessThan((byte)(plain.GetPixel(4, 3).Red * 0.7));
        map.GetPixel(76, 3).Red.ShouldBeLessThan((byte)(plain.GetPixel(76, 3).Red * 0.7));
    }

    [Fact]
    public void OfVideo_PackedInAZip_ShowsTheSame()
    {
        using var work = new WorkFolder();
        VideoEntry video = _sample.Video(1, 1);
        using (FrameStore frames = FrameStore.Open(video.Path)!)
            FramePack.Write(frames, work["video.zip"], [], TestContext.Current.CancellationToken);
        VideoEntry packed = video with { Path = work["video.zip"] };
        new ThumbnailStrip().OfVideo(packed).Jpeg.ShouldBe(new ThumbnailStrip().OfVideo(video).Jpeg);
        ThumbnailStrip.SizeOf(packed).ShouldBe((160, 120));
    }

    [Fact]
    public void OfVideo_MissingFrame_NamesFileAndLine()
    {
        var video = new VideoEntry("/nowhere", 20, 0, "list.csv", 3);
        string message = Should.Throw<BadInputException>(() => new ThumbnailStrip().OfVideo(video)).Message;
        message.ShouldContain("list.csv:3");
        message.ShouldContain("/nowhere/image_00002.jpg");
    }

    private static int GreenCentre(SKBitmap picture, int left, int size)
    {
        int[] columns = [.. Enumerable.Range(0, size)
            .Where(x => picture.GetPixel(left + x, picture.Height / 2) is var p && p.Green > p.Red + 40)];
        return (int)columns.Average();
    }
}
