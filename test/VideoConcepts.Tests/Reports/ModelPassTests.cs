using TorchSharp;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Reports;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Reports;

[Collection(nameof(SerialTests))]
public sealed class ModelPassTests(TinyVideos videos)
{
    private static readonly ClipOptions Clips = new() { Frames = 4, Size = 32 };
    private static readonly ExtractionOptions Extraction = new() { BatchSize = 5, Workers = 1 };

    // Of clips so small, libtorch's sums depend in the last bit on how many of them a batch has.
    private static readonly ExtractionOptions Single = new() { BatchSize = 1, Workers = 2 };

    private VideoEntry[] Videos => [.. All.Take(8)];

    private IReadOnlyList<VideoEntry> All => VideoList.Read(videos.Files.MotionTest).Videos;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false, Explicit = true)]
    public void Run_WithTimeCues_DecodesEachFrameOnceAndTellsHowFarItIs(bool withBoxes)
    {
        var decoded = new List<(string Folder, int Position)>();
        var progress = new Recorder();
        using ConceptModel model = TinyRun.UsedModel(TinyRun.Model);
        using var cues = new TimeCueStudy(Clips, withBoxes ? ObjectBoxes.Read(videos.Files.Boxes) : null);
        var pass = new ModelPass(model, Clips, Extraction, () => new CountingReader(decoded));

        // more are held out than are shown
        VideoEntry[] all = [.. All, .. withBoxes ? [] : VideoList.Read(videos.Files.MotionTrain).Videos];
        ModelOutputs outputs = pass.Run(all, cues, progress, Stop);

        decoded.ShouldBeUnique();
        decoded.Count.ShouldBeInRange(all.Sum(v => v.FrameCount) / 2, all.Sum(v => v.FrameCount));
        progress.Last.ShouldBe(pass.Windows(all, cues));
        outputs.TimeCues!.Inside.HasValue.ShouldBe(withBoxes);
    }

    [Fact(Explicit = true)] // seven seconds
    public void Run_WithTimeCues_GivesWhatAPassForEachWouldGive()
    {
        using ConceptModel model = TinyRun.UsedModel(TinyRun.Model);
        using var study = new TimeCueStudy(Clips, ObjectBoxes.Read(videos.Files.Boxes));
        ModelOutputs outputs = new ModelPass(model, Clips, Single, FrameReaders.Create).Run(Videos, study, null, Stop);

        FeatureExtractor extractor = Extractor(Clips);
        outputs.Features.Values.ShouldBe(
            extractor.Extract(Videos, c => model.backbone.call(c).Feat, null, Stop).Values);
        ClipTable scores = extractor.ExtractClips(
            Videos, c => model.ClipScores(model.backbone.call(c).Feat), null, Stop);
        outputs.Scores!.Values.ShouldBe(scores.Values);
        outputs.Scores.Origins.ShouldBe(scores.Origins);

        VideoEntry[] train = [.. Videos.Where((_, i) => i % 4 > 0)], test = [.. Videos.Where((_, i) => i % 4 == 0)];
        Tensor Both(Tensor clips) => cat([model.backbone.call(clips).Feat, model.backbone.call(clips.flip(2)).Feat], 1);
        using var cues = TimeCues.Train(extractor.ExtractClips(train, Both, null, Stop), new TimeCueOptions());
        ClipTable pairs = extractor.ExtractClips(test, Both, null, Stop);
        (outputs.TimeCues!.Accuracy, outputs.TimeCues.Clips).ShouldBe((cues.Accuracy(pairs), pairs.Origins.Count));
        ClipTable maps = Extractor(Clips with { MaxWindows = 1, Uniform = true }).ExtractClips(test,
            c => TimeCues.Spread(cues.At(model.backbone.call(c).Maps), Clips.Frames, Clips.Size).flatten(1),
            null, Stop);
        outputs.TimeCues.Shown.Count.ShouldBe(test.Length);
        int[] inTurn = [.. Enumerable.Range(0, test.Length).OrderBy(i => test[i].Label)]; // no two are of one class
        for (int i = 0; i < test.Length; i++)
            outputs.TimeCues.Shown[Array.IndexOf(inTurn, i)].Map.Jpeg.ShouldBe(new ThumbnailStrip().OfMap(
                maps.Origins[i], Clips,
                maps.Values[(i * maps.Dimension)..((i + 1) * maps.Dimension)],
                position => ObjectBoxes.Read(videos.Files.Boxes).Of(test[i].Path, position)).Jpeg);
    }

    [Fact]
    public void ShownFirst_ListSortedByClass_BeginsWithAllClassesInTurn()
    {
        // rows 0, 4 … 36 of 24 videos of class 0, then 16 of class 1
        VideoEntry[] list = [.. Enumerable.Range(0, 40)
            .Select(i => new VideoEntry($"/{i}", 9, i < 24 ? 0 : 1, "l", i))];
        int[] held = [.. Enumerable.Range(0, 10).Select(i => 4 * i)];
        int[] first = TimeCueStudy.ShownFirst(list, held);
        first[..6].Select(row => list[row].Label).ShouldBe([0, 1, 0, 1, 0, 1]);
        first.Order().ShouldBe(held);
    }

    [Fact]
    public void Run_WithoutTimeCues_LeavesNoTensors()
    {
        using IVideoModel model = TinyRun.UsedModel(TinyRun.Model);
        var pass = new ModelPass(model, Clips, Extraction, FrameReaders.Create);
        pass.Run(Videos, null, null, Stop).TimeCues.ShouldBeNull();
        DisposeScopeManager.Statistics.Reset();
        pass.Run(Videos, null, null, Stop);
        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(0);
    }

    [Fact]
    public void Run_ThreeVideosForTimeCues_SaysThatThereAreTooFew()
    {
        using IVideoModel model = TinyRun.UsedModel(TinyRun.Model);
        using var cues = new TimeCueStudy(Clips);
        Should.Throw<BadInputException>(() => new ModelPass(model, Clips, Extraction, FrameReaders.Create)
            .Run([.. Videos.Take(3)], cues, null, Stop)).Message.ShouldContain("there are 3");
    }

    private static FeatureExtractor Extractor(ClipOptions clips) => new(clips, Single, FrameReaders.Create);

    private sealed class CountingReader(List<(string, int)> decoded) : IFrameReader
    {
        private readonly IFrameReader _reader = FrameReaders.Create();

        public void Read(VideoEntry video, int position, FrameImage destination, int shrink = 1)
        {
            decoded.Add((video.Path, position));
            _reader.Read(video, position, destination, shrink);
        }

        public void Dispose() => _reader.Dispose();
    }

    private sealed class Recorder : IProgress<long>
    {
        public long Last { get; private set; }

        public void Report(long value) => Last = value;
    }
}
