using TorchSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

public sealed class TimeCuesTests
{
    private static readonly TimeCueOptions Options = new() { Steps = 1000, BatchSize = 16 };

    // Feature 0 is high forward and low backward; feature 1 says nothing.
    private static ClipTable Pairs(int clips, float gap)
    {
        var random = RandomStream.For(3);
        var values = new List<float>();
        for (int i = 0; i < clips; i++)
        {
            float noise = (float)random.NextDouble(-1, 1);
            values.AddRange([gap + 0.1f * noise, noise, -gap + 0.1f * noise, noise]);
        }
        return new ClipTable(
            [.. values], 4,
            [.. Enumerable.Range(0, clips).Select(i => new ClipOrigin(new VideoEntry($"/{i}", 9, null, "list", i), 0))],
            []);
    }

    [Fact]
    public void Train_FeatureThatKnowsTheDirection_TellsIt()
    {
        using TimeCues cues = TimeCues.Train(Pairs(40, 1), Options);
        cues.Accuracy(Pairs(40, 1)).ShouldBe(1);
        cues.Accuracy(Pairs(40, -1)).ShouldBe(0);
        cues.Accuracy(Pairs(40, 0)).ShouldBe(0.5); // both ways alike
    }

    [Fact]
    public void Map_OnePositionSpeaksForForward_IsHighestThereAndOfTheFramesSize()
    {
        using TimeCues cues = TimeCues.Train(Pairs(40, 1), Options);
        using var scope = NewDisposeScope();
        Tensor maps = zeros([1, 2, 2, 4, 4]);
        maps[0, 0, 1, 2, 3] = 1;
        maps[0, 1, 0, 0, 0] = 5; // the feature that says nothing
        Tensor map = TimeCues.Spread(cues.At(maps), 8, 32);
        map.shape.ShouldBe([1, 8, 32, 32]);
        long best = map.argmax().ToInt64();
        (best / 1024).ShouldBeGreaterThanOrEqualTo(4);
        (best / 32 % 32).ShouldBeInRange(16, 23);
        (best % 32).ShouldBeInRange(24, 31);
        map[0, 7, 20, 28].ToSingle().ShouldBeGreaterThan(0.1f);
    }

    [Fact]
    public void Reversed_Clips_HaveTheirFramesInReverseAndNothingElse()
    {
        using var scope = NewDisposeScope();
        Tensor clip = arange(12).to(float32).view(1, 1, 3, 2, 2); // three frames of 2×2
        TimeCues.Reversed(clip).contiguous().data<float>().ToArray().ShouldBe([8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3]);
    }

    [Fact]
    public void Train_NoClip_IsBadInput() =>
        Should.Throw<BadInputException>(() => TimeCues.Train(Pairs(0, 1), Options));

    [Fact]
    public void Inside_MassInTheShownSquare_IsCountedPerFrame()
    {
        // Two frames of 8×4 pixels of which the middle 4×4 are shown as a 2×2 map.
        var shown = new CropBox(2, 0, 4, 4);
        (double mass, double area) = ObjectBoxes.Inside(
            [3, -9, 1, 0, /* second frame */ 0, 0, 0, 4], 2, [([new CropBox(0, 0, 4, 2)], shown), ([], shown)]);
        mass.ShouldBe(3.0 / 8);
        area.ShouldBe(1.0 / 8);
        double.IsNaN(ObjectBoxes.Inside([-1, 0, 0, 0], 2, [([], shown)]).Mass).ShouldBeTrue();
    }
}
