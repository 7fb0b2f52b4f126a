using TorchSharp;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Evaluation;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

public sealed class MovingMasksTests
{
    private const int Side = 64;

    // One object that travels, not so large that it covers a place for half of the time.
    private static readonly SyntheticOptions Options = new()
    {
        Width = Side,
        Height = Side,
        MinFrames = 40,
        MaxFrames = 40,
        TrainVideos = 1,
        TestVideos = 16,
        Objects = 1,
        MinSize = 0.28,
        MaxSize = 0.32,
    };

    [Fact]
    public void Positions_AnyLength_AreDistinctWithinTheShot()
    {
        foreach (int count in (int[])[1, 2, 30, 31, 32, 1000])
        {
            int[] positions = StillBackground.Positions(7, count);
            positions.Length.ShouldBe(Math.Min(31, count));
            positions.ShouldBe(positions.Distinct().Order());
            positions.ShouldAllBe(p => p >= 7 && p < 7 + count);
        }
    }

    [Fact]
    public void Background_OfNoise_HasItsDeviation()
    {
        var random = RandomStream.For(1);
        byte[][] frames = new byte[31][];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = new byte[3000];
            for (int p = 0; p < 3000; p++) frames[i][p] = (byte)Math.Round(128 + (8 * random.NextNormal()));
        }
        StillBackground found = StillBackground.Of(frames);
        found.Pixels.Average(p => p).ShouldBe(128, 0.2);
        found.Noise.ShouldBe(8, 1.5); // whole levels: 5 · 1.4826 = 7.4
    }

    [Fact]
    public void Of_GeneratedVideosOfOneTravellingObject_FindsTheExactObject()
    {
        double[] overlaps = [.. SyntheticDataset.DrawTest(Options).Where(v => v.Scene.Paths[0].Wraps)
            .Select(v => Overlap(v.Scene))];
        overlaps.Length.ShouldBe(6);
        overlaps.Average().ShouldBeGreaterThan(0.8);
        overlaps.Min().ShouldBeGreaterThan(0.65);
    }

    [Fact]
    public void Of_LightThatChangesEverywhere_IsNoMotion()
    {
        SceneDraw scene = SyntheticDataset.DrawTest(Options)[0].Scene;
        byte[] still = Planes(scene, 0);
        byte[] darker = [.. still.Select(level => (byte)Math.Max(0, level - 30))];
        using var scope = NewDisposeScope();
        Tensor clip = tensor(darker, [1, 1, 3, Side, Side]);
        MovingMasks.Of(clip, new StillBackground(still, 1)).sum().item<long>().ShouldBe(0);
    }

    // Intersection over union of the mask with where the object is, mean over frames.
    private static double Overlap(SceneDraw scene)
    {
        using var scope = NewDisposeScope();
        byte[][] frames = [.. Enumerable.Range(0, scene.Frames).Select(f => Planes(scene, f))];
        StillBackground background =
            StillBackground.Of([.. StillBackground.Positions(0, scene.Frames).Select(f => frames[f])]);
        int[] looked = [3, 13, 23, 33];
        Tensor clip = tensor(looked.SelectMany(f => frames[f]).ToArray(), [1, looked.Length, 3, Side, Side]);
        byte[] mask = MovingMasks.Of(clip, background).data<byte>().ToArray();
        return looked.Select((frame, i) =>
        {
            // what differs before black and before white is background
            byte[] dark = Planes(Before(scene, 0), frame), bright = Planes(Before(scene, 255), frame);
            int both = 0, either = 0;
            for (int p = 0; p < Side * Side; p++)
            {
                bool isObject = bright[p] - dark[p] < 128, isFound = mask[(i * Side * Side) + p] == 1;
                if (isObject && isFound) both++;
                if (isObject || isFound) either++;
            }
            return both / (double)either;
        }).Average();
    }

    private static SceneDraw Before(SceneDraw scene, byte level) => scene with
    {
        Noise = 0,
        Foreign = scene.Background with
        {
            First = new(level, level, level),
            Second = new(level, level, level),
            Shade = 0,
        },
    };

    private static byte[] Planes(SceneDraw scene, int frame)
    {
        using var renderer = new SceneRenderer(scene, Side, Side);
        byte[] rgba = renderer.Render(frame).Bytes;
        var planes = new byte[3 * Side * Side];
        for (int i = 0; i < Side * Side; i++)
            for (int c = 0; c < 3; c++) planes[(c * Side * Side) + i] = rgba[(4 * i) + c];
        return planes;
    }
}
