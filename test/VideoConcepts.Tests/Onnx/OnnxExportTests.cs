using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Onnx;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace VideoConcepts.Tests.Onnx;

/// <summary>ONNX Runtime gives of every net what the model gives.</summary>
public sealed class OnnxExportTests(ITestOutputHelper output)
{
    private const double Largest = 1e-4;
    private static readonly TrainOptions s_small =
        new() { CsvFile = "none", Seq = 8, ImgDim = 32, Concept = 5, Precision = PrecisionChoice.Full };

    private static readonly string[] s_quick = ["r2plus1d-tiny", "r2plus1d", "r3d-10"];

    public static TheoryData<string> Quick => [.. s_quick];

    public static TheoryData<string> Others => [.. Backbones.Names.Except(s_quick)];

    [Theory]
    [MemberData(nameof(Quick))]
    public void Net_SeveralBatchSizes_GivesWhatTheModelGives(string net) => Compare(s_small with { Net = net });

    [Theory(Explicit = true)]
    [MemberData(nameof(Others))]
    public void OtherNet_SeveralBatchSizes_GivesWhatTheModelGives(string net) => Compare(s_small with { Net = net });

    [Theory]
    [InlineData(Differences.Compressed, false)]
    [InlineData(Differences.Flow, true)]
    public void OtherDifferences_AndStatisticsOfTheirOwn_GivesWhatTheModelGives(string difference, bool own) =>
        Compare(s_small with { Net = "r2plus1d-tiny", Difference = difference, OwnStatistics = own });

    [Fact]
    public void WithoutConcepts_HasFeaturesAlone() =>
        Compare(s_small with { Net = "r2plus1d-tiny", Method = "multilevel" });

    [Theory]
    [InlineData(EncoderView.Clips, OnnxExport.Feature, OnnxExport.ClipScores)]
    [InlineData(EncoderView.Differences, OnnxExport.DifferenceFeature, OnnxExport.DifferenceScores)]
    public void OneView_HasNothingOfTheOther(EncoderView view, string feature, string scores)
    {
        TrainOptions options = s_small with { Net = "r2plus1d-tiny" };
        using IVideoModel model = Model(options);
        using InferenceSession session = Session(model, options, view);
        session.OutputNames.ShouldBe([feature, scores]);
        session.ModelMetadata.CustomMetadataMap["videoconcepts.outputs"].ShouldBe(feature);
        session.ModelMetadata.CustomMetadataMap["videoconcepts.stride"].ShouldBe($"{options.MiddleRate}");
    }

    private void Compare(TrainOptions options)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using IVideoModel model = Model(options);
        using InferenceSession session = Session(model, options, EncoderView.Both);
        var expected = new Dictionary<string, Func<Tensor, Tensor>>
        {
            [OnnxExport.Feature] = clips => FeatureViews.Of(model, options.Difference, FeatureViews.Clips, clips),
            [OnnxExport.DifferenceFeature] =
                clips => FeatureViews.Of(model, options.Difference, FeatureViews.Differences, clips),
        };
        if (model is ConceptModel concepts)
        {
            expected[OnnxExport.ClipScores] = clips => concepts.ClipScores(expected[OnnxExport.Feature](clips));
            expected[OnnxExport.DifferenceScores] =
                clips => concepts.DifferenceScores(expected[OnnxExport.DifferenceFeature](clips));
        }
        session.OutputNames.ShouldBe(expected.Keys, ignoreOrder: true);
        foreach (int batch in (int[])[1, 2, 5])
        {
            Tensor pixels = Moving(batch, options);
            Tensor clips = Normalization.Clips(pixels);
            var input = new DenseTensor<byte>(pixels.bytes.ToArray(), [.. pixels.shape.Select(n => (int)n)]);
            using var results = session.Run([NamedOnnxValue.CreateFromTensor(OnnxExport.Pixels, input)]);
            foreach (DisposableNamedOnnxValue result in results)
            {
                Tensor there = tensor(result.AsTensor<float>().ToArray()).view(batch, -1);
                Tensor here = expected[result.Name](clips);
                there.shape.ShouldBe(here.shape);
                double most = (there - here).abs().max().item<float>(), size = here.abs().max().item<float>();
                output.WriteLine($"{options.Net} {batch} {result.Name}: {most:E1} of {size:E1}");
                size.ShouldBeGreaterThan(0);
                most.ShouldBeLessThan(Largest * Math.Max(1, size), $"{options.Net}, {batch} clips: {result.Name}");
            }
        }
    }

    // Batch norms have seen something, each view another.
    private static IVideoModel Model(TrainOptions options)
    {
        IVideoModel model = TrainingRun.BuildModel(options);
        using var generator = new Generator(7);
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach ((string key, Tensor statistics) in model.Module.state_dict())
        {
            if (key.EndsWith("_mean", StringComparison.Ordinal))
                statistics.add_(rand(statistics.shape, generator: generator), 0.1);
            else if (key.EndsWith("_var", StringComparison.Ordinal))
                statistics.mul_(rand(statistics.shape, generator: generator) + 0.5);
        }
        model.Module.eval();
        return model;
    }

    private static InferenceSession Session(IVideoModel model, TrainOptions options, EncoderView view)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1 };
        return new InferenceSession(OnnxExport.Of(model, options, view).ToByteArray(), settings);
    }

    private static Tensor Moving(int batch, TrainOptions options)
    {
        using var generator = new Generator((ulong)batch);
        return randint(0, 256, [batch, options.Seq, 3, options.ImgDim, options.ImgDim], ScalarType.Byte,
            generator: generator);
    }
}
