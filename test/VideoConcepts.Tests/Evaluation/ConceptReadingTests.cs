using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

public sealed class ConceptReadingTests
{
    /// <summary>What the model itself gives of the same views in evaluation mode, head by head.</summary>
    [Theory]
    [InlineData("raw")]
    [InlineData("compressed")]
    public void Scores_OfClips_AreThoseOfTheModelsViews(string difference)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using ConceptModel model = TinyModel.Trained();
        int k = TinyModel.Concepts;
        Tensor clips = TinyModel.Clips(2);
        Tensor still = clips.narrow(2, 2, 1).expand(clips.shape);
        Tensor d = Differences.OfClips(clips, difference);
        Tensor views = stack([clips, clips, still, still, d, d], 1);
        Tensor expected = model.call(views).Scores;
        var reading = new ConceptReading(model, difference);
        Tensor scores = reading.Scores(clips);
        scores.shape.ShouldBe([2, 4L * k]);
        (int View, int From, int Column)[] heads = [(0, 0, 0), (0, k, k), (2, 0, 2 * k), (4, k, 3 * k)];
        foreach ((int view, int from, int column) in heads)
            (scores.narrow(1, column, k) - expected.select(1, view).narrow(1, from, k)).abs().max().ToDouble()
                .ShouldBeLessThan(1e-4, $"column {column}");
        reading.Heads.Select(h => $"{h.Kind} {h.Views} {h.First}").ShouldBe(
            ["static clips 0", $"dynamic clips {k}", $"static stills {2 * k}", $"dynamic differences {3 * k}"]);
    }

    [Fact]
    public void Diagnosis_OfClips_HasUnitVectorsAndTheDeviationsOfTheViews()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using ConceptModel model = TinyModel.Trained();
        Tensor clips = TinyModel.Clips(3);
        var reading = new ConceptReading(model, "raw");
        (Tensor scores, Tensor features, Tensor vectors, Tensor deviations) = reading.Diagnosis(clips);
        scores.Equals(reading.Scores(clips)).ShouldBeTrue();
        features.select(1, 0).Equals(model.backbone.call(clips).Feat).ShouldBeTrue();
        features.select(1, 1).Equals(model.OfDifferences(Differences.OfClips(clips, "raw")).Feat).ShouldBeTrue();
        reading.ScoresAndFeatures(clips).Features.Equals(features).ShouldBeTrue();
        (vectors.norm(2) - 1).abs().max().ToDouble().ShouldBeLessThan(1e-5);
        deviations.shape.ShouldBe([3, 3, 4]);
        deviations[1, 0, 0].ToDouble().ShouldBe(clips[1].std().ToDouble(), 1e-5);
        deviations[1, 2, 0].ToDouble().ShouldBe(Differences.OfClips(clips, "raw")[1].std().ToDouble(), 1e-5);
    }
}
