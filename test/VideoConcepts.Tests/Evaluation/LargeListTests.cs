using System.Collections;
using TorchSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

/// <summary>Evaluation of lists that are too large to be held in another form beside them.</summary>
public sealed class LargeListTests
{
    private static readonly ClipOptions Clips = new() { Frames = 4, Size = 2 };

    private static readonly VideoEntry[] Videos = [.. new[] { 9, 3, 4, 30, 5 }.Select(Video)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static VideoEntry Video(int frames, int id) => new($"/videos/{id}", frames, 0, "list.csv", id + 1);

    private static FeatureExtractor Extractor(int batch = 4, int workers = 2, ClipOptions? clips = null) =>
        new(clips ?? Clips, new ExtractionOptions { BatchSize = batch, Workers = workers }, () => new NumberReader());

    private static Tensor Colours(Tensor clips) => clips.mean([3, 4]).flatten(1) * 3 + 1; // (N, 3·T)

    private static Tensor Wide(Tensor clips) => zeros(clips.shape[0], 1 << 15);

    [Fact]
    public void Visit_LongList_LooksNoFurtherThanItDecodes()
    {
        var list = new LongList(1_000_000);
        int batches = 0;
        Should.Throw<OperationCanceledException>(() => Extractor().Visit(list, clips => ++batches < 3 ? Colours(clips)
            : throw new OperationCanceledException(), (_, _, _) => { }, cancellation: Stop));
        list.Furthest.ShouldBeLessThan(100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)] // in the middle of a video
    [InlineData(33)]
    public void Visit_FromAWindowOn_GivesTheRestOfAll(int first)
    {
        FeatureExtractor extractor = Extractor();
        VideoEntry[] kept = [.. extractor.Split(Videos).Kept];
        List<(int, int, float)> Rows(long from)
        {
            List<(int, int, float)> rows = [];
            long done = 0;
            extractor.Visit(kept, Colours, (row, start, output) => rows.Add((row, start, output[1])), from,
                new Progress(n => done = n), Stop);
            done.ShouldBe(from == 36 ? 0 : 36);
            return rows;
        }

        List<(int, int, float)> all = Rows(0);
        all.Count.ShouldBe(36);
        Rows(first).ShouldBe(all[first..]);
        Rows(36).ShouldBeEmpty();
    }

    [Fact]
    public void Extract_OneVideoAfterTheOther_GivesTheBitsOfSumsOfAllVideos()
    {
        FeatureTable table = Extractor().Extract(Videos, Colours, null, Stop);
        ClipTable clips = Extractor(batch: 7).ExtractClips(Videos, Colours, null, Stop);
        int dimension = clips.Dimension;
        var sums = new double[table.Rows * dimension];
        var plain = new double[sums.Length];
        var windows = new int[table.Rows];
        for (int i = 0; i < clips.Origins.Count; i++)
        {
            int row = table.Videos.ToList().IndexOf(clips.Origins[i].Video);
            float[] feature = clips.Values[(i * dimension)..((i + 1) * dimension)];
            double scale = 1 / Math.Sqrt(feature.Aggregate(0.0, (sum, x) => sum + ((double)x * x)));
            windows[row]++;
            for (int d = 0; d < dimension; d++)
            {
                sums[(row * dimension) + d] += feature[d] * scale;
                plain[(row * dimension) + d] += feature[d];
            }
        }

        table.Values.ShouldBe(sums.Select((sum, i) => (float)(sum / windows[i / dimension])));
        VideoScores.Of(Extractor(), Videos, Colours, softmaxFirst: false, null, Stop).Values
            .ShouldBe(plain.Select((sum, i) => (float)(sum / windows[i / dimension])));
    }

    [Fact]
    public void Read_FeaturesOfAFolder_AreTheBitsOfExtract()
    {
        using var work = new WorkFolder();
        FeatureExtractor extractor = Extractor();
        var what = new FeatureDescription("random", "", work.Write("list.csv", ""), "0", Clips,
            extractor.CountWindows(Videos), 12);
        FeatureFolder.Write(work["features"], what, extractor, 4, Videos, Colours, null, Stop)
            .Select(video => video.Line).ShouldBe([2]);
        FeatureTable read = FeatureFolder.Read(work["features"]);
        FeatureTable table = extractor.Extract(Videos, Colours, null, Stop);
        read.Values.ShouldBe(table.Values);
        read.Videos.Select(v => (v.Path, v.FrameCount, v.Label))
            .ShouldBe(table.Videos.Select(v => (v.Path, v.FrameCount, v.Label)));
    }

    [Fact]
    public void Table_OfMoreNumbersThanAnArrayHolds_IsRefusedInOneLine()
    {
        var list = new LongList(70_000);
        FeatureTable half = new([], 1 << 14, list, []), empty = new([], 1, list, []);
        Should.Throw<BadInputException>(() => Extractor().Extract(list, Wide, null, Stop)).Message
            .ShouldStartWith("list.csv: 70000 videos of 32768 numbers do not fit in memory as one table");
        Should.Throw<BadInputException>(() => Extractor().ExtractClips(list, Wide, null, Stop)).Message
            .ShouldStartWith("list.csv: 420000 windows of 32768 numbers do not fit");
        Should.Throw<BadInputException>(() => VideoScores.Of(Extractor(), list, Wide, true, null, Stop)).Message
            .ShouldStartWith("list.csv: 70000 videos of 32768 numbers do not fit");
        Should.Throw<BadInputException>(() => UnitRows.Joined([half, half])).Message
            .ShouldStartWith("list.csv: 70000 videos of 32768 numbers do not fit");
        Should.Throw<BadInputException>(() => LinearProbe.Run(empty, [32_767], empty, [0], new LinearProbeOptions()))
            .Message.ShouldStartWith("list.csv: 70000 videos of 32768 numbers do not fit");
    }

    [Fact]
    public void Visit_BatchThatNoBufferHolds_IsRefusedInOneLine() =>
        Should.Throw<BadInputException>(() => Extractor(batch: 4096, clips: Clips with { Size = 512 })
            .Visit(new LongList(1_000), Wide, (_, _, _) => { }, cancellation: Stop)).Message
            .ShouldStartWith("4096 clips of 4 frames of 512x512 pixels are too large for one batch");

    [Fact]
    public void Visit_ListThatMakesEntriesAnew_DecodesEachFrameOnce()
    {
        int decoded = 0;
        var extractor = new FeatureExtractor(Clips, new ExtractionOptions { BatchSize = 4, Workers = 1 },
            () => new NumberReader { Told = () => decoded++ });
        extractor.Visit(new LongList(3), Colours, (_, _, _) => { }, cancellation: Stop);
        decoded.ShouldBe(3 * 9);
    }

    [Fact]
    public void RowTensor_CopiedInPieces_HasAllNumbers()
    {
        using DisposeScope scope = NewDisposeScope();
        float[] values = [.. Enumerable.Range(0, 14).Select(i => (float)i)];
        Tensor tensor = RowTensor.Of(values, [7, 2], piece: 4);
        tensor.shape.ShouldBe([7, 2]);
        tensor.data<float>().ToArray().ShouldBe(values);
    }

    /// <summary>Videos of 9 frames, made when they are asked for.</summary>
    private sealed class LongList(int count) : IReadOnlyList<VideoEntry>
    {
        private int _furthest;

        public int Furthest => _furthest;

        public int Count => count;

        public VideoEntry this[int index]
        {
            get
            {
                _furthest = Math.Max(_furthest, index);
                return Video(9, index);
            }
        }

        public IEnumerator<VideoEntry> GetEnumerator() =>
            Enumerable.Range(0, count).Select(i => this[i]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Progress(Action<long> told) : IProgress<long>
    {
        public void Report(long value) => told(value);
    }

    private sealed class NumberReader : IFrameReader
    {
        public Action? Told { get; init; }

        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
        {
            Told?.Invoke();
            destination.Resize(2, 2);
            for (int i = 0; i < destination.Pixels.Length; i++)
                destination.Pixels[i] = (byte)((video.Line * 37) + (position * 11) + (i * i));
        }

        public void Dispose()
        {
        }
    }
}
