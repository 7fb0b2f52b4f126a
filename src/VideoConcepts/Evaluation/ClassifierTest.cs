using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Files;
using VideoConcepts.Models;

namespace VideoConcepts.Evaluation;

/// <summary>A test of a trained classifier.</summary>
public sealed record ClassifierTestOptions : EvaluationOptions
{
    /// <summary>The labelled list to test on.</summary>
    public string TestList { get; init; } = "";

    /// <summary>
    /// 1 (centre), 5 (corners and middle, squares of 7/8 of the shorter side) or 10 (with mirror images).
    /// </summary>
    public int Views { get; init; } = 1;
}

/// <summary>A trained classifier on a list, with one, five or ten views.</summary>
public static class ClassifierTest
{
    /// <summary>Tests it as it was trained, unless the options say otherwise.</summary>
    /// <param name="options">Classifier and list.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>top-1, top-5 and mean class of chance and the model.</returns>
    /// <exception cref="BadInputException">An option, the list or the checkpoint is wrong, or the classifier was
    /// trained on a video of the list.</exception>
    public static EvaluationResult Run(ClassifierTestOptions options, WorkContext? work = null,
        CancellationToken stop = default)
    {
        _ = TestViews.Of(options.Views);
        var session = new EvaluationSession(options, work);
        using EvaluatedModel model = session.Open(best: true);
        VideoList list = session.List(options.TestList,
            acrossCuts: options.AcrossCuts ?? model.Options.AcrossCuts);
        if (model.Model is not Classifier classifier)
            throw new BadInputException($"{model.Name}: not a classifier; train one from it with evaluate finetune or "
                + "evaluate probe ‹end-to-end›.");
        ResultFiles? results = session.Claim("evaluate test", [model.Source, Source.File("test_csv", list.File)],
            classifies: true, [.. model.Inputs, new InputFile("‹test_csv›", list.File)]);
        (ClipOptions clips, bool meanOfLogits) = session.TestClips(model.Options);
        int classes = ListRules.Classes(list, null, model.Options.Classifier!.Classes);
        if (!options.AllowOverlap) session.Work.RefuseTrained(model.File!, list, stop);
        ClassificationResult result = Measure(session, classifier, list, clips, options.Views, meanOfLogits, stop);
        var table = new FigureTable(options.Views == 1 ? "centre crop" : $"{options.Views} crops");
        table.Add(FigureTable.Chance, Chance.Classification(classes));
        table.Add(FigureTable.Model, result.Figures);
        session.Work.Figures?.Report(table);
        JsonObject json = session.Describe(model, new EvaluationSplit("", list, list), result.Scores.Dropped, clips);
        json.Remove("train_csv");
        json.Remove("train_csv_sha256");
        if (options.Preset is null) json.Remove("preset"); // the classifier's own numbers hold
        json["views"] = options.Views;
        json["figures"] = table.Json();
        results?.Write(json, result);
        return new([table], results?.ResultFile);
    }

    /// <summary>Mean over windows (of probabilities, or of logits before the softmax), then over views.</summary>
    internal static ClassificationResult Measure(EvaluationSession session, Classifier model, VideoList list,
        ClipOptions clips, int views, bool meanOfLogits, CancellationToken stop)
    {
        model.eval();
        var extractor = new FeatureExtractor(clips, session.Extraction with { Device = model.backbone.Device },
            FrameReaders.Create, session.Communicator, TestViews.Of(views));
        IReadOnlyList<VideoScores> all = session.Work.Track(views == 1 ? "test" : $"test, {views} views",
            extractor.CountWindows(list.Videos), bar => VideoScores.OfViews(extractor, list.Videos, model.call,
                softmaxFirst: !meanOfLogits, new InlineProgress<long>(n => bar(n, "")), stop));
        if (meanOfLogits) all = [.. all.Select(scores => scores.Softmax())];
        session.SayDropped(all[0].Dropped);
        return ClassificationResult.Of(VideoScores.Mean(all));
    }
}
