using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

public sealed class FeatureViewsTests
{
    [Fact]
    public void Of_BothViews_AreTheUnitVectorsOfEach()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using ConceptModel model = TinyModel.Trained();
        Tensor clips = TinyModel.Clips(3);
        Tensor Of(string view) => FeatureViews.Of(model, "compressed", view, clips);
        Tensor v = Of("clips"), d = Of("differences"), both = Of("both");
        v.Equals(model.backbone.call(clips).Feat).ShouldBeTrue();
        d.Equals(model.backbone.call(Differences.OfClips(clips, "compressed")).Feat).ShouldBeTrue();
        both.shape[1].ShouldBe(FeatureViews.Dimension(model.backbone, "both"));
        (both - cat([v / v.norm(1, keepdim: true), d / d.norm(1, keepdim: true)], 1)).abs().max().ToDouble()
            .ShouldBeLessThan(1e-6);
        Should.Throw<BadInputException>(() => Of("sideways")).Shown().ShouldContain("--view sideways: choose clips");
    }

    /// <summary>By hand, of two frames of 32 × 32 pixels: grey levels, of blocks of 2 × 2.</summary>
    [Fact]
    public void Of_Images_NeedNoNetwork()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Trained();
        Tensor levels = zeros([1, 3, 2, 32, 32]);
        levels[0, 0, 0, 0, 0] = 120; // red of the first pixel of the first frame
        levels[0, TensorIndex.Ellipsis, 31, 31] = 200; // the last pixel of both
        Tensor clips = Normalization.Clips(levels.transpose(1, 2).to(uint8));
        float[] mean = [.. FeatureViews.Of(model, "raw", "mean-image", clips).data<float>()];
        float[] change = [.. FeatureViews.Of(model, "raw", "difference-image", clips).data<float>()];
        mean.Length.ShouldBe(FeatureViews.Dimension(model.backbone, "mean-image"));
        (mean[0], mean[255], mean[1]).ShouldBe((120 / 3f / 2 / 4, 50, 0), new Near());
        (change[0], change[255], change[1]).ShouldBe((10, 0, 0), new Near());
    }

    private sealed class Near : IEqualityComparer<(float, float, float)>
    {
        public bool Equals((float, float, float) x, (float, float, float) y) =>
            Math.Max(Math.Abs(x.Item1 - y.Item1), Math.Max(Math.Abs(x.Item2 - y.Item2), Math.Abs(x.Item3 - y.Item3)))
                < 1e-3;

        public int GetHashCode((float, float, float) x) => 0;
    }

    /// <summary>The scene itself does not count, only how it changes.</summary>
    [Fact]
    public void Of_Differences_DoNotKnowWhatStandsStill()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using ConceptModel model = TinyModel.Trained();
        Tensor clips = TinyModel.Clips(2), scene = clips.narrow(2, 0, 1).roll(1, 0);
        Tensor d = FeatureViews.Of(model, "raw", "differences", clips);
        (FeatureViews.Of(model, "raw", "differences", clips + scene) - d).abs().max().ToDouble().ShouldBeLessThan(1e-4);
        (FeatureViews.Of(model, "raw", "clips", clips + scene) - FeatureViews.Of(model, "raw", "clips", clips))
            .abs().max().ToDouble().ShouldBeGreaterThan(1e-3);
    }
}
