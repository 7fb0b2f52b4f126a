using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>What <c>evaluate concepts</c> prints of leakage, disentanglement and stability.</summary>
internal static class DisentanglementTables
{
    public static void Print(ConceptEvaluationResult result)
    {
        if (result.Figures.Any(f => f.Leakage is not null)) PrintLeakage(result.Figures);
        PrintSets(result.Disentanglement);
        PrintFactors(result.Disentanglement);
        if (result.Stability.Count > 0) PrintStability(result.Stability);
    }

    /// <summary>Kinds of concepts × factors.</summary>
    private static void PrintLeakage(IReadOnlyList<ConceptFactorFigures> all)
    {
        IReadOnlyList<string> factors = [.. all.Select(f => f.Factor).Distinct()];
        var table = new TextTable(["leakage", "read from"], factors.SelectMany(f =>
            (string[])[$"{f}: AMI", factors.Count == 2 ? $"given {factors.First(g => g != f)}" : "given others"]));
        foreach (IGrouping<ConceptHead, ConceptFactorFigures> head in all.GroupBy(f => f.Head))
            table.AddRow([head.Key.Kind, head.Key.Views, .. head.SelectMany(f => (string[])[
                Interval(f.Leads.Information, f.Leads.Low, f.Leads.High), Interval(f.Leakage!.Share)])]);
        Screen.Print(table);
        Screen.Print("AMI of the concept that stands out with each factor; given: the share that it tells of what the");
        Screen.Print("other factor leaves open, 0 by chance; behind each its 95 % interval, by drawing videos anew");
    }

    private static void PrintSets(IReadOnlyList<ConceptDisentanglement> sets)
    {
        if (sets[0].Disentanglement is null)
        {
            Screen.Print("DCI disentanglement is left out: every concept stands for the only factor. It needs lists of "
                + "two");
            Screen.Print("factors of the same videos.");
            return;
        }
        var table = new TextTable(["concepts"], ["disentanglement", "low", "high", "shuffled", "95 % of it", "above"]);
        foreach (ConceptDisentanglement set in sets)
        {
            ConceptEstimate of = set.Disentanglement!;
            table.AddRow(Short(set), Number(of.Value), Number(of.Low), Number(of.High), Number(of.Shuffled),
                Range(of.ShuffledLow, of.ShuffledHigh), Number(of.AboveShuffled));
        }
        Screen.Print(table);
        Screen.Print("disentanglement (DCI): 1 if each concept matters for one factor, 0 if for all alike; shuffled:");
        Screen.Print("mean of shuffled labels, and what 95 % of draws lie in; above: (disentanglement - shuffled) "
            + "/ (1 - shuffled)");
    }

    private static void PrintFactors(IReadOnlyList<ConceptDisentanglement> sets)
    {
        var table = new TextTable(["concepts", "factor"], ["MIG", "SAP", "completeness", "informativeness"]);
        foreach (ConceptDisentanglement set in sets)
            foreach (FactorDisentanglement factor in set.Factors)
            {
                ConceptEstimate[] figures =
                    [factor.Gap, factor.Predictability, factor.Completeness, factor.Informativeness];
                table.AddRow([Short(set), factor.Factor, .. figures.Select(Interval)]);
                table.AddRow(["", "  shuffled", .. figures.Select(f => Interval(f.Shuffled, f.ShuffledLow,
                    f.ShuffledHigh))]);
            }
        Screen.Print(table);
        Screen.Print("MIG, SAP: gap of the two concepts that tell most of a factor, by mutual information in "
            + $"{sets[0].Bins} bins and by");
        Screen.Print("accuracy, near 0 where each class has a concept of its own; completeness (DCI): 1 if one concept "
            + "alone");
        Screen.Print("matters; informativeness (DCI): accuracy of a random forest; behind each its 95 % interval; "
            + "shuffled:");
        Screen.Print("mean of shuffled labels, and what 95 % of draws lie in");
    }

    private static void PrintStability(IReadOnlyList<ConceptStability> all)
    {
        var table = new TextTable(["stability", "read from"],
            ["correlation", "lowest", "shuffled", "above 0.5", "AMI", "shuffled"]);
        foreach (ConceptStability of in all)
            table.AddRow(of.Head.Kind, of.Head.Views, Number(of.Correlation),
                Number(of.Pairs.Min(p => p.Correlation)), Number(of.ChanceHigh), FigureText.Percent(of.Matched),
                Number(of.Information), Number(of.ChanceInformation));
        Screen.Print(table);
        Screen.Print($"correlation of the concepts of two runs, paired one to one, on {all[0].Videos} videos: mean of "
            + $"{(all[0].Pairs.Count == 1 ? "one pair" : $"{all[0].Pairs.Count} pairs")} of runs,");
        Screen.Print("and lowest; above 0.5: share of the paired concepts; AMI: of the concepts that stand out in "
            + "both;");
        Screen.Print("shuffled: what 95 % of draws with shuffled videos stay below");
    }

    // As wide as "dynamic differences", for narrow screens.
    private static string Short(ConceptDisentanglement set) => set.Name.Replace(" and ", ", ");

    private static string Interval(ConceptEstimate of) => Interval(of.Value, of.Low, of.High);

    private static string Interval(double value, double low, double high) => $"{Number(value)} {Range(low, high)}";

    private static string Range(double low, double high) => $"{Number(low)}..{Number(high)}";

    private static string Number(double value) => FigureText.Number(value, 2);
}
