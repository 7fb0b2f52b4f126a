using TorchSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

public sealed class KeptFeaturesTests : IDisposable
{
    private const int Batch = 4, Dimension = 12;
    private static readonly ClipOptions Clips = new() { Frames = 4, Size = 4 };
    private readonly WorkFolder _work = new();
    private readonly List<string> _said = [];
    private int _decoded, _batches;

    public void Dispose() => _work.Dispose();

    private static VideoEntry[] Videos { get; } =
        [.. new[] { 9, 3, 4, 30, 17 }
            .Select((frames, id) => new VideoEntry($"/videos/{id}", frames, id % 2, "list.csv", id + 1))];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Folder => _work["untrained"];

    private FeatureExtractor Extractor(ClipOptions? clips = null) =>
        new(clips ?? Clips, new ExtractionOptions { BatchSize = Batch, Workers = 1 },
            () => new CountingReader(() => _decoded++));

    private FeatureDescription What { get; } = new("net with random weights of seed 1", "weights", "list.csv", "list",
        Clips, 0, Dimension, Precision: "full");

    private Tensor Network(Tensor clips)
    {
        _batches++;
        return clips.mean([3, 4]).flatten(1) + 3;
    }

    private FeatureTable Of(FeatureDescription what, Func<Tensor, Tensor>? network = null) =>
        new KeptFeatures(Folder, _said.Add)
            .Of(what, Extractor(what.Clips), Batch, Videos, network ?? Network, null, Stop);

    [Fact]
    public void Of_SecondCall_ComputesNothingAndGivesTheSameBits()
    {
        FeatureTable expected = Extractor().Extract(Videos, Network, null, Stop), first = Of(What);
        (_decoded, _batches) = (0, 0);

        FeatureTable second = Of(What with { List = "moved.csv", Model = "the same weights" });

        (_decoded, _batches).ShouldBe((0, 0));
        foreach (FeatureTable table in (FeatureTable[])[first, second])
        {
            table.Values.ShouldBe(expected.Values);
            table.Videos.ShouldBe(expected.Videos);
            table.Dropped.ShouldBe(expected.Dropped);
        }
        _said.ShouldHaveSingleItem().ShouldContain("features of before");
    }

    [Fact]
    public void Of_OtherWeightsListCutPrecisionOrVideos_ComputesAndKeepsThemBesideTheFirst()
    {
        foreach (string root in (string[])["one", "two"]) TinyFrames.Write(_work, $"{root}/video", 1);
        FeatureDescription first = What with { FirstVideo = _work["one/video"] };
        FeatureDescription[] all = [first, first with { ModelHash = "others" }, first with { ListHash = "other" },
            first with { Clips = Clips with { FrameStride = 2 } }, first with { Clips = Clips with { MaxWindows = 1 } },
            first with { Precision = "bfloat16" }, first with { FirstVideo = _work["two/video"] }];
        foreach (FeatureDescription what in all)
        {
            _batches = 0;
            Of(what);
            _batches.ShouldBeGreaterThan(0);
        }

        _batches = 0;
        foreach (FeatureDescription what in all) Of(what);
        _batches.ShouldBe(0);
        Directory.GetFiles(Folder, "*.npy").Length.ShouldBe(all.Length);
    }

    [Fact]
    public void Of_Stopped_GoesOnAndEndsWithTheSameBytes()
    {
        float[] whole = Of(What).Values;
        int all = _batches;
        var files = WorkFolder.Contents(Folder);
        Directory.Delete(Folder, recursive: true);
        Should.Throw<OperationCanceledException>(() =>
            Of(What, clips => ++_batches >= all + 5 ? throw new OperationCanceledException() : Network(clips)));
        Directory.GetFiles(Folder, "*.npy").ShouldBeEmpty();

        _batches = 0;
        Of(What).Values.ShouldBe(whole);
        _batches.ShouldBeLessThan(all);
        WorkFolder.Contents(Folder).ShouldBe(files);
    }

    [Theory]
    [InlineData(".npy")]
    [InlineData(".npy.partial")]
    [InlineData(".json")]
    public void Of_StrangersFileInPlace_StaysAndFeaturesAreComputedAllTheSame(string suffix)
    {
        float[] values = Of(What).Values;
        string name = Path.ChangeExtension(Directory.GetFiles(Folder, "*.npy").Single(), null);
        Directory.Delete(Folder, recursive: true);
        File.WriteAllText(_work.NewFile($"untrained/{Path.GetFileName(name)}{suffix}"), "{ \"mine\": 1 }");
        var before = WorkFolder.Contents(Folder);

        Of(What).Values.ShouldBe(values);

        WorkFolder.Contents(Folder).ShouldBe(before);
        _said.ShouldHaveSingleItem().ShouldContain("not kept");
    }

    [Fact]
    public void Of_DamagedFile_ComputesAgain()
    {
        float[] values = Of(What).Values;
        string file = Directory.GetFiles(Folder, "*.npy").Single();
        var whole = WorkFolder.Contents(Folder);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        Of(What).Values.ShouldBe(values);
        WorkFolder.Contents(Folder).ShouldBe(whole);
    }

    [Fact]
    public void Hash_OfWeights_TellsSeedsApart()
    {
        string Of(long seed)
        {
            Backbone net = Backbones.Create("r2plus1d-tiny");
            using var gone = net;
            Initialization.Fill(net, seed);
            return StateDict.Hash(net);
        }

        Of(1).ShouldBe(Of(1));
        Of(1).ShouldNotBe(Of(2));
    }

    private sealed class CountingReader(Action onRead) : IFrameReader
    {
        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
        {
            onRead();
            destination.Resize(4, 4);
            destination.Pixels.Fill((byte)((video.Line * 31) + (position * 7)));
        }

        public void Dispose()
        {
        }
    }
}
