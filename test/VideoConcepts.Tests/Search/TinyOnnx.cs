using Google.Protobuf;
using VideoConcepts.Onnx;
using VideoConcepts.Onnx.Messages;
using static VideoConcepts.Onnx.Messages.TensorProto.Types;

namespace VideoConcepts.Tests.Search;

/// <summary>Encoders of another maker, whose numbers are easily computed: look is the mean of each colour, motion the
/// mean of each frame.</summary>
internal static class TinyOnnx
{
    public const int Frames = 4, Size = 16;

    public static readonly float[] Mean = [0.485f, 0.456f, 0.406f], Deviation = [0.229f, 0.224f, 0.225f];

    /// <summary>Writes one.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="layout">Order of its axes.</param>
    /// <param name="motion">Whether there is a second output.</param>
    /// <param name="bytes">Whether it takes pixels as they are.</param>
    /// <param name="free">Axes whose length the file does not tell.</param>
    /// <param name="batch">Rows that it takes; null: any number.</param>
    /// <param name="change">Changes the whole.</param>
    public static string Write(string file, string layout, bool motion = false, bool bytes = false, string free = "",
        int? batch = null, Action<ModelProto>? change = null)
    {
        var graph = new GraphBuilder();
        graph.Input("pixels", bytes ? DataType.Uint8 : DataType.Float,
            [.. layout.Select(axis => free.Contains(axis) ? null : Length(axis, batch))]);
        string pixels = bytes ? graph.Node("Cast", ["pixels"], GraphBuilder.Is("to", (long)DataType.Float)) : "pixels";
        graph.Output("colours", Means(graph, pixels, layout, "NC"), 3);
        if (motion) graph.Output("frames", Means(graph, pixels, layout, "NT"), Frames);
        var model = new ModelProto { IrVersion = 8, Graph = graph.Graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        change?.Invoke(model);
        File.WriteAllBytes(file, model.ToByteArray());
        return file;
    }

    public static void Say(this ModelProto model, string key, string value) =>
        model.MetadataProps.Add(new StringStringEntryProto { Key = $"videoconcepts.{key}", Value = value });

    private static string Means(GraphBuilder graph, string pixels, string layout, string kept) =>
        graph.Node("ReduceMean", [pixels], GraphBuilder.Are("axes", layout.Index()
            .Where(axis => !kept.Contains(axis.Item)).Select(axis => (long)axis.Index)),
            GraphBuilder.Is("keepdims", 0L));

    private static long? Length(char axis, int? batch) => axis switch
    {
        'N' => batch,
        'T' => Frames,
        'C' => 3,
        _ => Size,
    };
}
