using System.CommandLine;
using System.Globalization;
using VideoConcepts.Reports;

namespace VideoConcepts.Cli;

/// <summary>report: a run and a list of videos → one HTML page, and the figures in it as JSON.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var command = new Command("report", "Write one HTML page of a run: its loss curves, nearest neighbours, "
            + "concepts, and where clips tell forward from backward.");
        var inputs = new EvaluationOptionSet(command, keeps: true);
        var list = new Option<string>("--csv_file", "--csv-file")
        {
            Description = "videos to show, with or without labels",
            Required = true,
            HelpName = "file",
        };
        var boxes = new Option<string?>("--boxes")
        {
            Description = "csv of path,image,x,y,width,height: says how much of the map of time cues lies inside",
            HelpName = "file",
        };
        var noCues = new Option<bool>("--no-time-cues", "--no_time_cues")
        {
            Description = "leave out what tells forward from backward",
        };
        var output = new Option<string?>("--out")
        {
            Description = "the page; the figures go beside it as .json",
            DefaultValueFactory = _ => "report.html",
            HelpName = "file",
        };
        Option<bool> noRandom = EvaluationOptionSet.NoRandom();
        foreach (Option option in (Option[])[list, boxes, noCues, noRandom, output]) command.Options.Add(option);
        inputs.SetAction(command, (parsed, work, stop) =>
        {
            inputs.RefuseUntrained(parsed, noRandom, ofNet: false);
            WrittenReport written = RunReport.Write(inputs.Read(parsed, new RunReportOptions
            {
                List = parsed.GetRequiredValue(list),
                Boxes = parsed.GetValue(boxes),
                TimeCues = !parsed.GetValue(noCues),
                CompareRandom = !parsed.GetValue(noRandom),
                Untrained = inputs.Untrained(parsed),
            }, output), work, stop);
            if (written.TimeCues is { } cues) Show(cues);
            Screen.Print(written.Page);
            Screen.Print(written.Figures);
        });
        return command;
    }

    private static void Show(TimeCueFigures cues)
    {
        Screen.Print(string.Create(CultureInfo.InvariantCulture,
            $"forward or backward: {100 * cues.Accuracy:F1} % of {2 * cues.Clips} held-out clips and reversed clips "
            + $"(chance 50 %)"));
        if (cues.Boxes is { Area: 0 })
            Screen.Print(
                "map of time cues: no box lies in a frame of these clips; check the paths and numbers in --boxes");
        else if (cues.Boxes is { } inside)
            Screen.Print(string.Create(CultureInfo.InvariantCulture,
                $"map of time cues: {100 * inside.Mass:F1} % inside the boxes, which are {100 * inside.Area:F1} % of "
                + $"the area ({inside.Clips} clips)"));
    }
}
