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
        List<VideoScores> all = [];
        foreach ((TestView view, bool flip) in TestViews.Of(views))
        {
            var extractor = new FeatureExtractor(clips with { View = view, Flip = flip }, new ExtractionOptions { BatchSize = batch, Workers = workers, Device = model.backbone.Device }, FrameReaders.Create, ranks);
            string title = views == 1 ? "test" : $"test, view {all.Count + 1} of {views}";
            VideoScores scores = Screen.Track(title, extractor.CountWindows(list.Videos), bar =>
                VideoScores.Of(extractor, list.Videos, model.call, softmaxFirst: !meanOfLogits, new InlineProgress<long>(n => bar(n, "")), stop));
            all.Add(meanOfLogits ? scores.Softmax() : scores);
        }
        foreach (VideoEntry video in all[0].Dropped) Screen.Say($"left out, too short: {video.Origin}");
        return ClassificationResult.Of(VideoScores.Mean(all));
    }
}
