using System.CommandLine;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;

namespace VideoConcepts.Cli;

/// <summary>extract: features of every window of every video of a list.</summary>
internal static class ExtractCommand
{
    public static Command Create()
    {
        var command = new Command("extract", "Write the backbone's features of every window of every video to features.npy, with rows.csv beside it. Goes on where it was stopped.");
        var inputs = new EvaluationInputs(command, spread: true, views: true);
        var list = new Option<string>("--csv_file", "--csv-file") { Description = "list of videos, with or without labels", Required = true, HelpName = "file" };
        var output = new Option<string>("--out") { Description = "folder for features.npy, rows.csv and extract.json", Required = true, HelpName = "folder" };
        command.Options.Add(list);
        command.Options.Add(output);
        inputs.SetAction(command, (parsed, stop) =>
        {
            VideoList videos = inputs.List(parsed, parsed.GetRequiredValue(list), requireLabels: false);
            using EvaluatedModel model = inputs.Open(parsed);
            ClipOptions clips = inputs.Clips(parsed, model.Options);
            FeatureExtractor extractor = inputs.Extractor(parsed, clips);
            string view = inputs.View(parsed);
            string folder = parsed.GetRequiredValue(output);
            var what = new FeatureDescription(model.Name, model.Hash, videos.File, videos.Hash(), clips,
                extractor.CountWindows(videos.Videos), FeatureViews.Dimension(model.Model.Backbone, view),
                new Origin("extract", [model.Source, Source.File("csv_file", videos.File)]),
                    videos.Videos[0].Directory, model.Options.Precision, FeatureDescription.ViewOf(view));
            EvaluationInputs.Track("extract", extractor, videos,
                progress => FeatureFolder.Write(folder, what, extractor, inputs.Batch(parsed), videos.Videos,
                    clip => model.Features(view, clip), progress, stop, inputs.Force(parsed) == true),
                dropped => dropped);
            Screen.Say($"{what.Windows} windows of {videos.Videos.Count} videos, {what.Dimension} features each");
            Screen.Print(Path.Combine(folder, FeatureFolder.MatrixName));
        });
        return command;
    }
}
