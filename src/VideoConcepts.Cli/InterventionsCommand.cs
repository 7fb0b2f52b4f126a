using System.CommandLine;
using System.Globalization;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>evaluate interventions: which concepts motion moves, and which look does.</summary>
internal static class InterventionsCommand
{
    public static Command Create()
    {
        var command = new Command("interventions", "What moves the concepts: clips frozen, reversed, shuffled and "
            + "recoloured, and generated videos of another motion or another appearance.");
        var inputs = new EvaluationOptionSet(command, spread: true);
        var test = new Option<string>("--test_csv", "--test-csv")
        {
            Description = "list of the videos to change; with labels concepts are also taken away from retrieval; two "
                + "factors of the same videos: appearance.csv,motion.csv",
            Required = true,
            HelpName = "file",
        };
        var motion = new Option<string?>("--other_motion", "--other-motion")
        {
            Description = "list whose row n is the video of row n with another motion",
            HelpName = "file",
        };
        var appearance = new Option<string?>("--other_appearance", "--other-appearance")
        {
            Description = "list whose row n is the video of row n with another appearance",
            HelpName = "file",
        };
        Option<string?> output = EvaluationOptionSet.Output("folder for result.json, tables and pictures");
        foreach (Option option in (Option[])[test, motion, appearance, output]) command.Options.Add(option);
        inputs.SetAction(command, (parsed, work, stop) => Print(InterventionEvaluation.Run(
            inputs.Read(parsed, new InterventionOptions
            {
                TestLists = EvaluationOptionSet.Several(parsed.GetRequiredValue(test)),
                OtherMotion = parsed.GetValue(motion),
                OtherAppearance = parsed.GetValue(appearance),
            }, output), work, stop)));
        return command;
    }

    private static void Print(InterventionResult result)
    {
        PrintKinds(result);
        PrintShares(result.Heads);
        if (result.Curves.Count > 0) PrintCurves(result.Curves);
        if (result.ResultFile is { } file) Screen.Print(file);
    }

    private static void PrintKinds(InterventionResult result)
    {
        var table = new TextTable(["concepts", "read from"],
            ["number", "confirmed", "opposite", "both", "neither", "dead"]);
        foreach (HeadInterventions h in result.Heads)
            table.AddRow(h.Head.Kind, h.Head.Views, Count(h.Head.Concepts), Count(h.Confirmed), Count(h.Opposite),
                Count(h.Both), Count(h.Neither), Count(h.Dead));
        Screen.Print(table);
        Screen.Print($"of {result.Videos} videos; confirmed: static ones that look moves and motion does not, dynamic "
            + "ones the other way round;");
        Screen.Print($"moved: the lower end of the 95 % interval of the share is at least "
            + $"{Number(ConceptInterventions.Threshold)}; dead: stand out for no video, or score all alike");
    }

    private static void PrintShares(IReadOnlyList<HeadInterventions> heads)
    {
        var table = new TextTable(["changed", "concepts", "read from"], ["share", "low", "high", "shift"]);
        foreach (string name in heads.SelectMany(h => h.Means).Select(m => m.Name).Distinct())
            foreach (HeadInterventions h in heads)
                foreach (InterventionShare mean in h.Means.Where(m => m.Name == name))
                    table.AddRow(name.Replace('_', ' '), h.Head.Kind, h.Head.Views, Number(mean.Share),
                        Number(mean.Low), Number(mean.High), Number(mean.Shift));
        Screen.Print(table);
        Screen.Print("share of a concept's variance over the videos that is changed, the mean of those that are not "
            + "dead, and its 95 % interval;");
        Screen.Print("shift: how far a concept's mean moves, in deviations, which is no part of the share");
    }

    private static void PrintCurves(IReadOnlyList<DeletionCurve> curves)
    {
        var table = new TextTable(["taken away first", "factor"],
            ["R@1 of all", "of half", "below random", "low", "high"]);
        foreach (DeletionCurve curve in curves)
            table.AddRow(curve.Order, curve.Factor, FigureText.Percent(curve.Points[0].Recall),
                FigureText.Percent(curve.Points[curve.Points.Count / 2].Recall), Percent(curve.Area),
                Percent(curve.AreaLow), Percent(curve.AreaHigh));
        Screen.Print(table);
        Screen.Print("R@1 within the list by the scores of the head of clips, when concepts are taken away, those "
            + "first that motion or look moves most;");
        Screen.Print("below random: how far the curve lies below that of random orders, and its 95 % interval");
    }

    private static string Percent(double? value) => value is { } v ? FigureText.Percent(v) : "-";

    private static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => FigureText.Number(value, 2);
}
