using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

// B videos, S clips, V = 3S views.
public sealed class ConceptModelTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Forward_InTraining_RunsEachHeadOncePerView(int clips)
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create(clips: clips);
        ConceptOutput output = model.call(TinyModel.Views(clips: clips));
        for (int view = 0; view < 3 * clips; view++)
        {
            (var head, var rows) = (view / clips) switch
            {
                0 => (model.fv, model.prototype),
                1 => (model.fs, model.prototype_s),
                _ => (model.fd, model.prototype_d),
            };
            Tensor expected = rows.call(UnitVectors.Of(head.call(output.Feat.select(1, view))));
            (output.Scores.select(1, view) - expected).abs().max().ToDouble().ShouldBeLessThan(1e-6, $"view {view}");
        }
    }

    [Fact]
    public void Forward_InTraining_MovesTheStatisticsOfAHeadOncePerClip()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create(clips: 3);
        model.call(TinyModel.Views(clips: 3));
        Dictionary<string, Tensor> state = model.state_dict();
        foreach (string head in (string[])["fv", "fs", "fd"])
            state[$"{head}.1.num_batches_tracked"].ToInt64().ShouldBe(3, head);
        state["backbone.stem.1.num_batches_tracked"].ToInt64().ShouldBe(1);
    }

    [Fact]
    public void Forward_WithoutAScope_LeavesItsThreeResultsAlive()
    {
        using ConceptModel model = TinyModel.Create();
        using Tensor views = TinyModel.Views();
        Backward(model.call(views)); // makes the gradients
        long before = Live();
        ConceptOutput output = model.call(views);
        Live().ShouldBeGreaterThan(before + 3, "the graph keeps what its backward pass needs");
        Backward(output);
        (Live() - before).ShouldBe(3);
        using (no_grad()) model.call(views);
        (Live() - before).ShouldBe(6);
        output.Maps.shape[..3].ShouldBe([TinyModel.Batch, 6, model.backbone.FeatureSize]);
    }

    private static void Backward(ConceptOutput output)
    {
        using var scope = NewDisposeScope();
        (output.Feat.sum() + output.Maps.sum() + output.Scores.sum()).backward();
    }

    [Fact]
    public void ClipScores_OfFeatures_UsesUnitPrototypes()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        model.eval();
        Tensor feat = ReferenceFill.Input("feat", 1, 1, [3, model.backbone.FeatureSize], ScalarType.Float32);
        Tensor before = model.ClipScores(feat);
        using (no_grad()) model.prototype.weight!.mul_(3);
        (model.ClipScores(feat) - before).abs().max().ToDouble().ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void Remember_FewScores_CountsTheRowsThatAreFilled()
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = TinyModel.Create();
        for (int filled = 3; filled < 12; filled += 3)
        {
            model.Remember(zeros(3, 6, 2 * TinyModel.Concepts));
            model.QueueFilled.ShouldBe(Math.Min(filled, TinyModel.QueueLength));
        }
    }

    [Fact]
    public void To_Float64AndBack_ConvertsEveryTensorButTheCounters()
    {
        using ConceptModel model = TinyModel.Create();
        using Tensor views = TinyModel.Views();
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            using var scope = NewDisposeScope();
            model.to(dtype);
            foreach ((string key, Tensor value) in model.state_dict())
                value.dtype.ShouldBe(
                    key.EndsWith("num_batches_tracked", StringComparison.Ordinal) ? ScalarType.Int64 : dtype, key);
            model.parameters().ShouldAllBe(p => p.dtype == dtype && p.requires_grad && p.is_leaf);
            model.call(views.to(dtype)).Scores.dtype.ShouldBe(dtype);
            model.Remember(ones([1, 6, 2 * TinyModel.Concepts], dtype));
            model.state_dict()["queue"][^1].eq(1).all().ToBoolean().ShouldBeTrue("the field is not the buffer");
            model.prototype.weight!.dtype.ShouldBe(dtype);
        }
    }

    [Fact]
    public void To_Float64_KeepsConvolutionFieldsAndParametersTheSame()
    {
        using var scope = NewDisposeScope();
        using var convolution = new Convolution(2, 3, (1, 1, 1), (1, 1, 1), (0, 0, 0), Precision.Full);
        convolution.to(ScalarType.Float64);
        convolution.weight.dtype.ShouldBe(ScalarType.Float64);
        convolution.call(ones([1, 2, 1, 1, 1], ScalarType.Float64)).sum().backward();
        convolution.named_parameters().Single().parameter.grad!.eq(1).all().ToBoolean().ShouldBeTrue();
    }

    private static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;
}
