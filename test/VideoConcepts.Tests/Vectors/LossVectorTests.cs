using TorchSharp;
using TorchSharp.Modules;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Vectors;

/// <summary>Every loss alone, with the inputs of the reference file.</summary>
public sealed class LossVectorTests
{
    private const int Clips = 2, Features = 512, ProjectionSize = 128; // fixed by the units, not by the file

    private static readonly ConceptVectors File = ReferenceVectors.Concepts;

    public static TheoryData<string> SinkhornCases => [.. File.Sinkhorn.Keys];

    public static TheoryData<ScalarType, double> Types =>
        new() { { ScalarType.Float64, 1e-9 }, { ScalarType.Float32, 1e-4 } };

    [Theory]
    [MemberData(nameof(SinkhornCases))]
    public void Sinkhorn_OfScores_AgreesWithReference(string name)
    {
        using var scope = NewDisposeScope();
        SinkhornVectors expected = File.Sinkhorn[name];
        Tensor actual = Sinkhorn.Assign(
            ReferenceFill.Input($"sinkhorn.{name}", File.Seed, expected.Scale, expected.Shape));
        if (expected.Summary is { } summary) actual.ShouldAgree(summary, 1e-9, name);
        if (expected.Argmax is { } argmax)
            actual.argmax(1).data<long>().ToArray().ShouldBe(argmax.Select(i => (long)i));
        if (expected.Rows is not { } rows) return;
        double[] numbers = actual.data<double>().ToArray();
        foreach ((double value, int i) in rows.SelectMany(r => r).Select((v, i) => (v, i)))
            numbers[i].ShouldBe(value, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void ConceptAlignment_OfScoresAndQueue_AgreesWithReference(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        int k = File.Concepts;
        Tensor scores = Scores(dtype),
            queue = Input(File.AlignmentUnit.Queue, [File.QueueLength, 3 * Clips, 2 * k], dtype);
        Tensor Static(Tensor x) => x.narrow(1, 0, 2 * Clips).narrow(2, 0, k);
        Tensor Dynamic(Tensor x) => cat([x.narrow(1, 0, Clips), x.narrow(1, 2 * Clips, Clips)], 1).narrow(2, k, k);
        Value(ConceptAlignment.Loss(Static(scores), Static(queue)))
            .ShouldAgree(File.AlignmentUnit.LossStatic, tolerance, "static");
        Value(ConceptAlignment.Loss(Dynamic(scores), Dynamic(queue)))
            .ShouldAgree(File.AlignmentUnit.LossDynamic, tolerance, "dynamic");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Diversity_OfViewsThatShouldNotKnow_AgreesWithReference(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        int k = File.Concepts;
        Tensor scores = Scores(dtype);
        Value(Diversity.Loss(scores.narrow(1, 2 * Clips, Clips).narrow(2, 0, k)))
            .ShouldAgree(File.AlignmentUnit.EntropyStatic, tolerance, "static");
        Value(Diversity.Loss(scores.narrow(1, Clips, Clips).narrow(2, k, k)))
            .ShouldAgree(File.AlignmentUnit.EntropyDynamic, tolerance, "dynamic");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void LocalConceptAttention_OfMapsAndTemplates_AgreesWithReference(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        Found(dtype).ShouldAgree(File.AttentionUnit.Out, tolerance, "out");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void LocalConceptContrast_OfTwoClips_AgreesWithReference(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        Tensor found = Found(dtype).unflatten(0, File.Batch, Clips);
        Value(LocalConceptContrast.Loss(found, Scores(dtype).narrow(1, 0, Clips), strict: true))
            .ShouldAgree(File.LocalContrastUnit.Loss, tolerance, "loss");
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-9)]
    [InlineData(ScalarType.Float32, 1e-3)] // a mean cosine near zero: what cancels was of order 1
    public void Fidelity_OfRebuiltFeatures_AgreesWithReference(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using Sequential gv = Heads.Normalised(2 * File.Concepts, Features);
        gv.to(dtype);
        ReferenceFill.Fill(gv, File.Seed, "gv.");
        Tensor rebuilt = gv.call(Scores(dtype).narrow(1, 0, Clips).flatten(0, 1));
        Tensor feat = Input("unit.feat", [File.Batch, Clips, Features], dtype).flatten(0, 1);
        Value(Fidelity.Loss(rebuilt, feat)).ShouldAgree(File.FidelityUnit.Loss, tolerance, "loss");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void InfoNce_OfQueriesAndKeys_AgreesWithReference(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        Tensor q = Input("unit.q", [File.Batch, ProjectionSize], dtype),
            k = Input("unit.k", [File.Batch, ProjectionSize], dtype);
        Value(InfoNce.Loss(q, k)).ShouldAgree(File.ContrastUnit.Loss, tolerance, "loss");
    }

    private static Tensor Input(string name, long[] shape, ScalarType dtype) =>
        ReferenceFill.Input(name, File.Seed, 1, shape, dtype);

    private static Tensor Scores(ScalarType dtype) =>
        Input(File.AlignmentUnit.Prob, [File.Batch, 3 * Clips, 2 * File.Concepts], dtype);

    // What the attention finds in the clips: (2B, 2K, D), row 2b + clip.
    private static Tensor Found(ScalarType dtype)
    {
        using var lit = new LocalConceptAttention(Features);
        lit.to(dtype);
        ReferenceFill.Fill(lit, File.Seed, "lit.");
        Tensor maps = Input("unit.maps", [File.Batch, Clips, Features, 2, 3, 3], dtype);
        Tensor templates = ReferenceFill.Input("unit.templates", File.Seed, 0.1, [2 * File.Concepts, Features], dtype);
        return lit.call(maps.flatten(0, 1), templates);
    }

    private static double Value(Tensor loss) => loss.ToScalar().ToDouble();
}
