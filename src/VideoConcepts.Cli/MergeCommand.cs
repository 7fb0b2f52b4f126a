using System.CommandLine;
using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>evaluate merge: two (or more) streams, by the mean of their probabilities.</summary>
internal static class MergeCommand
{
    public static Command Create()
    {
        var results = new Option<string[]>("--results") { Description = "folders that evaluate test, finetune or probe wrote (or their probabilities.csv), of the same list", Required = true, HelpName = "folder", AllowMultipleArgumentsPerToken = true };
        Option<string?> output = EvaluationInputs.Output("folder for the merged result");
        var command = new Command("merge", "Average the class probabilities of several models per video. (Retrieval of two streams: evaluate retrieval --train_features a,b.)") { results, output };
        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetRequiredValue(results);
            if (paths.Length < 2) throw new BadInputException("--results names one result; give two or more.");
            if (parsed.GetValue(output) is { } folder) OutputFolder.Open(folder, "--out");
            VideoScores[] streams = [.. paths.Select(ResultFiles.ReadProbabilities)];
            ClassificationResult merged = ClassificationResult.Of(VideoScores.Mean(streams));
            var table = new FigureTable("streams");
            foreach ((string path, VideoScores stream) in paths.Zip(streams)) table.Add(path, ClassificationResult.Of(stream).Figures);
            table.Add("merged", merged.Figures);
            table.Show();
            if (parsed.GetValue(output) is not { } place) return ExitStatus.Done;
            ResultFiles.Write(place, merged);
            ResultFiles.Write(place, new JsonObject { ["results"] = new JsonArray([.. paths.Select(p => (JsonNode)p)]), ["version"] = RunDescription.Version, ["figures"] = table.Json() });
            Screen.Print(Path.Combine(place, ResultFiles.ResultName));
            return ExitStatus.Done;
        });
        return command;
    }
}
