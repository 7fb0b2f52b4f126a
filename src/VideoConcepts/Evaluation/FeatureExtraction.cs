using VideoConcepts.Data;
using VideoConcepts.Files;

namespace VideoConcepts.Evaluation;

/// <summary>Features of every window of a list.</summary>
public sealed record FeatureExtractionOptions : EvaluationOptions
{
    /// <summary>The list of videos, with or without labels.</summary>
    public string List { get; init; } = "";

    /// <summary>What features are of: clips, differences, both, mean-image or difference-image.</summary>
    public string View { get; init; } = FeatureViews.Clips;
}

/// <summary>What an extraction wrote.</summary>
/// <param name="Matrix">The file features.npy, (windows, D), float32.</param>
/// <param name="Windows">Number of rows.</param>
/// <param name="Videos">Number of videos in the list.</param>
/// <param name="Dimension">D.</param>
public sealed record ExtractedFeatures(string Matrix, long Windows, int Videos, int Dimension);

/// <summary>The backbone's features of every window of every video of a list, written to a folder.</summary>
public static class FeatureExtraction
{
    /// <summary>Writes features.npy, rows.csv and extract.json; goes on where it was stopped.</summary>
    /// <param name="options">Model, list and folder.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches; what is done stays.</param>
    /// <exception cref="BadInputException">An option, the list or the checkpoint is wrong, or the folder holds
    /// something else.</exception>
    public static ExtractedFeatures Run(FeatureExtractionOptions options, WorkContext? work = null,
        CancellationToken stop = default)
    {
        FeatureViews.Checked(options.View);
        var session = new EvaluationSession(options, work);
        string folder = options.Out ?? throw new BadInputException("‹out› is missing: name a folder for the features.");
        VideoList videos = session.List(options.List, requireLabels: false);
        using EvaluatedModel model = session.Open();
        ClipOptions clips = session.Clips(model.Options);
        FeatureExtractor extractor = session.Extractor(clips);
        var what = new FeatureDescription(model.Name, model.Hash, videos.File, videos.Hash(), clips,
            extractor.CountWindows(videos.Videos), FeatureViews.Dimension(model.Model.Backbone, options.View),
            new Origin("extract", [model.Source, Source.File("csv_file", videos.File)]),
            videos.Videos[0].Path, model.Options.Precision, FeatureDescription.ViewOf(options.View));
        session.Track("extract", extractor, videos,
            progress => FeatureFolder.Write(folder, what, extractor, options.BatchSize, videos.Videos,
                clip => model.Features(options.View, clip), progress, stop, options.Force == true),
            dropped => dropped);
        string matrix = Path.Combine(folder, FeatureFolder.MatrixName);
        return new(matrix, what.Windows, videos.Videos.Count, what.Dimension);
    }
}
