using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

internal static class EvaluateCommand
{
    public static Command Create()
    {
        var evaluate = new Command("evaluate", "Measure what a trained model knows.");
        evaluate.Subcommands.Add(CreateRetrieval());
        return evaluate;
    }

    private static Command CreateRetrieval()
    {
        var checkpoint = new Option<string>("--checkpoint") { Description = "a run's folder, or a checkpoint in it", Required = true, HelpName = "path" };
        var train = new Option<string>("--train_csv", "--train-csv") { Description = "labelled list to search in (gallery)", Required = true, HelpName = "file" };
        var test = new Option<string?>("--test_csv", "--test-csv") { Description = "labelled list of queries; without it, every gallery video asks for the others", HelpName = "file" };
        var result = new Option<string?>("--json") { Description = "write the result to this file too", HelpName = "file" };
        var command = new Command("retrieval", "Nearest neighbours: the share of videos with one of their class among the k nearest.") { checkpoint, train, test, result };
        command.SetAction((parsed, stop) =>
        {
            string? json = parsed.GetValue(result);
            if (Directory.Exists(json)) throw new BadInputException($"--json {json}: this is a folder; name a file.");
            if (json is not null) OutputFolder.Open(Path.GetDirectoryName(Path.GetFullPath(json))!, "--json");
            VideoList gallery = VideoList.Read(parsed.GetRequiredValue(train), requireLabels: true);
            VideoList? queries = parsed.GetValue(test) is { } file ? VideoList.Read(file, requireLabels: true) : null;
            (ConceptModel model, TrainOptions options) = Checkpoint.Load(parsed.GetRequiredValue(checkpoint));
            using (model)
                Show(Measure(model, options, gallery, queries, stop), json);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static IReadOnlyList<(string Name, double Value)> Measure(ConceptModel model, TrainOptions options, VideoList gallery, VideoList? queries, CancellationToken stop)
    {
        model.eval();
        var extractor = new FeatureExtractor(new ClipOptions { Frames = options.Seq, Size = options.ImgDim }, new ExtractionOptions(), FrameReaders.Create);
        FeatureTable Features(string title, VideoList list)
        {
            FeatureTable table = Screen.Track(title, extractor.CountWindows(list.Videos), bar =>
                extractor.Extract(list.Videos, clips => model.backbone.call(clips).Feat, new InlineProgress<int>(n => bar(n, "")), stop));
            foreach (VideoEntry video in table.Dropped) Screen.Say($"left out, too short for a clip of {options.Seq} frames: {video.Origin}");
            return table;
        }
        FeatureTable searched = Features("gallery", gallery);
        if (queries is null)
            return [.. Retrieval.Recall(Retrieval.SearchWithin(searched, Retrieval.ReportedRanks.Max()), searched.Labels(), searched.Labels())];
        return [.. Retrieval.Evaluate(Features("queries", queries), searched)];
    }

    private static void Show(IReadOnlyList<(string Name, double Value)> figures, string? file)
    {
        foreach ((string name, double value) in figures)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-5} {100 * value,5:F1} %"));
        if (file is null) return;
        var json = new JsonObject();
        foreach ((string name, double value) in figures) json[name] = value;
        File.WriteAllText(file, json.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\n");
    }
}
