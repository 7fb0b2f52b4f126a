using System.CommandLine;
using VideoConcepts.Evaluation;
using VideoConcepts.Reports;

namespace VideoConcepts.Cli;

/// <summary>
/// Synthetic videos → train → retrieval and linear probe for both factors → summary.json and report.html.
/// </summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "Generate videos with known appearance and motion, train on them without "
            + "labels, and show what was learned.");
        var options = new DemoOptionSet(command);
        command.SetAction((parsed, stop) =>
        {
            DemoOptions demo = options.Read(parsed);
            using var screen = new ScreenWork();
            var console = new TrainingConsole();
            try
            {
                Show(Demo.Run(demo, screen.Context(), [console], stop));
            }
            catch (OperationCanceledException)
            {
                console.SayWhereItIs();
                throw;
            }
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static void Show(DemoResult result)
    {
        var table = new TextTable(["factor", "features"], ["linear probe", "R@1", "R@5", "R@10"]);
        foreach (DemoFactor factor in result.Factors)
        {
            string chance = FigureText.Percent(factor.Chance);
            table.AddRow(factor.Factor, "chance", chance, chance, "", "");
            table.AddRow(["", "untrained", .. Cells(factor.Random)]);
            table.AddRow(["", "trained", .. Cells(factor.Trained)]);
        }
        Screen.Print(table);
        Screen.Say(result.Times);
        Screen.Print(result.Summary);
        Screen.Print(result.Report);
    }

    private static IEnumerable<string> Cells(IReadOnlyList<(string Name, double Value)> figures) =>
        figures.Take(4).Select(figure => FigureText.Percent(figure.Value));
}
