using System.Text.Json;
using System.Text.Json.Serialization;

namespace VideoConcepts.Tests.Support;

/// <summary>What is stored of a tensor.</summary>
/// <param name="Samples">Pairs of flat index and value.</param>
internal sealed record TensorSummary(long[] Shape, double Mean, double L2, double Absmax, double[][] Samples);

internal sealed record BackboneOutputVectors(TensorSummary Feat, TensorSummary Maps);

/// <param name="Keys">Pairs of key and shape.</param>
internal sealed record BackboneVectors(
    JsonElement[][] Keys, BackboneOutputVectors Train, Dictionary<string, double> GradL2,
    BackboneOutputVectors EvalAfterOneTrainStepOfBatchnorm);

/// <param name="Scale">Bound of the input.</param>
internal sealed record SinkhornVectors(
    long[] Shape, double Scale, double[][]? Rows, TensorSummary? Summary, int[]? Argmax);

internal sealed record AlignmentVectors(
    string Prob, string Queue, double LossStatic, double LossDynamic, double EntropyStatic, double EntropyDynamic);

internal sealed record AttentionVectors(TensorSummary Out);

internal sealed record LossVectors(double Loss);

/// <summary>One step; everything but what is named here is a loss term.</summary>
internal sealed record StepVectors(int Step, int Epoch, double Total, Dictionary<string, double>? GradL2)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Terms { get; init; } = [];

    public IEnumerable<(string Name, double Value)> Losses =>
        Terms.Where(t => t.Value.ValueKind == JsonValueKind.Number).Select(t => (t.Key, t.Value.GetDouble()));
}

/// <summary>
/// The file concepts.json: what the authors' program computes from weights and inputs of <see cref="ReferenceFill"/>.
/// </summary>
internal sealed record ConceptVectors(
    ulong Seed, int Concepts, int Batch, int Frames, int Size, int QueueLength,
    [property: JsonPropertyName("backbone_r2plus1d")] BackboneVectors BackboneR2Plus1D,
    [property: JsonPropertyName("backbone_r3d")] BackboneVectors BackboneR3D,
    Dictionary<string, SinkhornVectors> Sinkhorn, JsonElement[][] StateDictKeys,
    AlignmentVectors AlignmentUnit, AttentionVectors AttentionUnit, LossVectors LocalContrastUnit,
    LossVectors FidelityUnit, LossVectors ContrastUnit,
    StepVectors[] Trajectory, Dictionary<string, TensorSummary> FinalParams, TensorSummary FinalQueue);

/// <summary>
/// Reads the reference vectors: from the folder named by the environment variable VIDEOCONCEPTS_VECTORS where it is
/// set, else from the fixtures. Tests take every size from the file, so another file of the same form works too.
/// </summary>
internal static class ReferenceVectors
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = false,
    };

    private static readonly Lazy<ConceptVectors> Loaded = new(() => Read<ConceptVectors>("concepts.json"));

    public static ConceptVectors Concepts => Loaded.Value;

    public static T Read<T>(string file)
    {
        string folder = Environment.GetEnvironmentVariable("VIDEOCONCEPTS_VECTORS") is { Length: > 0 } given
            ? given : Path.Combine(AppContext.BaseDirectory, "Fixtures", "vectors");
        using FileStream stream = File.OpenRead(Path.Combine(folder, file));
        return JsonSerializer.Deserialize<T>(stream, Format)!;
    }

    /// <summary>Pairs of key and shape as a dictionary.</summary>
    public static Dictionary<string, long[]> Shapes(JsonElement[][] keys) =>
        keys.ToDictionary(k => k[0].GetString()!, k => k[1].EnumerateArray().Select(n => n.GetInt64()).ToArray());
}
