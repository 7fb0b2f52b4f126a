using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using VideoConcepts.Training.Import;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

/// <summary>What a stranger's file claims is compared with what it holds before memory is taken.</summary>
[Collection(nameof(SerialTests))]
public sealed class ClaimedSizeTests : IDisposable
{
    private const long Constant = 64 << 20;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("{\"csv_file\": \"a\", \"net\": \"r2plus1d-tiny\", \"concept\": 40000, \"queue\": 16}",
        "The weights do not fit the model|--concept 40000: must be at most")]
    [InlineData("{\"csv_file\": \"a\", \"net\": \"r2plus1d-tiny\", \"concept\": 3, \"queue\": 4000000}",
        "queue \\[6, 6, 6\\] instead of \\[4000000, 6, 6\\]|--queue 4000000: ")]
    [InlineData(
        "{\"csv_file\": \"a\", \"net\": \"r2plus1d-tiny\", \"concept\": 3, \"queue\": 6, \"sample\": 2000000000}",
        "queue \\[6, 6, 6\\] instead of|--sample 2000000000: must be at most")]
    [InlineData("{\"csv_file\": \"a\", \"net\": \"r2plus1d-tiny\", \"concept\": 2000000000}",
        "a size that cannot be|--concept 2000000000: must be at most")]
    [InlineData("{\"csv_file\": \"a\", \"net\": \"r3d-50\", \"concept\": 3, \"queue\": 6}",
        "The weights do not fit the model")]
    [InlineData("{\"csv_file\": \"a\", \"net\": \"r2plus1d-tiny\", \"method\": \"multilevel\", \"cluster\": 2000000}",
        "The weights do not fit the model|--cluster 2000000: must be at most")]
    [InlineData(
        "{\"csv_file\": \"a\", \"net\": \"r2plus1d-tiny\", \"classifier\": {\"classes\": 2000000, \"frozen\": false, "
        + "\"normalize\": false, \"batch_norm\": false, \"dropout\": 0}}",
        "The weights do not fit the model")]
    public void Load_OfASmallFileThatClaimsALargeModel_TakesNoMemoryForIt(string options, string said)
    {
        string file = Claiming(options);
        foreach (Action load in (Action[])[() => Checkpoint.Load(file),
            () => Checkpoint.CheckShapes(file, Options(file))])
        {
            long tensors = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            long peak = PeakMemory.Of(() => Should.Throw<BadInputException>(load).Shown().ShouldMatch(said));
            peak.ShouldBeLessThan((4 * new FileInfo(file).Length) + Constant);
            // else what was built of it goes with the next collection; it has no numbers
            if (!said.Contains("cannot be"))
                DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(tensors);
        }
    }

    [Fact]
    public void ShapesOnly_EveryNetAndMethod_HasTheShapesOfTheModelAndNoNumbers()
    {
        foreach (TrainOptions options in Backbones.Names.Select(net => TinyRun.Model with { Net = net })
            .Concat([TinyRun.Model with { Thres = 0.1 }, TinyRun.Model with { Method = "multilevel", Cluster = 4 },
            TinyRun.Model with { Classifier = new ClassifierOptions(7, false, true, true, 0) }]))
        {
            using IVideoModel model = TrainingRun.BuildModel(options);
            using var shapes = new ShapesOnly();
            using IVideoModel claimed = Method.Of(options).Build(options);
            Dictionary<string, Tensor> state = claimed.Module.state_dict();
            state.Values.Concat(claimed.ExtraState.Select(t => t.Value))
                .ShouldAllBe(t => t.device_type == DeviceType.META, options.Net);
            Dictionary<string, TensorShape> real = model.Module.state_dict().ToDictionary(t => t.Key,
                t => TensorShape.Of(t.Value));
            Should.NotThrow(() => StateDict.Check(claimed.Module, real));
            state.ShouldAllBe(t => t.Value.dtype == real[t.Key].Type);
        }
    }

    [Theory]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Bool)]
    public void Weights_OfWholeNumbers_AreRefusedByName(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = (ConceptModel)TrainingRun.BuildModel(TinyRun.Model);
        Dictionary<string, Tensor> tensors = model.state_dict().ToDictionary(t => t.Key,
            t => t.Key == "prototype.weight" ? t.Value.mul(100).to(type) : t.Value);
        Should.Throw<BadInputException>(() => StateDict.Load(model, tensors)).Shown().ShouldBe(
            $"The weights do not fit the model: 1 of whole numbers (prototype.weight {type}).");
        string message = Should.Throw<BadInputException>(() => WeightFile.Load("w.pth", tensors, model)).Shown();
        message.ShouldBe(
            $"w.pth: 1 tensors hold whole numbers where weights are floating-point ones: prototype.weight ({type}). "
            + "Quantised weights cannot be taken; save them as float32, float16 or bfloat16.");
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.BFloat16)]
    public void Weights_OfOtherFloatingTypes_AreTaken(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using ConceptModel model = (ConceptModel)TrainingRun.BuildModel(TinyRun.Model);
        // counters as well
        Dictionary<string, Tensor> tensors = model.state_dict().ToDictionary(t => t.Key, t => t.Value.to(type));
        WeightFile.Load("w.pth", tensors, model).Loaded.Count.ShouldBe(tensors.Count);
        Should.NotThrow(() => StateDict.Load(model, tensors));
    }

    private static TrainOptions Options(string file) => Checkpoint.Describe(file).Options;

    /// <summary>A checkpoint of a small model with other options, and a checksum that fits.</summary>
    private string Claiming(string options)
    {
        using ConceptModel model = (ConceptModel)TrainingRun.BuildModel(TinyRun.Model);
        SafeTensors.Write(_work["claiming.safetensors"], model.state_dict().AsEnumerable(),
            new Dictionary<string, string> { ["options"] = options, ["queue_filled"] = "0" });
        return _work["claiming.safetensors"];
    }
}
