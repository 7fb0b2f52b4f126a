using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Tests.Training.Import;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

/// <summary>
/// torchvision 0.14's video nets, filled by the rule of the vectors: the same keys, shapes and features.
/// </summary>
public sealed class TorchVisionTests
{
    [Theory]
    [InlineData("r2plus1d-18", "r2plus1d_18")]
    [InlineData("r3d-18-torchvision", "r3d_18")]
    public void Backbone_InTheShapeOfTorchVision_HasItsKeysAndComputesItsFeatures(string net, string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        JsonNode expected = JsonNode.Parse(File.ReadAllText(TorchFileTests.Fixture("torchvision.json")))![name]!;
        using Backbone backbone = Backbones.Create(net);
        backbone.state_dict().Select(t => $"{t.Key} [{string.Join(", ", t.Value.shape)}]").Order().ShouldBe(
            expected["keys"]!.AsObject().Select(k => $"{k.Key} [{string.Join(", ", k.Value!.AsArray())}]").Order());
        ReferenceFill.Fill(backbone, 1);
        backbone.eval();
        Tensor feat =
            backbone.call(ReferenceFill.Input("input", 1, Math.Sqrt(3), [1, 3, 4, 32, 32], ScalarType.Float32)).Feat;
        double[] numbers = [.. expected["feat"]!.AsArray().Select(n => (double)n!)];
        double scale = numbers.Max(Math.Abs);
        for (int i = 0; i < numbers.Length; i++)
            feat[0, 16 * i].ToDouble().ShouldBe(numbers[i], 1e-4 * scale, $"feature {16 * i}");
    }
}
