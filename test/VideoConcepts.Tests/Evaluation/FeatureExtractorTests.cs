using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

public sealed class FeatureExtractorTests
{
    private const int Size = 4;
    private static readonly ClipOptions Clips = new() { Frames = 4, Size = Size };

    private static VideoEntry Video(int id, int frames) => new($"/videos/{id}", frames, id % 3, "list.csv", id + 1);

    private static readonly VideoEntry[] Videos =
        [.. new[] { 9, 3, 4, 30, 5, 17, 2, 8 }.Select((frames, id) => Video(id, frames))];

    /// <summary>Mean colour over space per frame, (N, 3·T): every frame position leaves its trace.</summary>
    private static Tensor Colours(Tensor clips) => clips.mean([3, 4]).flatten(1) + 3;

    private static FeatureExtractor Extractor(int batch, int workers, Func<IFrameReader>? open = null) =>
        new(Clips, new ExtractionOptions { BatchSize = batch, Workers = workers }, open ?? (() => new PaintedReader()));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static FeatureTable Extract(FeatureExtractor extractor, Func<Tensor, Tensor>? network = null) =>
        extractor.Extract(Videos, network ?? Colours, null, Stop);

    [Fact]
    public void Extract_Videos_IsTheMeanOfTheUnitFeaturesOfAllWindows()
    {
        FeatureTable table = Extract(Extractor(batch: 3, workers: 2));

        table.Dropped.Select(v => v.FrameCount).ShouldBe([3, 2]);
        table.Videos.Select(v => v.FrameCount).ShouldBe([9, 4, 30, 5, 17, 8]);
        table.Dimension.ShouldBe(12);
        ClipTable clips = Extractor(batch: 5, workers: 1).ExtractClips(Videos, Colours, null, Stop);
        for (int row = 0; row < table.Rows; row++)
        {
            var expected = new double[12];
            int[] windows =
                [.. Enumerable.Range(0, clips.Origins.Count).Where(i => clips.Origins[i].Video == table.Videos[row])];
            windows.Length.ShouldBe(EvaluationClips.WindowStarts(table.Videos[row].FrameCount, Clips).Length);
            foreach (int window in windows)
            {
                float[] feature = clips.Values[(window * 12)..((window + 1) * 12)];
                double norm = Math.Sqrt(feature.Sum(x => (double)x * x));
                for (int d = 0; d < 12; d++) expected[d] += feature[d] / norm / windows.Length;
            }

            for (int d = 0; d < 12; d++) table.Row(row)[d].ShouldBe((float)expected[d], 1e-6f);
        }
    }

    [Fact]
    public void ExtractClips_Window_HoldsTheFramesOfItsPositions()
    {
        ClipTable clips = Extractor(batch: 4, workers: 2)
            .ExtractClips([Video(5, 12)], c => c[.., 0, .., 0, 0], null, Stop);
        for (int row = 0; row < clips.Origins.Count; row++)
            for (int t = 0; t < 4; t++)
            {
                float red = (PaintedReader.Red(5, clips.Origins[row].Start + t) / 255f - 0.485f) / 0.229f;
                clips.Values[(row * 4) + t].ShouldBe(red, 1e-5f);
            }
    }

    /// <summary>A thousand threads would take gigabytes for their calls.</summary>
    [Fact]
    public void Extract_WithMoreWorkersThanBatches_StartsAsManyAsThereAreBatches()
    {
        static int Threads()
        {
            using var process = Process.GetCurrentProcess();
            return process.Threads.Count;
        }
        int before = Threads(), most = 0;
        FeatureExtractor extractor = Extractor(batch: 4, workers: 1000, () =>
        {
            most = Math.Max(most, Threads());
            return new PaintedReader();
        });
        Extract(extractor).Values.ShouldBe(Extract(Extractor(batch: 4, workers: 1)).Values);
        (most - before).ShouldBeLessThan(500); // other tests start some, too
    }

    [Fact]
    public void Extract_AnyNumberOfWorkers_GivesTheSameBits()
    {
        float[] one = Extract(Extractor(batch: 4, workers: 1)).Values;
        for (int workers = 2; workers <= 5; workers++)
            Extract(Extractor(batch: 4, workers)).Values.ShouldBe(one);
    }

    [Fact]
    public void Extract_Windows_FillBatchesAcrossVideosAndReportProgress()
    {
        var sizes = new List<long>();
        var progress = new Recorder();
        FeatureExtractor extractor = Extractor(batch: 8, workers: 2);
        extractor.Extract(Videos, clips => { sizes.Add(clips.shape[0]); return Colours(clips); }, progress, Stop);

        long windows = extractor.CountWindows(Videos);
        sizes.SkipLast(1).ShouldAllBe(size => size == 8);
        sizes.Sum().ShouldBe(windows);
        progress.Last.ShouldBe(windows);
    }

