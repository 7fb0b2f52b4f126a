using System.Buffers.Binary;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using VideoConcepts.Training.Import;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training.Import;

/// <summary>
/// Flipped bits, cuts, lying lengths and parts of files copied over others: a clear error or a correct load, and no
/// more memory than the file's size and a constant.
/// </summary>
[Collection(nameof(SerialTests))]
public sealed class DamagedFileTests : IDisposable
{
    private const int Cases = 1500; // per file
    private const long Constant = 4 << 20;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("zip.pth")]
    [InlineData("old.pth")]
    [InlineData("protocol4.pth")]
    [InlineData("training.pth")]
    [InlineData("foreign.safetensors")]
    [InlineData("checkpoint.safetensors")]
    public void Read_OfDamagedBytes_IsAClearErrorOrALoad(string name)
    {
        byte[] whole = Original(name);
        string path = _work["damaged"];
        var random = RandomStream.For(20261125, 4, name.Length);
        long live = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        int refused = 0;
        PeakMemory.Of(ReadAll).ShouldBeLessThan(256L << 20); // native tensors too
        refused.ShouldBeGreaterThan(Cases / 4);
        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(live);

        void ReadAll()
        {
            for (int i = 0; i < Cases; i++)
            {
                byte[] bytes = Damage(whole, ref random);
                File.WriteAllBytes(path, bytes);
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    Dictionary<string, Tensor> read = name == "checkpoint.safetensors"
                        ? SafeTensors.Read(path, ours: true).Tensors : WeightFile.Read(path);
                    long size = read.Values.Sum(t => t.numel() * t.element_size());
                    foreach (Tensor tensor in read.Values) tensor.Dispose();
                    size.ShouldBeLessThanOrEqualTo(bytes.Length, $"case {i}");
                    if (name == "checkpoint.safetensors")
                        bytes.SequenceEqual(whole).ShouldBeTrue("a checkpoint has a checksum");
                }
                catch (BadInputException e)
                {
                    refused++;
                    e.Message.ShouldStartWith(path);
                    e.Message.ShouldNotContain("\n");
                }
                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((20 * bytes.Length) + Constant,
                    $"case {i}");
            }
        }
    }

    private byte[] Original(string name)
    {
        if (name.EndsWith(".pth", StringComparison.Ordinal)) return File.ReadAllBytes(TorchFileTests.Fixture(name));
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = new()
        {
            ["grid"] = arange(600, dtype: float32).view(20, 30),
            ["long"] = arange(9),
            ["bool"] = ones(3, ScalarType.Bool),
            ["single"] = tensor(5.0),
        };
        SafeTensors.Write(
            _work[name], tensors, new Dictionary<string, string> { ["options"] = "{}", ["run"] = "{\"step\": 3}" });
        byte[] bytes = File.ReadAllBytes(_work[name]);
        if (name == "checkpoint.safetensors") return bytes;
        int checksum = bytes.AsSpan().IndexOf("checksum"u8);
        bytes[checksum] = (byte)'k'; // as files of other programs, without one
        return bytes;
    }

    private static byte[] Damage(byte[] whole, ref RandomStream random)
    {
        byte[] bytes = [.. whole];
        // Headers are at the beginning, a zip's directory at the end: damage goes there more often.
        int At(ref RandomStream r) => r.NextInt(0, 2) switch
        {
            0 => r.NextInt(0, Math.Min(400, bytes.Length) - 1),
            1 => bytes.Length - 1 - r.NextInt(0, Math.Min(400, bytes.Length) - 1),
            _ => r.NextInt(0, bytes.Length - 1),
        };
        for (int n = random.NextInt(1, 3); n > 0; n--)
        {
            int at = At(ref random);
            switch (random.NextInt(0, 4))
            {
                case 0: bytes[at] ^= (byte)(1 << random.NextInt(0, 7)); break;
                case 1: bytes[at] = (byte)random.NextInt(0, 255); break;
                case 2 when at + 8 <= bytes.Length:
                    ulong[] lies =
                    [
                        0, 1, 0x7fffffff, 0xffffffff, 0x7fffffffffffffff, ulong.MaxValue,
                        (ulong)bytes.Length, (ulong)bytes.Length * 1000,
                    ];
                    BinaryPrimitives.WriteUInt64LittleEndian(
                        bytes.AsSpan(at), lies[random.NextInt(0, lies.Length - 1)]);
                    break;
                case 3:
                    int from = At(ref random),
                        length = Math.Min(random.NextInt(1, 64), bytes.Length - Math.Max(from, at));
                    bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                    break;
                case 4: return bytes[..at];
            }
        }
        return bytes;
    }
}
