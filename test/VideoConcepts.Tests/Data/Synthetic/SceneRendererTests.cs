using SkiaSharp;
using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Tests.Data.Synthetic;

public sealed class SceneRendererTests
{
    private static readonly SyntheticOptions Options = new() { Noise = 0, MinFrames = 36, MaxFrames = 36 };

    [Fact]
    public void Render_EveryWindowOfEightFrames_ShowsMotion()
    {
        foreach (var video in SyntheticDataset.DrawTest(Options with { TestVideos = 64 }))
        {
            byte[][] frames = Frames(video.Scene);
            for (int stride = 1; stride <= 3; stride++)
                for (int start = 0; start + (7 * stride) < frames.Length; start++)
                {
                    double changed = Enumerable.Range(1, 7)
                        .Max(i => ChangedShare(frames[start], frames[start + (i * stride)]));
                    changed.ShouldBeGreaterThan(0.015, $"{video.RelativePath} {video.Scene.Motion} {start} {stride}");
                }
        }
    }

    [Fact]
    public void Boxes_AllFrames_HoldAllThatMoves()
    {
        foreach (var video in SyntheticDataset.DrawTest(Options with { TestVideos = 64 }))
        {
            using var renderer = new SceneRenderer(video.Scene, Options.Width, Options.Height);
            byte[] before = renderer.Render(10).Bytes, after = renderer.Render(11).Bytes;
            SKRectI[] boxes = [.. renderer.Boxes(10), .. renderer.Boxes(11)];
            for (int pixel = 0; pixel < before.Length / 4; pixel++)
            {
                if (before.AsSpan(4 * pixel, 4).SequenceEqual(after.AsSpan(4 * pixel, 4))) continue;
                int x = pixel % Options.Width, y = pixel / Options.Width;
                boxes.Any(box => box.Contains(x, y)).ShouldBeTrue($"{video.RelativePath}: {x},{y}");
            }
        }
    }

    [Fact]
    public void Render_SameFrameAgain_GivesTheSamePixels()
    {
        var scene = SyntheticDataset.DrawTest(Options with { TestVideos = 1, Noise = 0.05 })[0].Scene;
        using var renderer = new SceneRenderer(scene, Options.Width, Options.Height);
        byte[] first = renderer.Render(5).Bytes;
        renderer.Render(6).Bytes.ShouldNotBe(first);
        renderer.Render(5).Bytes.ShouldBe(first);
    }

    [Fact]
    public void Render_WithNoise_HasAboutTheDeviationAndNoBias()
    {
        var quiet = SyntheticDataset.DrawTest(Options with { TestVideos = 1 })[0].Scene;
        var noisy = quiet with { Noise = 0.02 };
        double[] difference = [.. Frames(noisy)[0].Zip(Frames(quiet)[0], (a, b) => (double)a - b)
            .Where((_, i) => i % 4 != 3)];
        double mean = difference.Average();
        mean.ShouldBe(0, 0.6);
        Math.Sqrt(difference.Average(value => Math.Pow(value - mean, 2))).ShouldBe(0.02 * 255, 0.7);
    }

    [Fact]
    public void Render_MeanColour_PredictsNeitherFactor()
    {
        var options = Options with { Width = 40, Height = 32 };
        var train = SyntheticDataset.DrawTrain(options).Select(v => (v.Scene, MeanColour(v.Scene, options))).ToArray();
        var test = SyntheticDataset.DrawTest(options).Select(v => (v.Scene, MeanColour(v.Scene, options))).ToArray();
        // Chance is 0.125, its deviation over 256 videos 0.02.
        NearestCentroid(train, test, scene => (int)scene.Appearance).ShouldBeLessThan(0.2);
        NearestCentroid(train, test, scene => (int)scene.Motion).ShouldBeLessThan(0.2);
    }

    private static double NearestCentroid(
        (SceneDraw Scene, double[] Colour)[] train, (SceneDraw Scene, double[] Colour)[] test,
        Func<SceneDraw, int> label)
    {
        var centroids = train.GroupBy(item => label(item.Scene)).ToDictionary(
            group => group.Key,
            group => Enumerable.Range(0, 3).Select(c => group.Average(item => item.Colour[c])).ToArray());
        int hits = test.Count(item => label(item.Scene) == centroids.MinBy(centroid =>
            centroid.Value.Zip(item.Colour, (a, b) => (a - b) * (a - b)).Sum()).Key);
        return (double)hits / test.Length;
    }

    private static double[] MeanColour(SceneDraw scene, SyntheticOptions options)
    {
        using var renderer = new SceneRenderer(scene, options.Width, options.Height);
        byte[] pixels = renderer.Render(0).Bytes;
        return [.. Enumerable.Range(0, 3).Select(c => pixels.Where((_, i) => i % 4 == c).Average(value => value))];
    }

    private static double ChangedShare(byte[] first, byte[] second)
    {
        int changed = 0;
        for (int i = 0; i < first.Length; i += 4)
            if (Math.Abs(first[i + 1] - second[i + 1]) > 25) changed++;
        return changed / (first.Length / 4.0);
    }

    private static byte[][] Frames(SceneDraw scene)
    {
        using var renderer = new SceneRenderer(scene, Options.Width, Options.Height);
        return [.. Enumerable.Range(0, scene.Frames).Select(frame => renderer.Render(frame).Bytes)];
    }
}
