using TorchSharp;
using TorchSharp.Modules;
using VideoConcepts.Models;
using static TorchSharp.torch;
using static VideoConcepts.Onnx.GraphBuilder;
using BatchNorm = VideoConcepts.Models.BatchNorm;
using Convolution = VideoConcepts.Models.Convolution;

namespace VideoConcepts.Onnx;

/// <summary>Writes modules in evaluation mode as nodes of a graph, their weights under the keys of the state_dict.
/// </summary>
/// <param name="graph">Gets them.</param>
/// <param name="root">The module that the keys begin at.</param>
internal sealed class NetworkGraph(GraphBuilder graph, nn.Module root)
{
    private readonly Dictionary<nn.Module, string> _keys = root.named_modules()
        .ToDictionary(m => m.module, m => m.name);

    /// <summary>Clips (N, 3, T, H, W), normalised → features (N, D).</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="clips">Name of the clips.</param>
    /// <param name="differences">Whether they are difference views, of which batch norms may have statistics of their
    /// own.</param>
    public string Feature(Backbone backbone, string clips, bool differences)
    {
        string maps = backbone.Stem.Concat(backbone.Stages)
            .Aggregate(clips, (x, module) => Apply(module, x, differences));
        return graph.Node("ReduceMean", [maps], Are("axes", [2, 3, 4]), Is("keepdims", 0));
    }

    /// <summary>What a module gives of x.</summary>
    /// <exception cref="NotSupportedException">It is none of those that networks here are made of.</exception>
    public string Apply(nn.Module module, string x, bool differences = false) => module switch
    {
        Sequential parts => parts.children().Aggregate(x, (y, part) => Apply(part, y, differences)),
        IResidualBlock block => Residual(block, x, differences),
        Convolution convolution => Convolved(convolution, x),
        BatchNorm norm => Normalised(norm, x, differences),
        Linear linear => graph.Node("Gemm",
            [x, Weight(linear, "weight", linear.weight!), Weight(linear, "bias", linear.bias!)], Is("transB", 1)),
        ReLU => graph.Node("Relu", [x]),
        MaxPool3d pool => graph.Node("MaxPool", [x], Are("kernel_shape", pool.kernel_size!),
            Are("strides", pool.stride!), Are("pads", [.. pool.padding!, .. pool.padding!])),
        _ => throw new NotSupportedException($"{module.GetName()} has no ONNX form here."),
    };

    /// <summary>x / max(‖x‖, 1e-12), along axis 1.</summary>
    public string Unit(string x)
    {
        string length = graph.Node("ReduceL2", [x], Are("axes", [1]), Is("keepdims", 1));
        return graph.Node("Div", [x, graph.Node("Max", [length, graph.Numbers("tiny", [1e-12f])])]);
    }

    private string Residual(IResidualBlock block, string x, bool differences)
    {
        string y = block.Path.Aggregate(x, (z, module) => Apply(module, z, differences));
        string shortcut = block.Shortcut is { } module ? Apply(module, x, differences) : x;
        return graph.Node("Relu", [graph.Node("Add", [y, shortcut])]);
    }

    private string Convolved(Convolution convolution, string x) => graph.Node("Conv",
        [x, Weight(convolution, "weight", convolution.weight)],
        Are("kernel_shape", convolution.weight.shape[2..]), Are("strides", convolution.Stride),
        Are("pads", [.. convolution.Padding, .. convolution.Padding]));

    private string Normalised(BatchNorm norm, string x, bool differences)
    {
        using BatchNorm.DifferenceStatistics? own = differences ? new BatchNorm.DifferenceStatistics() : null;
        bool apart = !ReferenceEquals(norm.RunningMean, norm.running_mean);
        string y = graph.Node("BatchNormalization",
            [x, Weight(norm, "weight", norm.weight), Weight(norm, "bias", norm.bias),
                Weight(norm, apart ? BatchNorm.DifferenceMean : "running_mean", norm.RunningMean),
                Weight(norm, apart ? BatchNorm.DifferenceVariance : "running_var", norm.RunningVariance)],
            Is("epsilon", (float)BatchNorm.Epsilon));
        return norm.Rectifies ? graph.Node("Relu", [y]) : y;
    }

    private string Weight(nn.Module module, string name, Tensor weight) =>
        graph.Weight($"{_keys[module]}.{name}", weight);
}
