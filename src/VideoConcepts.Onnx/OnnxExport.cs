using System.Globalization;
using Google.Protobuf;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Onnx.Messages;
using VideoConcepts.Training;

namespace VideoConcepts.Onnx;

/// <summary>
/// Trained networks as ONNX files: pixels in, features and concept scores out, for ONNX Runtime and what else reads the
/// format, without this library and without libtorch. docs/onnx.md describes inputs and outputs.
/// </summary>
public static class OnnxExport
{
    /// <summary>Name of the input: (N, T, 3, H, W), uint8, RGB.</summary>
    public const string Pixels = "pixels";

    /// <summary>Name of the output that describes the clips, (N, D).</summary>
    public const string Feature = "feature";

    /// <summary>Name of the output that describes their frame differences, (N, D).</summary>
    public const string DifferenceFeature = "difference_feature";

    /// <summary>Name of the concept scores of the clips' head, (N, 2K): static concepts first.</summary>
    public const string ClipScores = "clip_scores";

    /// <summary>Name of the concept scores of the difference views' head, (N, 2K).</summary>
    public const string DifferenceScores = "difference_scores";

    /// <summary>The version of ONNX's operators that files need.</summary>
    public const int Opset = 17;

    private const int FileVersion = 8;
    private const string Prefix = "videoconcepts.";

    /// <summary>Writes the network of a checkpoint, for windows as it was trained with.</summary>
    /// <param name="checkpoint">The file, or a run's folder.</param>
    /// <param name="target">The ONNX file to write.</param>
    /// <param name="view">What is described; without differences the network is passed once, not twice.</param>
    /// <param name="force">Replace what was exported from another run.</param>
    /// <exception cref="BadInputException">Not a checkpoint, or the target holds something that may not be written
    /// over.</exception>
    public static void Write(string checkpoint, string target, EncoderView view = EncoderView.Both, bool force = false)
    {
        string file = RunFolder.FileOf(checkpoint);
        if (!File.Exists(file)) throw Checkpoint.NoCheckpoint(file);
        OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(target))!, "‹onnx›");
        var origin = new Origin("checkpoint export", [RunIdentity.Source(file)]);
        ClaimedWeights.Claim(target, origin, new InputFile("the checkpoint", file), force, _ => false, Metadata);
        (IVideoModel model, TrainOptions options) = Checkpoint.Load(file, PrecisionChoice.Full);
        using (model)
        {
            ModelProto written = Of(model, options, view);
            Say(written, Origin.Key, origin.ToJson().ToJsonString());
            AsideFile.Write(RealPath.Of(target), stream => written.WriteTo(stream));
        }
    }

    /// <summary>The network as messages.</summary>
    internal static ModelProto Of(IVideoModel model, TrainOptions options, EncoderView view)
    {
        (int frames, int size) = (options.Seq, options.ImgDim);
        bool clips = view != EncoderView.Differences, changes = view != EncoderView.Clips;
        var graph = new GraphBuilder();
        graph.Input(Pixels, TensorProto.Types.DataType.Uint8, null, frames, 3, size, size);
        var pixels = new ClipGraph(graph, frames);
        var network = new NetworkGraph(graph, model.Module);
        string levels = pixels.Levels(Pixels), normalised = pixels.Normalised(levels);
        if (clips) Describe(normalised, Feature, ClipScores, false);
        if (changes)
            Describe(pixels.Changes(levels, normalised, options.Difference), DifferenceFeature, DifferenceScores, true);
        return Wrapped(graph.Graph, options,
            string.Join(',', graph.Graph.Output.Select(o => o.Name).Where(o => o is Feature or DifferenceFeature)));

        void Describe(string views, string featureName, string scoreName, bool differences)
        {
            string feature = network.Feature(model.Backbone, views, differences);
            graph.Output(featureName, feature, model.Backbone.FeatureSize);
            if (model is not ConceptModel concepts) return;
            using var scope = TorchSharp.torch.NewDisposeScope();
            (TorchSharp.Modules.Sequential head, TorchSharp.Modules.Linear rows, string key) = differences
                ? (concepts.fd, concepts.prototype_d, nameof(concepts.prototype_d))
                : (concepts.fv, concepts.prototype, nameof(concepts.prototype));
            string scores = graph.Node("Gemm", [network.Unit(network.Apply(head, feature)),
                graph.Weight(key + ".weight", UnitVectors.Of(rows.weight!))], GraphBuilder.Is("transB", 1));
            graph.Output(scoreName, scores, 2L * concepts.Options.Concepts);
        }
    }

    private static ModelProto Wrapped(GraphProto graph, TrainOptions options, string described)
    {
        var model = new ModelProto
        {
            IrVersion = FileVersion,
            ProducerName = nameof(VideoConcepts),
            ProducerVersion = RunDescription.Version,
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        Say(model, Prefix + "net", options.Net);
        Say(model, Prefix + "layout", "NTCHW");
        Say(model, Prefix + "frames", Text(options.Seq));
        Say(model, Prefix + "size", Text(options.ImgDim));
        Say(model, Prefix + "stride", Text(options.MiddleRate));
        Say(model, Prefix + "outputs", described);
        return model;
    }

    private static Dictionary<string, string> Metadata(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            return ModelProto.Parser.ParseFrom(stream).MetadataProps.ToDictionary(p => p.Key, p => p.Value);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException)
        {
            throw new BadInputException($"{file}: no ONNX file.", e);
        }
    }

    private static void Say(ModelProto model, string key, string value) =>
        model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
