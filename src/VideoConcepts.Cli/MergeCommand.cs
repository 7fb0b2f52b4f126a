using System.CommandLine;
using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>evaluate merge: two (or more) streams, by the mean of their probabilities.</summary>
internal static class MergeCommand
{
    public static Command Create()
    {
        var results = new Option<string[]>("--results") { Description = "folders that evaluate test, finetune or probe wrote (or their probabilities.csv), of the same list", Required = true, HelpName = "folder", AllowMultipleArgumentsPerToken = true };
        Option<string?> output = EvaluationInputs.Output("folder for the merged result");
        Option<bool> force = OverwriteOption.Create();
        var command = new Command("merge",
            "Average the class probabilities of several models per video. (Retrieval of two streams: evaluate "
            + "retrieval --train_features a,b.)") { results, output, force };
        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetRequiredValue(results);
            if (paths.Length < 2) throw new BadInputException("--results names one result; give two or more.");
            VideoScores[] streams = [.. paths.Select(ResultFiles.ReadProbabilities)];
            string[] files = [.. paths.Select(ResultFiles.ProbabilitiesOf)];
            ResultFiles? written = parsed.GetValue(output) is { } folder
                ? ResultFiles.Claim(folder,
                    new Origin("evaluate merge", [.. files.Select(f => Source.File("results", f))]), classifies: true,
                    files.Select(f => new InputFile("--results", f)), parsed.GetValue(force))
                : null;
            ClassificationResult merged = ClassificationResult.Of(VideoScores.Mean(streams));
            var table = new FigureTable("streams");
            foreach ((string path, VideoScores stream) in paths.Zip(streams)) table.Add(path, ClassificationResult.Of(stream).Figures);
            table.Add("merged", merged.Figures);
            table.Show();
            if (written is null) return ExitStatus.Done;
            written.Write(new JsonObject
            {
                ["results"] = new JsonArray([.. paths.Select(p => (JsonNode)p)]),
                ["version"] = RunDescription.Version,
                ["figures"] = table.Json()
            }, merged);
            Screen.Print(Path.Combine(written.Folder, ResultFiles.ResultName));
            return ExitStatus.Done;
        });
        return command;
    }
}
