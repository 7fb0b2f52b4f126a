using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

public sealed class InitializationTests
{
    [Fact]
    public void Fill_SameSeed_GivesTheSameModel()
    {
        using var scope = NewDisposeScope();
        using ConceptModel one = TinyModel.Create(seed: 5),
            same = TinyModel.Create(seed: 5),
            other = TinyModel.Create(seed: 6);
        Dictionary<string, Tensor> sames = same.state_dict(), others = other.state_dict();
        foreach ((string key, Tensor value) in one.state_dict())
        {
            value.Equals(sames[key]).ShouldBeTrue(key);
            if (key.EndsWith(".weight", StringComparison.Ordinal) && value.ndim >= 2)
                value.Equals(others[key]).ShouldBeFalse(key);
        }
        one.queue.Equals(other.queue).ShouldBeFalse();
    }

    [Fact]
    public void Fill_OfTheWholeModel_HasTheStatisticsOfTheMethod()
    {
        using var scope = NewDisposeScope();
        using var model = new ConceptModel(
            Backbones.Create("r2plus1d"), new ConceptModelOptions(Concepts: 20, QueueLength: 64));
        Initialization.Fill(model, 1);
        foreach ((string key, Tensor value) in model.state_dict())
        {
            long[] shape = value.shape;
            long inputs = shape.Skip(1).Aggregate(1L, (a, b) => a * b);
            if (key == "queue") ShouldBeNormal(value, 1, key);
            else if (key == "backbone.fc.weight") ShouldBeNormal(value, 0.01, key);
            else if (shape.Length == 5) ShouldBeNormal(value, Math.Sqrt(2.0 / (shape[0] * inputs / shape[1])), key);
            else if (shape.Length == 2) ShouldBeUniform(value, 1 / Math.Sqrt(inputs), key);
        }
        model.backbone.ShouldBeOfType<R2Plus1D>().fc.bias!.abs().max().ToSingle().ShouldBe(0);
    }

    [Fact]
    public void Fill_OfHeads_GivesBiasesTheRangeOfTheirInputs()
    {
        using var scope = NewDisposeScope();
        using var head = Heads.Normalised(64, 512);
        Initialization.Fill(head, 1);
        Dictionary<string, Tensor> state = head.state_dict();
        ShouldBeUniform(state["0.bias"], 1 / Math.Sqrt(64), "0.bias");
        ShouldBeUniform(state["3.bias"], 1 / Math.Sqrt(512), "3.bias");
        state["1.weight"].eq(1).all().ToBoolean().ShouldBeTrue();
        state["1.bias"].eq(0).all().ToBoolean().ShouldBeTrue();
    }

    private static void ShouldBeNormal(Tensor value, double deviation, string key)
    {
        double error = 6 / Math.Sqrt(value.numel()); // six standard errors
        (value.mean().ToDouble() / deviation).ShouldBe(0, error, key);
        (value.std().ToDouble() / deviation).ShouldBe(1, error, key);
        if (value.numel() > 1000) (value.abs().max().ToDouble() / deviation).ShouldBeGreaterThan(2.5, key);
    }

    private static void ShouldBeUniform(Tensor value, double bound, string key)
    {
        double error = 6 / Math.Sqrt(value.numel());
        (value.mean().ToDouble() / bound).ShouldBe(0, error, key);
        (value.std().ToDouble() / bound).ShouldBe(1 / Math.Sqrt(3), error, key);
        value.abs().max().ToDouble().ShouldBeInRange(0.95 * bound, bound * (1 + 1e-6), key);
    }
}
