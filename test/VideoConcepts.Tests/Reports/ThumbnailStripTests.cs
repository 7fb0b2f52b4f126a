using SkiaSharp;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Reports;

namespace VideoConcepts.Tests.Reports;

public sealed class ThumbnailStripTests : IDisposable
{
    private readonly SampleReport _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void OfVideo_MovingShape_ShowsFourDifferentFrames()
    {
        FilmStrip strip = new ThumbnailStrip { FrameSize = 60 }.OfVideo(_sample.Video(1, 1));
        (strip.Width, strip.Height).ShouldBe((246, 60));
        strip.Jpeg.Length.ShouldBeLessThan(10_000);
        using SKBitmap picture = SKBitmap.Decode(strip.Jpeg);
        // The square moves to the right by 60 of 120 pixels, 30 of a frame's 60.
        int[] centres = [.. Enumerable.Range(0, 4).Select(frame => GreenCentre(picture, frame * 62, 60))];
        centres[0].ShouldBeInRange(13, 17);
        centres[3].ShouldBeInRange(43, 47);
        centres.ShouldBe(centres.Order());
    }

    [Fact]
    public void OfWindow_ShortWindow_SpansOnlyItsFrames()
    {
        FilmStrip strip = new ThumbnailStrip { FrameSize = 60 }
            .OfWindow(new ClipOrigin(_sample.Video(1, 1), 0), new ClipOptions { Frames = 10 });
        using SKBitmap picture = SKBitmap.Decode(strip.Jpeg);
        GreenCentre(picture, 3 * 62, 60).ShouldBeInRange(27, 31);
    }

    [Fact]
    public void OfVideo_MissingFrame_NamesFileAndLine()
    {
        var video = new VideoEntry("/nowhere", 20, 0, "list.csv", 3);
        string message = Should.Throw<BadInputException>(() => new ThumbnailStrip().OfVideo(video)).Message;
        message.ShouldContain("list.csv:3");
        message.ShouldContain("/nowhere/image_00001.jpg");
    }

    private static int GreenCentre(SKBitmap picture, int left, int size)
    {
        int[] columns = [.. Enumerable.Range(0, size)
            .Where(x => picture.GetPixel(left + x, size / 2) is var p && p.Green > p.Red + 40)];
        return (int)columns.Average();
    }
}
