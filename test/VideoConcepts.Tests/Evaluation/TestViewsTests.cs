using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Evaluation;

/// <summary>Every pixel that a network sees, of squares as large as a clip: nothing is resampled.</summary>
public sealed class TestViewsTests
{
    private const int Frames = 4;
    private static readonly VideoEntry Video = new("/videos/0", 6, 0, "list.csv", 1); // windows at 0, 1 and 2

    // 10 × 8 pixels: squares of 7, three columns and one row to spare.
    private static readonly (int X, int Y)[] Corners = [(0, 0), (3, 0), (0, 1), (3, 1), (2, 0)];

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void Of_FiveOrTenViews_AreTheCornersAndTheMiddleAndThenTheSameMirrored(int count)
    {
        var frames = new MarkedFrames(10, 8);
        ClipTable clips = Seen(frames, 7, count);
        clips.Origins.Select(origin => origin.Start).ShouldBe([0, 1, 2]);
        Levels(clips, 7).ShouldBe(clips.Origins.SelectMany(origin => Enumerable.Range(0, count).SelectMany(view =>
            Enumerable.Range(0, Frames).SelectMany(t =>
                frames.Square(origin.Start + t, Corners[view % 5].X, Corners[view % 5].Y, 7, mirrored: view >= 5)))));
    }

    [Theory]
    [InlineData(10, 8, 1, 0)]
    [InlineData(8, 11, 0, 1)]
    [InlineData(8, 8, 0, 0)]
    public void Of_OneView_IsTheSquareInTheMiddleAsItIs(int width, int height, int x, int y)
    {
        var frames = new MarkedFrames(width, height);
        ClipTable clips = Seen(frames, 8, 1);
        Levels(clips, 8).ShouldBe(clips.Origins.SelectMany(origin => Enumerable.Range(0, Frames)
            .SelectMany(t => frames.Square(origin.Start + t, x, y, 8, mirrored: false))));
    }

    private static ClipTable Seen(MarkedFrames frames, int size, int views) => new FeatureExtractor(
        new ClipOptions { Frames = Frames, Size = size }, new ExtractionOptions { BatchSize = 2, Workers = 1 },
        () => frames, views: TestViews.Of(views)).ExtractClips([Video], clips => clips.transpose(1, 2).flatten(1),
            cancellation: TestContext.Current.CancellationToken);

    /// <summary>What was made of the pixels, undone.</summary>
    private static byte[] Levels(ClipTable clips, int size) => [.. clips.Values.Select((value, i) =>
    {
        int channel = i / (size * size) % 3;
        float level = ((value * Normalization.Std[channel]) + Normalization.Mean[channel]) * 255;
        level.ShouldBe(MathF.Round(level), 1e-3f);
        return checked((byte)MathF.Round(level));
    })];
}
