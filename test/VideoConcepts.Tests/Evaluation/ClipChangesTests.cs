using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

public sealed class ClipChangesTests
{
    /// <summary>Frame t of clip n has the value 10 n + t.</summary>
    [Fact]
    public void Changes_OfClips_MoveTheirFrames()
    {
        using var scope = NewDisposeScope();
        Tensor clips = (10 * arange(2).view(2, 1, 1, 1, 1) + arange(5).view(1, 1, 5, 1, 1)).to(float32)
            .expand(2, 3, 5, 2, 2).contiguous();
        int[][] Frames(Tensor changed)
        {
            changed.shape.ShouldBe(clips.shape);
            return [.. Enumerable.Range(0, 2).Select(n => Enumerable.Range(0, 5)
                .Select(t => (int)changed[n, 2, t, 1, 0].ToSingle()).ToArray())];
        }
        Frames(ClipChanges.Frozen(clips)).ShouldBe([[2, 2, 2, 2, 2], [12, 12, 12, 12, 12]]);
        Frames(ClipChanges.Reversed(clips)).ShouldBe([[4, 3, 2, 1, 0], [14, 13, 12, 11, 10]]);
        Frames(ClipChanges.OddThenEven(clips)).ShouldBe([[1, 3, 0, 2, 4], [11, 13, 10, 12, 14]]);
        Frames(ClipChanges.Reordered(clips, [[3, 1, 0, 2, 4], [0, 4, 1, 2, 3]]))
            .ShouldBe([[3, 1, 0, 2, 4], [10, 14, 11, 12, 13]]);
    }

    [Fact]
    public void DrawOrder_OfTwoFrames_AlwaysExchangesThem()
    {
        RandomStream random = RandomStream.For(1);
        for (int i = 0; i < 20; i++) ClipChanges.DrawOrder(ref random, 2).ShouldBe([1, 0]);
    }

    /// <summary>A third of a turn about the grey axis hands each channel's level to the next.</summary>
    [Fact]
    public void Recoloured_ByAThirdOfATurn_ExchangesTheChannels()
    {
        using var scope = NewDisposeScope();
        Tensor pixels = tensor((byte[])[200, 100, 10]).view(1, 1, 3, 1, 1).expand(2, 4, 3, 1, 1).contiguous();
        Tensor clips = Normalization.Clips(pixels);
        Tensor changed = ClipChanges.Recoloured(clips,
            [new Recolouring(2 * Math.PI / 3, [1, 1, 1]), new Recolouring(0, [1, 1.5, 0.5])]);
        changed.shape.ShouldBe([2, 3, 4, 1, 1]);
        Tensor levels = Normalization.Levels(changed.transpose(1, 2)).round();
        int[] At(int n, int t) => Of(levels[n, t]);
        for (int t = 0; t < 4; t++)
        {
            At(0, t).ShouldBe([10, 200, 100]);
            At(1, t).ShouldBe([200, 150, 5]);
        }
        // what would be brighter than white is white
        Of(Normalization.Levels(ClipChanges.Recoloured(clips, [new(0, [1.5, 1, 1]), new(0, [1, 1, 1])])
            .transpose(1, 2)).round()[0, 0]).ShouldBe([255, 100, 10]);

        static int[] Of(Tensor frame) =>
            [.. Enumerable.Range(0, 3).Select(c => (int)Math.Round(frame[c, 0, 0].ToSingle()))];
    }

    [Fact]
    public void Draw_OfColours_IsAlwaysAStrongChange()
    {
        RandomStream random = RandomStream.For(3);
        for (int i = 0; i < 50; i++)
        {
            Recolouring drawn = Recolouring.Draw(ref random);
            drawn.Angle.ShouldBeInRange(Math.PI / 3, 5 * Math.PI / 3);
            drawn.Gains.ShouldAllBe(gain => gain >= 0.5 && gain <= 1.5);
        }
    }
}
