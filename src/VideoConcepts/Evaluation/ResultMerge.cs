using System.Text.Json.Nodes;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Evaluation;

/// <summary>Two or more streams, by the mean of their class probabilities per video.</summary>
public static class ResultMerge
{
    /// <param name="results">Folders that a test, a fine-tuning or a probe wrote, or their probabilities.csv, of the
    /// same list.</param>
    /// <param name="output">Folder for the merged result; null: it is returned, and written nowhere.</param>
    /// <param name="force">Whether results of another origin are replaced.</param>
    /// <exception cref="BadInputException">A result cannot be read, or they are not of the same videos.</exception>
    public static EvaluationResult Run(IReadOnlyList<string> results, string? output = null, bool force = false)
    {
        if (results.Count < 2) throw new BadInputException("‹results› names one result; give two or more.");
        VideoScores[] streams = [.. results.Select(ResultFiles.ReadProbabilities)];
        string[] files = [.. results.Select(ResultFiles.ProbabilitiesOf)];
        ResultFiles? written = output is null ? null
            : ResultFiles.Claim(output, new Origin("evaluate merge", [.. files.Select(f => Source.File("results", f))]),
                classifies: true, files.Select(f => new InputFile("‹results›", f)), force);
        ClassificationResult merged = ClassificationResult.Of(VideoScores.Mean(streams));
        var table = new FigureTable("streams");
        foreach ((string path, VideoScores stream) in results.Zip(streams))
            table.Add(path, ClassificationResult.Of(stream).Figures);
        table.Add("merged", merged.Figures);
        written?.Write(new JsonObject
        {
            ["results"] = new JsonArray([.. results.Select(p => (JsonNode)p)]),
            ["version"] = RunDescription.Version,
            ["figures"] = table.Json(),
        }, merged);
        return new([table], written?.ResultFile);
    }
}
