using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using VideoConcepts.Training.Import;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training.Import;

public sealed class WeightFileTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("backbone.")]
    [InlineData("encoder_q.0.")]
    [InlineData("module.backbone.")]
    [InlineData("module.encoder_q.0.")]
    public void Load_BackboneUnderAPrefix_FitsAndLeavesTheRest(string prefix)
    {
        using var scope = NewDisposeScope();
        using ConceptModel source = TinyModel.Create(5), target = TinyModel.Create(6);
        Tensor head = target.fv.parameters().First().clone();
        string file = Save(
            "backbone.safetensors",
            source.backbone.state_dict().Where(t => !t.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)),
            prefix);

        KeyReport report = Load(file, target);

        report.Prefix.ShouldBe(prefix.Replace("backbone.", ""));
        report.Unknown.ShouldBeEmpty();
        report.Misshaped.ShouldBeEmpty();
        report.Missing.ShouldAllBe(k =>
            !k.StartsWith("backbone.", StringComparison.Ordinal)
            || k.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        foreach ((string key, Tensor tensor) in source.backbone.state_dict())
            target.backbone.state_dict()[key].bytes.SequenceEqual(tensor.bytes).ShouldBeTrue(key);
        target.fv.parameters().First().bytes.SequenceEqual(head.bytes).ShouldBeTrue();
    }

    [Fact]
    public void Load_WholeModelWithOtherHeadOfTheNet_TakesAllButTheHead()
    {
        using var scope = NewDisposeScope();
        using ConceptModel source = TinyModel.Create(5), target = TinyModel.Create(6);
        Dictionary<string, Tensor> tensors = source.state_dict();
        tensors["backbone.fc.weight"] = zeros(101, 128); // a fine-tuned classifier
        tensors["optimizer.step"] = zeros(1);
        KeyReport report = Load(Save("whole.safetensors", tensors, ""), target);
        report.Misshaped.ShouldBe(["backbone.fc.weight [101, 128] instead of [400, 128]"]);
        report.Unknown.ShouldBe(["optimizer.step"]);
        report.Missing.ShouldBeEmpty();
        string[] lines = [.. report.Lines()];
        lines[0].ShouldBe($"{source.state_dict().Count - 1} tensors taken");
        lines[1].ShouldBe("1 unknown to the model: optimizer.step");
        target.prototype.weight!.bytes.SequenceEqual(source.prototype.weight!.bytes).ShouldBeTrue();
    }

    [Fact]
    public void Load_OfAnotherNetOrNumberOfConcepts_IsRefusedAndCopiesNothing()
    {
        using var scope = NewDisposeScope();
        using ConceptModel target = TinyModel.Create(6);
        byte[] before = target.state_dict().Values.SelectMany(t => t.bytes.ToArray()).ToArray();
        using Backbone other = Backbones.Create("r3d-10");
        Initialization.Fill(other, 1);
        Should.Throw<BadInputException>(() => Load(Save("other.safetensors", other.state_dict(), ""), target))
            .Shown().ShouldContain("missing in the file: backbone.stem.0.weight");
        Dictionary<string, Tensor> tensors = target.state_dict();
        tensors["prototype.weight"] = zeros(26, 128);
        Should.Throw<BadInputException>(() => Load(Save("concepts.safetensors", tensors, ""), target))
            .Shown().ShouldContain(
                "1 of another number of concepts: prototype.weight [26, 128] instead of [24, 128]. Choose the --net "
                    + "and --concept");
        target.state_dict().Values.SelectMany(t => t.bytes.ToArray()).ToArray().ShouldBe(before);
    }

    private static KeyReport Load(string file, ConceptModel model) =>
        WeightFile.Load(file, WeightFile.Read(file), model);

    private string Save(string name, IEnumerable<KeyValuePair<string, Tensor>> tensors, string prefix)
    {
        SafeTensors.Write(_work[name], tensors.Select(t => KeyValuePair.Create(prefix + t.Key, t.Value)),
            new Dictionary<string, string>());
        return _work[name];
    }
}
