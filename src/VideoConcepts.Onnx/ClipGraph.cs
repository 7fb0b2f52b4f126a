using VideoConcepts.Models;
using VideoConcepts.Onnx.Messages;
using static VideoConcepts.Onnx.GraphBuilder;

namespace VideoConcepts.Onnx;

/// <summary>What is done to pixels before a network sees them, as nodes: normalised clips, and their difference views
/// as <see cref="Differences"/> makes them.</summary>
/// <param name="graph">Gets the nodes.</param>
/// <param name="frames">T.</param>
internal sealed class ClipGraph(GraphBuilder graph, int frames)
{
    private const int Channel = 1, Time = 2, Height = 3, Width = 4;

    /// <summary>Pixels (N, T, 3, H, W), uint8 → levels 0 … 255, (N, 3, T, H, W).</summary>
    public string Levels(string pixels) => graph.Node("Transpose",
        [graph.Node("Cast", [pixels], Is("to", (long)TensorProto.Types.DataType.Float))], Are("perm", [0, 2, 1, 3, 4]));

    /// <summary>Levels → normalised clips.</summary>
    public string Normalised(string levels)
    {
        string scale = graph.Numbers("scale", [.. Normalization.Std.Select(std => 1f / (255f * std))], 1, 3, 1, 1, 1);
        string shift = graph.Numbers("shift",
            [.. Normalization.Mean.Zip(Normalization.Std, (mean, std) => -mean / std)], 1, 3, 1, 1, 1);
        return graph.Node("Add", [graph.Node("Mul", [levels, scale]), shift]);
    }

    /// <summary>The difference views.</summary>
    /// <param name="levels">Levels.</param>
    /// <param name="clips">The same normalised.</param>
    /// <param name="kind">One of <see cref="Differences.Names"/>.</param>
    public string Changes(string levels, string clips, string kind)
    {
        string shown = kind == Differences.Raw ? Change(clips).Difference : Shown(levels, kind);
        return graph.Node("Concat", [Slice(shown, Time, 0, 1), shown], Is("axis", (long)Time));
    }

    private string Shown(string levels, string kind)
    {
        string seen = kind == Differences.Compressed ? levels
            : graph.Node("ReduceMean", [levels], Are("axes", [Channel]), Is("keepdims", 1));
        (string before, string after, string change) = Change(Blurred(seen));
        string compressed = graph.Node("Mul",
            [graph.Node("Asinh", [graph.Node("Div", [change, Number(Differences.Noise)])]), Number(Differences.Half)]);
        if (kind == Differences.Compressed) return compressed;
        string grey = graph.Node("Mul", [graph.Node("Add", [before, after]), Number(0.5)]);
        (string x, string y) = (Slope(grey, Width), Slope(grey, Height));
        string edges = graph.Node("Add", [graph.Node("Mul", [x, x]), graph.Node("Mul", [y, y])]);
        string per = graph.Node("Div",
            [change, graph.Node("Add", [edges, Number(Differences.Edge * Differences.Edge)])]);
        return graph.Node("Concat", [Flow(per, x), Flow(per, y), compressed], Is("axis", (long)Channel));
    }

    private string Flow(string per, string slope) => graph.Node("Asinh",
        [graph.Node("Mul", [graph.Node("Mul", [per, slope]), Number(-Differences.FlowScale)])]);

    private (string Before, string After, string Difference) Change(string x)
    {
        (string before, string after) = (Slice(x, Time, 0, frames - 1), Slice(x, Time, 1, frames));
        return (before, after, graph.Node("Sub", [after, before]));
    }

    private string Blurred(string x) => graph.Node("AveragePool", [x], Are("kernel_shape", [1, 3, 3]),
        Are("strides", [1, 1, 1]), Are("pads", [0, 1, 1, 0, 1, 1]), Is("count_include_pad", 0));

    // Central differences, of the border one-sided halves.
    private string Slope(string grey, int axis)
    {
        long[] one = new long[10];
        one[axis] = one[5 + axis] = 1;
        string padded = graph.Node("Pad", [grey, graph.Integers($"border_{axis}", one)], Is("mode", "edge"));
        string ahead = Slice(padded, axis, 2, long.MaxValue), behind = Slice(padded, axis, 0, -2);
        return graph.Node("Mul", [graph.Node("Sub", [ahead, behind]), Number(0.5)]);
    }

    private string Slice(string x, int axis, long from, long to) => graph.Node("Slice",
        [x, graph.Integers($"at_{from}", from), graph.Integers($"at_{to}", to), graph.Integers($"axis_{axis}", axis)]);

    private string Number(double value) => graph.Numbers(
        $"number_{value.ToString(System.Globalization.CultureInfo.InvariantCulture)}", [(float)value]);
}
