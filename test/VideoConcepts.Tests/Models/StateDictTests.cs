using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

public sealed class StateDictTests
{
    [Fact]
    public void Load_FromAnotherModelInFloat64_CopiesEveryTensorAndConvertsIt()
    {
        using var scope = NewDisposeScope();
        using ConceptModel source = TinyModel.Create(seed: 1), target = TinyModel.Create(seed: 2);
        // Statistics move too.
        TinyModel.Step(TinyModel.Objective(source), TinyModel.Adam(source), TinyModel.Views(), epoch: 0);
        source.to(ScalarType.Float64);
        StateDict.Load(target, source.state_dict());
        Dictionary<string, Tensor> expected = source.state_dict();
        foreach ((string key, Tensor value) in target.state_dict())
        {
            value.dtype.ShouldBe(
                key.EndsWith("num_batches_tracked", StringComparison.Ordinal)
                    ? ScalarType.Int64
                    : ScalarType.Float32,
                key);
            value.to(ScalarType.Float64).Equals(expected[key].to(ScalarType.Float64)).ShouldBeTrue(key);
        }
        target.queue.Equals(source.queue.to(ScalarType.Float32)).ShouldBeTrue();
        target.named_parameters().ShouldAllBe(p => p.parameter.requires_grad);
    }

    [Fact]
    public void Load_KeysThatDoNotFit_AreAllNamedInOneMessage()
    {
        using var scope = NewDisposeScope();
        using var head = Heads.Projection(4, 3);
        Dictionary<string, Tensor> tensors = head.state_dict();
        tensors.Remove("0.bias");
        tensors["2.bias"] = zeros(1); // would broadcast if nobody looked
        tensors["extra"] = zeros(2);
        Should.Throw<BadInputException>(() => StateDict.Load(head, tensors)).Message.ShouldBe(
            "The weights do not fit the model: 1 missing (0.bias); 1 unknown (extra); "
            + "1 of another shape (2.bias [1] instead of [3]).");
    }

    [Fact]
    public void Load_KeysThatDoNotFit_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var head = Heads.Projection(4, 3);
        Tensor before = head.state_dict()["0.weight"].clone();
        var tensors = new Dictionary<string, Tensor> { ["0.weight"] = zeros(4, 4) };
        Should.Throw<BadInputException>(() => StateDict.Load(head, tensors));
        head.state_dict()["0.weight"].Equals(before).ShouldBeTrue();
    }

    [Fact]
    public void Load_WeightsOfAnotherProgram_NamesAFewKeysAndCountsTheRest()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        string message =
            Should.Throw<BadInputException>(() => StateDict.Load(model, new Dictionary<string, Tensor>())).Message;
        int keys = model.state_dict().Count;
        message.ShouldStartWith($"The weights do not fit the model: {keys} missing (");
        message.ShouldEndWith($" and {keys - 5} more).");
        message.Length.ShouldBeLessThan(300);
    }
}
