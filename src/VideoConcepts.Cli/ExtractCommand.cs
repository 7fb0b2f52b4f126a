using System.CommandLine;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>extract: features of every window of every video of a list.</summary>
internal static class ExtractCommand
{
    public static Command Create()
    {
        var command = new Command("extract", "Write the backbone's features of every window of every video to "
            + "features.npy, with rows.csv beside it. Goes on where it was stopped.");
        var inputs = new EvaluationOptionSet(command, spread: true, views: true);
        var list = new Option<string>("--csv_file", "--csv-file")
        {
            Description = "list of videos, with or without labels",
            Required = true,
            HelpName = "file",
        };
        Option<string?> output = EvaluationOptionSet.Output("folder for features.npy, rows.csv and extract.json");
        output.Required = true;
        command.Options.Add(list);
        command.Options.Add(output);
        inputs.SetAction(command, (parsed, work, stop) =>
        {
            ExtractedFeatures written = FeatureExtraction.Run(inputs.Read(parsed, new FeatureExtractionOptions
            {
                List = parsed.GetRequiredValue(list),
                View = inputs.View(parsed),
            }, output), work, stop);
            Screen.Say($"{written.Windows} windows of {written.Videos} videos, {written.Dimension} features each");
            Screen.Print(written.Matrix);
        });
        return command;
    }
}
