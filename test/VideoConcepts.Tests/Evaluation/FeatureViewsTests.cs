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
        Should.Throw<BadInputException>(() => Of("sideways")).Message.ShouldContain("--view sideways: choose clips");
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
