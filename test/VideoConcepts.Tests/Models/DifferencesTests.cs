using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

public sealed class DifferencesTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("compressed")]
    [InlineData("flow")]
    public void Of_AClipInWhichNothingMoves_IsZero(string kind)
    {
        Tensor frame = Ramp(0);
        Differences.Of(stack([frame, frame, frame]), kind).abs().max().ToSingle().ShouldBe(0);
    }

    /// <summary>One brightness more everywhere: asinh(1) / 2; the first repeats the second.</summary>
    [Fact]
    public void Of_ALevelMore_IsCompressed()
    {
        Tensor d = Differences.Of(stack([Ramp(0), Ramp(0) + 1, Ramp(0) + 31]), "compressed");
        d.shape.ShouldBe([3, 3, 8, 10]);
        foreach ((int t, double change) in ((int, double)[])[(0, 1), (1, 1), (2, 30)])
            (d[t] - (Math.Asinh(change) / 2)).abs().max().ToDouble().ShouldBeLessThan(1e-6, $"frame {t}");
    }

    /// <summary>A ramp of 10 levels a pixel that moves to the right, or down, by a pixel a frame.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_AMovingRamp_IsItsNormalFlow(bool down)
    {
        Tensor clip = stack([Ramp(0), Ramp(1)]);
        Tensor d = Differences.Of(down ? clip.transpose(-1, -2) : clip, "flow")[1];
        Tensor middle = d.narrow(1, 2, 4).narrow(2, 2, 4);
        double along = Math.Asinh(2 * 10 * 10 / (100 + 16.0)), change = Math.Asinh(-10) / 2;
        (middle[down ? 1 : 0] - along).abs().max().ToDouble().ShouldBeLessThan(1e-5);
        middle[down ? 0 : 1].abs().max().ToDouble().ShouldBeLessThan(1e-5);
        (middle[2] - change).abs().max().ToDouble().ShouldBeLessThan(1e-5);
    }

    /// <summary>Evaluation makes them of normalised clips, training of pixels.</summary>
    [Theory]
    [InlineData("raw")]
    [InlineData("compressed")]
    [InlineData("flow")]
    public void OfClips_OfNormalisedClips_AreTheDViews(string kind)
    {
        Tensor clips = Pixels(1, 2, 2, 4, 3, 6, 6), stills = Pixels(2, 2, 2, 3, 6, 6);
        Tensor views = Views.OfConcepts(clips, stills, difference: kind);
        Tensor d = Differences.OfClips(Normalization.Clips(clips.flatten(0, 1)), kind);
        (d - views.narrow(1, 4, 2).flatten(0, 1)).abs().max().ToDouble().ShouldBeLessThan(kind == "raw" ? 1e-6 : 1e-3);
        d.std().ToDouble().ShouldBeInRange(0.3, 3);
    }

    // (3, 8, 10): 10 levels more with each pixel to the right.
    private static Tensor Ramp(int moved) => ((arange(10, dtype: float32) - moved) * 10 + 50).expand(3, 8, 10);

    private static Tensor Pixels(long seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randint(0, 256, shape, uint8, generator: generator);
    }
}
