using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using TorchSharp;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

public sealed class SafeTensorsTests : IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private readonly WorkFolder _work = new();

    private string File => _work["file.safetensors"];

    public static TheoryData<ScalarType> Types => new(
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64,
        ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool);

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_AfterWrite_GivesTheSameTensors(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor grid = arange(6, dtype: float64).view(2, 3).sub(2).abs().to(type);
        Dictionary<string, Tensor> written = new()
        {
            ["grid"] = grid,
            ["turned"] = grid.t(),
            ["part"] = grid[1],
            ["single"] = grid[0, 1],
            ["none"] = zeros([0, 4], type),
        };
        SafeTensors.Write(File, written, new Dictionary<string, string> { ["größe"] = "a \"b\"\n日本", ["empty"] = "" });

        (Dictionary<string, Tensor> read, Dictionary<string, string> metadata) = SafeTensors.Read(File);
        read.Keys.ShouldBe(written.Keys);
        foreach ((string name, Tensor expected) in written)
        {
            read[name].dtype.ShouldBe(type);
            read[name].shape.ShouldBe(expected.shape);
            read[name].bytes.SequenceEqual(expected.contiguous().bytes).ShouldBeTrue(name);
            read[name].Dispose();
        }
        metadata.ShouldBe(new Dictionary<string, string> { ["größe"] = "a \"b\"\n日本", ["empty"] = "" });
    }

    [Fact]
    public void Write_File_HasThePublishedLayout()
    {
        using Tensor tensor = torch.tensor([1f, 2f]);
        SafeTensors.Write(File, [new("x", tensor)], NoMetadata);
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        (length % 8).ShouldBe(0);
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, length));
        header.RootElement.GetProperty("x").GetRawText()
            .ShouldBe("""{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""");
        bytes[(8 + length)..].ShouldBe([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
    }

    [Fact]
    public void Read_FileCutAnywhere_IsBadInput()
    {
        byte[] whole = Sample();
        for (int length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Should.Throw<BadInputException>(() => SafeTensors.Read(File), $"{length} bytes")
                .Message.ShouldStartWith(File);
        }
    }

    [Fact]
    public void Read_FileWithAnyByteOfItsHeaderChanged_IsReadOrBadInput()
    {
        byte[] whole = Sample();
        int end = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        long before = Live();
        for (int at = 0; at < end; at++)
            foreach (byte value in (byte[])[0, (byte)'9', (byte)'"', (byte)'-', 255])
            {
                byte[] damaged = [.. whole];
                damaged[at] = value;
                System.IO.File.WriteAllBytes(File, damaged);
                try
                {
                    foreach (Tensor tensor in SafeTensors.Read(File).Tensors.Values) tensor.Dispose();
                }
                catch (BadInputException e)
                {
                    e.Message.ShouldStartWith(File);
                    e.Message.ShouldNotContain("\n");
                }
            }
        Live().ShouldBe(before);
    }

    [Theory]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "twice")]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "x overlaps another")]
    [InlineData("""{"x":{"dtype":"F8","shape":[2],"data_offsets":[0,8]}}""", "not supported")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "does not fit its shape")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "outside the file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", "negative")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", "not a readable")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", "not a readable")]
    [InlineData("""{"__metadata__":{"a":1}}""", "not a readable")]
    [InlineData("""["x"]""", "not a readable")]
    [InlineData("no json", "not a readable")]
    public void Read_WrongHeader_SaysWhatIsWrong(string header, string expected)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, Encoding.UTF8.GetByteCount(header));
        System.IO.File.WriteAllBytes(File, [.. length, .. Encoding.UTF8.GetBytes(header), .. new byte[8]]);
        long before = Live();
        Should.Throw<BadInputException>(() => SafeTensors.Read(File)).Message.ShouldContain(expected);
        Live().ShouldBe(before);
    }

    [Fact]
    public void Read_NoFile_NamesIt() =>
        Should.Throw<BadInputException>(() => SafeTensors.Read(_work["gone"]))
            .Message.ShouldBe($"{_work["gone"]}: there is no such file; check the path.");

    [Fact]
    public void Write_ThatFails_LeavesTheOldFile()
    {
        byte[] whole = Sample();
        Tensor gone = ones(3);
        gone.Dispose();
        Should.Throw<Exception>(() => SafeTensors.Write(File, [new("gone", gone)], NoMetadata));
        System.IO.File.ReadAllBytes(File).ShouldBe(whole);
    }

    private byte[] Sample()
    {
        using Tensor a = torch.tensor([1f, 2f]), b = ones([2, 2], int64);
        SafeTensors.Write(File, [new("a", a), new("b", b)], new Dictionary<string, string> { ["k"] = "v" });
        return System.IO.File.ReadAllBytes(File);
    }

    private static long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
