using System.IO.Compression;
using TorchSharp;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training.Import;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training.Import;

/// <summary>Files that PyTorch 1.13 wrote (Fixtures/make_torch_files.py).</summary>
public sealed class TorchFileTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("zip.pth")]
    [InlineData("old.pth")]
    [InlineData("protocol4.pth")]
    public void Read_EveryTypeAndView_GivesTheirNumbers(string file)
    {
        using var scope = NewDisposeScope();
        TorchFile.IsOne(Fixture(file)).ShouldBeTrue();
        Dictionary<string, Tensor> read = TorchFile.Read(Fixture(file));
        Tensor numbers = arange(24, dtype: float32);
        ShouldHold(read, new()
        {
            ["grid"] = numbers[..6].view(2, 3),
            ["turned"] = numbers[6..18].view(3, 4).t().contiguous(),
            ["part"] = numbers[18..20],
            ["double"] = arange(3, dtype: float64) / 4,
            ["half"] = tensor(new[] { 1.5f, -2f }).to(float16),
            ["bfloat"] = tensor(new[] { 0.5f, 3f }).to(bfloat16),
            ["long"] = tensor(new[] { 1L << 40, -1L }),
            ["int"] = tensor(new[] { 7, -8 }),
            ["short"] = tensor(new short[] { 300 }),
            ["byte"] = tensor(new byte[] { 200, 3 }),
            ["bool"] = tensor(new[] { true, false }),
            ["single"] = tensor(5f),
            ["none"] = zeros(0, 4),
            ["parameter"] = tensor(new[] { 9f, 8f }),
        });
    }

    [Theory]
    [InlineData("training.pth")]
    [InlineData("training_old.pth")]
    public void Read_OfATrainingCheckpoint_FindsTheStateDictInIt(string file)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> read = TorchFile.Read(Fixture(file));
        read.Keys.ShouldBe(["module.encoder_q.0.weight", "module.encoder_q.0.bias"]);
        read["module.encoder_q.0.weight"].data<float>().ToArray().ShouldBe([4f, 4f]);
        foreach (Tensor tensor in read.Values) tensor.Dispose();
    }

    [Theory]
    [InlineData("evil.pth", "system")]
    [InlineData("module.pth", "operation 0x81")]
    [InlineData("overlapping.pth", "b overlaps another tensor")]
    [InlineData("expanded.pth", "a lies outside its numbers")]
    public void Read_WhatIsNotAStateDict_IsRefusedAndNothingIsRun(string file, string said)
    {
        string message = Should.Throw<BadInputException>(() => TorchFile.Read(Fixture(file))).Message;
        message.ShouldStartWith($"{Fixture(file)}: not a readable PyTorch file: ");
        message.ShouldContain(said);
        message.ShouldNotContain("\n");
        File.Exists("it-ran").ShouldBeFalse();
    }

    [Fact]
    public void Read_ZipBomb_IsRefusedBeforeItIsUnpacked()
    {
        using (FileStream file = File.Create(_work["bomb.pth"]))
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        using (Stream entry = zip.CreateEntry("a/data.pkl").Open())
            for (int i = 0; i < 1000; i++) entry.Write(new byte[100_000]);
        new FileInfo(_work["bomb.pth"]).Length.ShouldBeLessThan(200_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<BadInputException>(() => TorchFile.Read(_work["bomb.pth"])).Message.ShouldContain("is compressed");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void Read_NegativeOffset_IsRefused()
    {
        // grid is the first view of its storage: offset 0 (K 0), shape (2, 3).
        byte[] tail = [(byte)'Q', (byte)'K', 0, (byte)'K', 2, (byte)'K', 3, 0x86];
        using (FileStream file = File.Create(_work["negative.pth"]))
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        using (ZipArchive old = ZipFile.OpenRead(Fixture("zip.pth")))
            foreach (ZipArchiveEntry entry in old.Entries)
            {
                using var content = new MemoryStream();
                using (Stream stream = entry.Open()) stream.CopyTo(content);
                byte[] part = content.ToArray();
                if (entry.Name == "data.pkl")
                {
                    int place = part.AsSpan().IndexOf(tail);
                    place.ShouldBeGreaterThan(0);
                    part = [.. part[..(place + 1)], (byte)'J', 0xff, 0xff, 0xff, 0xff, .. part[(place + 3)..]];
                }
                using Stream copy = zip.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                copy.Write(part);
            }
        Should.Throw<BadInputException>(() => TorchFile.Read(_work["negative.pth"]))
            .Message.ShouldContain("grid has a negative or wrong size, stride or offset");
    }

    internal static string Fixture(string file) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "torch", file);

    private static void ShouldHold(Dictionary<string, Tensor> read, Dictionary<string, Tensor> expected)
    {
        read.Keys.Order().ShouldBe(expected.Keys.Order());
        foreach ((string name, Tensor tensor) in expected)
        {
            read[name].dtype.ShouldBe(tensor.dtype, name);
            read[name].shape.ShouldBe(tensor.shape, name);
            read[name].bytes.SequenceEqual(tensor.contiguous().bytes).ShouldBeTrue(name);
            read[name].Dispose();
        }
    }
}
