using System.Text.Json.Nodes;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

/// <summary>Against numbers of scikit-learn and torchvision (Fixtures/make_metrics.py).</summary>
public sealed class FixtureMetricTests
{
    private static readonly JsonNode Fixture = JsonNode.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "metrics.json")))!;

    public static TheoryData<int> Clusters => [.. Enumerable.Range(0, Fixture["clusters"]!.AsArray().Count)];

    public static TheoryData<int> Scores => [.. Enumerable.Range(0, Fixture["scores"]!.AsArray().Count)];

    public static TheoryData<int> Crops => [.. Enumerable.Range(0, Fixture["crops"]!.AsArray().Count)];

    public static TheoryData<int> Probes => [.. Enumerable.Range(0, Fixture["probes"]!.AsArray().Count)];

    [Theory]
    [MemberData(nameof(Clusters))]
    public void PurityAndMutualInformation_AreThoseOfScikitLearn(int index)
    {
        JsonNode known = Fixture["clusters"]![index]!;
        ConceptQuality.Purity(Whole(known["clusters"]!), Whole(known["labels"]!))
            .ShouldBe((double)known["purity"]!, 1e-12);
        ConceptQuality.NormalizedMutualInformation(Whole(known["clusters"]!), Whole(known["labels"]!))
            .ShouldBe((double)known["nmi"]!, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Scores))]
    public void TopKAndClassMean_AreThoseOfScikitLearn(int index)
    {
        JsonNode known = Fixture["scores"]![index]!;
        int[] labels = Whole(known["labels"]!);
        float[] scores = [.. known["scores"]!.AsArray().Select(x => (float)(double)x!)];
        var videos = labels.Select((label, i) => new VideoEntry($"/v{i}", 32, label, "t.csv", i + 1)).ToList();
        ClassificationResult result = ClassificationResult.Of(
            new VideoScores(scores, (int)known["classes"]!, videos, []));
        result.Top1.ShouldBe((double)known["top1"]!, 1e-12);
        result.Top5.ShouldBe((double)known["top5"]!, 1e-12);
        result.MeanClass.ShouldBe((double)known["mean_class"]!, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Crops))]
    public void FiveViews_AreWhereTorchVisionHasThem(int index)
    {
        JsonNode known = Fixture["crops"]![index]!;
        (int width, int height) = ((int)known["width"]!, (int)known["height"]!);
        CropBox[] expected =
            [.. known["boxes"]!.AsArray().Select(b => new CropBox((int)b![0]!, (int)b[1]!, (int)b[2]!, (int)b[3]!))];
        TestViews.Of(5).Select(v => TestViews.Box(v.View, width, height)).ShouldBe(expected);
        TestViews.Of(10).Skip(5).ShouldAllBe(v => v.Flip);
        TestViews.Of(10).Select(v => TestViews.Box(v.View, width, height)).ShouldBe([.. expected, .. expected]);
    }

    /// <summary>
    /// The probe finds the optimum of its objective: within one point of a converged logistic regression.
    /// </summary>
    [Theory]
    [MemberData(nameof(Probes))]
    public void LinearProbe_ReachesAConvergedLogisticRegression(int index)
    {
        JsonNode known = Fixture["probes"]![index]!;
        int dimension = (int)known["dimension"]!;
        FeatureTable Table(string name) => Tables.Of(
            dimension, [.. known[name]!.AsArray().Select(x => (float)(double)x!)], Whole(known[name + "_labels"]!));
        LinearProbeResult result = LinearProbe.Run(
            Table("train"), Table("test"), new LinearProbeOptions { Normalize = false, BatchNorm = true });
        result.Top1.ShouldBe((double)known["accuracy"]!, 0.01);
        result.TrainTop1.ShouldBe((double)known["train_accuracy"]!, 0.01);
    }

    private static int[] Whole(JsonNode numbers) => [.. numbers.AsArray().Select(x => (int)x!)];
}
