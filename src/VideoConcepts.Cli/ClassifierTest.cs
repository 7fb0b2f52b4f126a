using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;

namespace VideoConcepts.Cli;

/// <summary>Tests a classifier with progress on the screen.</summary>
internal static class ClassifierTest
{
    /// <summary>Mean over windows (of probabilities, or of logits before the softmax), then over views.</summary>
    public static ClassificationResult Run(Classifier model, VideoList list, ClipOptions clips, int views, bool meanOfLogits, int batch, int workers, CancellationToken stop, ICommunicator ranks)
    {
        model.eval();
        var extractor = new FeatureExtractor(clips,
            new ExtractionOptions { BatchSize = batch, Workers = workers, Device = model.backbone.Device },
            FrameReaders.Create, ranks, TestViews.Of(views));
        IReadOnlyList<VideoScores> all = Screen.Track(views == 1 ? "test" : $"test, {views} views",
            extractor.CountWindows(list.Videos), bar => VideoScores.OfViews(extractor, list.Videos, model.call,
                softmaxFirst: !meanOfLogits, new InlineProgress<long>(n => bar(n, "")), stop));
        if (meanOfLogits) all = [.. all.Select(scores => scores.Softmax())];
        foreach (VideoEntry video in all[0].Dropped) Screen.Say($"left out, too short: {video.Origin}");
        return ClassificationResult.Of(VideoScores.Mean(all));
    }
}
