using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TorchSharp;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

[Properties(Replay = "20261126,15", MaxTest = 100)]
public sealed class SafeTensorsPropertyTests : IDisposable
{
    private static readonly ScalarType[] Types =
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64,
        ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, int Seed);

    private sealed record Contents(Entry[] Entries, (string Key, string Value)[] Metadata);

    private static readonly Gen<string> Texts = Gen.ListOf(Gen.Elements(
        "a", "weight", ".", "0", "\"", "\\", "/", "<", "\n", "\0", " ", "é", "日", "\U0001F3A5", "dtype", "{", "__"))
        .Resize(6).Select(string.Concat);

    private static readonly Gen<Contents> Files =
        from entries in Gen.ListOf(
            from name in Texts
            from type in Gen.Elements(Types)
            from shape in Gen.ListOf(Gen.Choose(0, 4)).Resize(5)
            from seed in Gen.Choose(0, 1_000_000)
            select new Entry(name, type, [.. shape.Select(n => (long)n)], seed)).Resize(8)
        from metadata in Gen.ListOf(Gen.Zip(Texts, Texts)).Resize(5)
        select new Contents([.. entries.DistinctBy(entry => entry.Name)], [.. metadata.DistinctBy(pair => pair.Item1)]);

    [Property]
    public Property Read_OfWhatWasWritten_IsTheSameBitForBit() => Prop.ForAll(Files.ToArbitrary(), contents =>
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> written = contents.Entries.ToDictionary(entry => entry.Name, Filled);
        Dictionary<string, string> metadata = contents.Metadata.ToDictionary(m => m.Key, m => m.Value);
        SafeTensors.Write(_work["file"], written, metadata);

        (Dictionary<string, Tensor> read, Dictionary<string, string> readMetadata) =
            SafeTensors.Read(_work["file"], ours: true);
        readMetadata.ShouldBe(metadata, ignoreOrder: true);
        read.Keys.ShouldBe(written.Keys);
        foreach (Entry entry in contents.Entries)
        {
            using Tensor tensor = read[entry.Name];
            tensor.dtype.ShouldBe(entry.Type);
            tensor.shape.ShouldBe(entry.Shape);
            if (tensor.numel() > 0) tensor.bytes.SequenceEqual(written[entry.Name].bytes).ShouldBeTrue(entry.Name);
        }
        SafeTensors.ReadSizes(_work["file"]).ShouldBe(written.ToDictionary(t => t.Key, t => t.Value.numel()));
    });

    // Any bytes: numbers that are none, infinities and negative zeros among them.
    private static Tensor Filled(Entry entry)
    {
        Tensor tensor = empty(entry.Shape, entry.Type);
        if (tensor.numel() == 0) return tensor;
        RandomStream random = RandomStream.For(entry.Seed);
        int most = entry.Type == ScalarType.Bool ? 1 : 255;
        foreach (ref byte value in tensor.bytes) value = (byte)random.NextInt(0, most);
        return tensor;
    }
}