    [Fact]
    public void Extract_Network_RunsWithoutGradientAndLeavesNoTensors()
    {
        using Tensor weight = ones(12, 2, requires_grad: true);
        Tensor Network(Tensor clips)
        {
            Tensor output = Colours(clips).mm(weight);
            output.requires_grad.ShouldBeFalse();
            return output;
        }

        Extract(Extractor(batch: 4, workers: 2), Network);
        DisposeScopeManager.Statistics.Reset();
        Extract(Extractor(batch: 4, workers: 2), Network);
        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(0);
    }

    [Fact]
    public void OfViews_TenViews_AreThoseOfEachAloneFromOneDecodingOfEachFrame()
    {
        VideoEntry[] videos = [Video(0, 9), Video(1, 30)];
        int decoded = 0;
        VideoScores[] Scores(IReadOnlyList<(TestView, bool)> views) =>
            [.. VideoScores.OfViews(new FeatureExtractor(Clips, new ExtractionOptions { BatchSize = 4, Workers = 1 },
                () => new TexturedReader(() => decoded++), views: views),
                videos, Pixels, softmaxFirst: true, null, Stop)];

        VideoScores[] ten = Scores(TestViews.Of(10));
        decoded.ShouldBe(9 + 30);

        ten.Length.ShouldBe(10);
        for (int v = 0; v < 10; v++) Scores([TestViews.Of(10)[v]]).Single().Values.ShouldBe(ten[v].Values);
        ten.Select(scores => string.Join(' ', scores.Values)).Distinct().Count().ShouldBe(10);

        static Tensor Pixels(Tensor clips) => clips.mean([1, 2]).flatten(1);
    }

    [Fact]
    public void OfViews_MirrorImage_ShowsTheSquareReversed()
    {
        Tensor Row(Tensor clips) => clips[.., 0, 0, 0];
        float[] Values(bool flip) => VideoScores.Of(new FeatureExtractor(Clips, new ExtractionOptions(),
            () => new TexturedReader(() => { }), views: [(TestView.BottomRight, flip)]),
            [Video(0, 4)], Row, false, null, Stop).Values;

        Values(flip: true).ShouldBe(Values(flip: false).Reverse());
    }

    [Fact]
    public void Extract_UnreadableFrame_ThrowsWhatTheReaderSaid() =>
        Should.Throw<BadInputException>(
            () => Extract(Extractor(2, 3, () => new PaintedReader(badDirectory: "/videos/5"))))
            .Message.ShouldContain("/videos/5");

    [Fact]
    public void Extract_ReaderThatCannotOpen_Throws() =>
        Should.Throw<InvalidOperationException>(
            () => Extract(Extractor(2, 2, () => throw new InvalidOperationException())));

    [Fact]
    public void Extract_NonFiniteOutput_NamesTheVideo() =>
        Should.Throw<ArithmeticException>(() => Extract(Extractor(2, 1), clips => Colours(clips) / 0))
            .Message.ShouldContain("list.csv:1");

    [Fact]
    public void Extract_OnlyShortVideos_SaysSo() =>
        Should.Throw<BadInputException>(() => Extractor(2, 1).Extract([Video(0, 2)], Colours, null, Stop));

    [Fact]
    public void Extract_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => Extractor(2, 2).Extract(Videos, Colours, null, source.Token));
    }

    [Fact]
    public void Labels_UnlabelledRow_NamesFileAndLine()
    {
        var table = new FeatureTable([1], 1, [new VideoEntry("/v", 20, null, "a.csv", 7)], []);
        Should.Throw<BadInputException>(() => table.Labels()).Message.ShouldContain("a.csv:7");
    }

    private sealed class Recorder : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value) => Last = value;
    }

    /// <summary>Pictures whose colour tells the video and the position.</summary>
    private sealed class PaintedReader(string? badDirectory = null) : IFrameReader
    {
        public static byte Red(int id, int position) => (byte)((id * 31) + (position * 7));

        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
        {
            if (video.Path == badDirectory) throw new BadInputException($"{video.Path} is not readable.");
            position.ShouldBeInRange(0, video.FrameCount - 1);
            destination.Resize(Size, Size);
            int id = int.Parse(Path.GetFileName(video.Path));
            for (int i = 0; i < destination.Pixels.Length; i += 3)
            {
                destination.Pixels[i] = Red(id, position);
                destination.Pixels[i + 1] = (byte)(position * 3);
                destination.Pixels[i + 2] = (byte)(id * 20);
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Pictures larger than a clip's, no two places alike.</summary>
    private sealed class TexturedReader(Action onRead) : IFrameReader
    {
        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
        {
            onRead();
            destination.Resize(24, 16);
            for (int i = 0; i < destination.Pixels.Length; i++)
                destination.Pixels[i] = (byte)((i * i * 7) + (i * 3) + (position * 11));
        }

        public void Dispose()
        {
        }
    }
}
