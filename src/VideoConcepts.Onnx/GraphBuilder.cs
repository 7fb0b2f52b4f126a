using Google.Protobuf;
using VideoConcepts.Onnx.Messages;
using static TorchSharp.torch;

namespace VideoConcepts.Onnx;

/// <summary>Collects the nodes and the numbers of an ONNX graph. What a node gives is named after its operator and
/// counted; weights keep the keys of the state_dict.</summary>
internal sealed class GraphBuilder
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public GraphProto Graph { get; } = new() { Name = "VideoConcepts" };

    /// <summary>Adds a node and names what it gives.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">Names.</param>
    /// <param name="attributes">Made by <see cref="Is(string, float)"/> and the others.</param>
    public string Node(string type, IEnumerable<string> inputs, params IEnumerable<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = type, Name = $"{type}_{Graph.Node.Count}" };
        node.Input.AddRange(inputs);
        node.Output.Add(node.Name);
        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
        return node.Name;
    }

    /// <summary>A tensor of numbers, once for each name, as float32.</summary>
    public string Weight(string name, Tensor weight)
    {
        if (!_known.Add(name)) return name;
        using Tensor numbers = weight.detach().to(float32).cpu().contiguous();
        Add(name, TensorProto.Types.DataType.Float, weight.shape, ByteString.CopyFrom(numbers.bytes));
        return name;
    }

    /// <summary>Numbers of this shape, once for each name.</summary>
    public string Numbers(string name, ReadOnlySpan<float> numbers, params long[] shape)
    {
        if (_known.Add(name))
            Add(name, TensorProto.Types.DataType.Float, shape,
                ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers)));
        return name;
    }

    /// <summary>A vector of whole numbers, once for each name.</summary>
    public string Integers(string name, params ReadOnlySpan<long> numbers)
    {
        if (_known.Add(name))
            Add(name, TensorProto.Types.DataType.Int64, [numbers.Length],
                ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers)));
        return name;
    }

    /// <summary>Declares what the graph takes. A size that is null is free, and called N.</summary>
    public void Input(string name, TensorProto.Types.DataType type, params long?[] shape) =>
        Graph.Input.Add(Declared(name, type, shape));

    /// <summary>Declares what the graph gives: float32, (N, size).</summary>
    public void Output(string name, string value, long size)
    {
        var node = new NodeProto { OpType = "Identity", Name = $"Identity_{Graph.Node.Count}" };
        node.Input.Add(value);
        node.Output.Add(name);
        Graph.Node.Add(node);
        Graph.Output.Add(Declared(name, TensorProto.Types.DataType.Float, null, size));
    }

    public static AttributeProto Is(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Is(string name, float value) =>
        new() { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Is(string name, string value) => new()
    {
        Name = name,
        S = ByteString.CopyFromUtf8(value),
        Type = AttributeProto.Types.AttributeType.String,
    };

    public static AttributeProto Are(string name, IEnumerable<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    private void Add(string name, TensorProto.Types.DataType type, long[] shape, ByteString numbers)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = numbers };
        tensor.Dims.AddRange(shape);
        Graph.Initializer.Add(tensor);
    }

    private static ValueInfoProto Declared(string name, TensorProto.Types.DataType type, params long?[] shape)
    {
        var declared = new TensorShapeProto();
        declared.Dim.AddRange(shape.Select(size => size is { } fixedSize
            ? new TensorShapeProto.Types.Dimension { DimValue = fixedSize }
            : new TensorShapeProto.Types.Dimension { DimParam = "N" }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new() { ElemType = (int)type, Shape = declared } },
        };
    }
}
