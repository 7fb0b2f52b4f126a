using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Vectors;

/// <summary>The two backbones of the published program, alone.</summary>
public sealed class BackboneVectorTests
{
    [Fact]
    public void R2Plus1D_InFloat64_AgreesWithReference() => ShouldAgree("r2plus1d", ReferenceVectors.Concepts.BackboneR2Plus1D, ScalarType.Float64, 1e-9, 1e-9);

    [Fact]
    public void R3D_InFloat64_AgreesWithReference() => ShouldAgree("r3d-18", ReferenceVectors.Concepts.BackboneR3D, ScalarType.Float64, 1e-9, 1e-9);

    // Every convolution is within 1e-6 of float64. What is left in the gradient grows on its way back to the stem, where a
    // rectifier's input near zero changes its sign: 1.2e-4 to 1.8e-4, depending on the order of the additions.
    [Fact]
    public void R2Plus1D_InFloat32_AgreesToRounding() => ShouldAgree("r2plus1d", ReferenceVectors.Concepts.BackboneR2Plus1D, ScalarType.Float32, 1e-4, 3e-4);

    [Fact]
    public void R2Plus1D_State_HasTheKeysOfTheReference() => ShouldHaveKeys("r2plus1d", ReferenceVectors.Concepts.BackboneR2Plus1D);

    [Fact]
    public void R3D_State_HasTheKeysOfTheReference() => ShouldHaveKeys("r3d-18", ReferenceVectors.Concepts.BackboneR3D);

    private static void ShouldHaveKeys(string net, BackboneVectors expected)
    {
        using Backbone backbone = Backbones.Create(net);
        backbone.ShouldHaveStateOf(expected.Keys);
    }

    private static void ShouldAgree(string net, BackboneVectors expected, ScalarType dtype, double tolerance, double gradient)
    {
        ConceptVectors file = ReferenceVectors.Concepts;
        using var scope = NewDisposeScope();
        using Backbone backbone = Backbones.Create(net);
        backbone.to(dtype);
        ReferenceFill.Fill(backbone, file.Seed);
        Tensor input = ReferenceFill.Input("input", file.Seed, Math.Sqrt(3), [expected.Train.Feat.Shape[0], 3, file.Frames, file.Size, file.Size], dtype);

        backbone.train();
        BackboneOutput train = backbone.call(input);
        (train.Feat.sum() + train.Maps.square().mean()).backward();
        train.Feat.ShouldAgree(expected.Train.Feat, tolerance, "feat");
        train.Maps.ShouldAgree(expected.Train.Maps, tolerance, "maps");
        backbone.GradientNorms().ShouldAgree(expected.GradL2, gradient, "gradient");

        backbone.eval();
        using var noGrad = no_grad();
        BackboneOutput eval = backbone.call(input);
        eval.Feat.ShouldAgree(expected.EvalAfterOneTrainStepOfBatchnorm.Feat, tolerance, "feat in evaluation mode");
        eval.Maps.ShouldAgree(expected.EvalAfterOneTrainStepOfBatchnorm.Maps, tolerance, "maps in evaluation mode");
    }
}
