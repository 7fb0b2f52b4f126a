using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Vectors;

/// <summary>The two backbones of the published program, alone.</summary>
public sealed class BackboneVectorTests
{
    [Fact]
    public void R2Plus1D_InFloat64_AgreesWithReference() =>
        ShouldAgree("r2plus1d", ReferenceVectors.Concepts.BackboneR2Plus1D, ScalarType.Float64, 1e-9);

    [Fact]
    public void R3D_InFloat64_AgreesWithReference() =>
        ShouldAgree("r3d-18", ReferenceVectors.Concepts.BackboneR3D, ScalarType.Float64, 1e-9);

    // The gradients' bounds: the same network in float64, its convolutions' results moved at random by 6e-7 of
    // themselves (what float32 does to them), has a median of 2e-6 and a largest difference of 3e-4 to 7e-4 in four
    // draws of six, and of 5e-6 in the others; at 6e-8, 1e-6 at most.
    [Fact]
    public void R2Plus1D_InFloat32_AgreesToRounding() =>
        ShouldAgree("r2plus1d", ReferenceVectors.Concepts.BackboneR2Plus1D, ScalarType.Float32, 1e-4);

    // Without the gradients: batch norm over two numbers (two clips, last maps of 1×1×1) enlarges rounding ten thousand
    // times on the way back, in float64 too.
    [Fact]
    public void R3D_InFloat32_AgreesToRounding() =>
        ShouldAgree("r3d-18", ReferenceVectors.Concepts.BackboneR3D, ScalarType.Float32, 1e-4, gradients: false);

    [Fact]
    public void R2Plus1D_State_HasTheKeysOfTheReference() =>
        ShouldHaveKeys("r2plus1d", ReferenceVectors.Concepts.BackboneR2Plus1D);

    [Fact]
    public void R3D_State_HasTheKeysOfTheReference() => ShouldHaveKeys("r3d-18", ReferenceVectors.Concepts.BackboneR3D);

    private static void ShouldHaveKeys(string net, BackboneVectors expected)
    {
        using Backbone backbone = Backbones.Create(net);
        backbone.ShouldHaveStateOf(expected.Keys);
    }

    private static void ShouldAgree(
        string net, BackboneVectors expected, ScalarType dtype, double tolerance, bool gradients = true)
    {
        ConceptVectors file = ReferenceVectors.Concepts;
        using var scope = NewDisposeScope();
        using Backbone backbone = Backbones.Create(net);
        backbone.to(dtype);
        ReferenceFill.Fill(backbone, file.Seed);
        Tensor input = ReferenceFill.Input(
            "input", file.Seed, Math.Sqrt(3),
            [expected.Train.Feat.Shape[0], 3, file.Frames, file.Size, file.Size], dtype);

        backbone.train();
        BackboneOutput train = backbone.call(input);
        (train.Feat.sum() + train.Maps.square().mean()).backward();
        train.Feat.ShouldAgree(expected.Train.Feat, tolerance, "feat");
        train.Maps.ShouldAgree(expected.Train.Maps, tolerance, "maps");
        if (dtype == ScalarType.Float64) backbone.GradientNorms().ShouldAgree(expected.GradL2, tolerance, "gradient");
        else if (gradients) backbone.GradientNorms().ShouldMostlyAgree(expected.GradL2, 1e-5, 1e-3, "gradient");

        backbone.eval();
        using var noGrad = no_grad();
        BackboneOutput eval = backbone.call(input);
        eval.Feat.ShouldAgree(expected.EvalAfterOneTrainStepOfBatchnorm.Feat, tolerance, "feat in evaluation mode");
        eval.Maps.ShouldAgree(expected.EvalAfterOneTrainStepOfBatchnorm.Maps, tolerance, "maps in evaluation mode");
    }
}
