using System.CommandLine;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>export: a library → its vectors and scores for other programs.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var command = new Command("export", "Write the vectors and concept scores of a library's moments for other "
            + "programs, such as numpy, pandas and DuckDB.");
        var output = new Option<string>("--out")
        {
            Description = "folder for the files",
            Required = true,
            HelpName = "folder",
        };
        var parts = new Option<string?>("--parts")
        {
            Description = "what is written: some of look, motion, features and scores, separated by commas (default: "
                + "look and, where it is known, motion)",
            HelpName = "list",
        };
        var format = new Option<string>("--format")
        {
            Description = "npy, a file for each part beside a table, or parquet, one file",
            DefaultValueFactory = _ => ExportOptions.Npy,
            HelpName = "text",
        };
        Option<bool> json = LibraryOptionSet.Json();
        var library = new LibraryOptionSet(command, files: false);
        foreach (Option option in (Option[])[output, parts, format, json]) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            using var screen = new ScreenWork();
            using MomentLibrary opened = library.Open(parsed, screen);
            ExportResult written = LibraryExport.Write(opened, new ExportOptions
            {
                Folder = parsed.GetRequiredValue(output),
                Parts = parsed.GetValue(parts)?.Split(',', StringSplitOptions.TrimEntries),
                Format = parsed.GetValue(format)!,
            }, stop);
            screen.Dispose();
            if (parsed.GetValue(json))
            {
                MomentTables.Print(AnalysisJson.Of(written));
                return Task.FromResult(ExitStatus.Done);
            }
            Screen.Say($"{written.Moments} moments");
            foreach (string file in written.Files) Screen.Print(file);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }
}
