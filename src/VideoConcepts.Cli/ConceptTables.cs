using System.Globalization;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Cli;

/// <summary>What <c>evaluate concepts</c> prints.</summary>
internal static class ConceptTables
{
    public static void Print(ConceptEvaluationResult result)
    {
        PrintQuality(result.Figures);
        PrintLeads(result.Figures);
        DisentanglementTables.Print(result);
        Screen.Print(string.Create(CultureInfo.InvariantCulture, $"features of {result.Videos} videos, "
            + $"{result.FeatureSize} numbers: effective rank {result.ClipRank:F1} of clips, "
            + $"{result.DifferenceRank:F1} of difference views"));
        if (result.Diagnosis is { } diagnosis) Print(diagnosis, result.Videos);
        if (result.ResultFile is { } file) Screen.Print(file);
    }

    /// <summary>A row for each head and factor.</summary>
    private static void PrintQuality(IReadOnlyList<ConceptFactorFigures> all)
    {
        var table = new TextTable(["concepts", "read from", "factor"],
            ["spread", "dead", "twins", "purity", "NMI", "AMI", "probe"]);
        foreach (ConceptFactorFigures of in all)
            table.AddRow(of.Head.Kind, of.Head.Views, of.Factor, Number(of.Figures.Spread), Count(of.Figures.Dead),
                Count(of.Figures.Duplicates), Number(of.Figures.Purity!.Value),
                Number(of.Figures.MutualInformation!.Value), Number(of.Figures.AdjustedInformation!.Value),
                Percent(of.Probe));
        Screen.Print(table);
        IEnumerable<string> chances =
            all.DistinctBy(of => of.Factor).Select(of => $"{of.Factor} {Percent(of.Chance)}");
        Screen.Print("read from: the head of clips knows both kinds, static views (stills) and difference views have "
            + "heads of their own;");
        Screen.Print("spread: entropy of how often each concept leads, 1 if all alike; dead: lead for no video; twins: "
            + "score like an earlier one;");
        Screen.Print("purity, NMI: the leading concept against the labels; AMI: NMI less what chance gives; probe: "
            + $"linear classifier on the scores, chance {string.Join(", ", chances)}");
    }

    /// <summary>The same by the concept that stands out, and how sure it is.</summary>
    private static void PrintLeads(IReadOnlyList<ConceptFactorFigures> all)
    {
        var table = new TextTable(["standardised", "read from", "factor"],
            ["spread", "dead", "purity", "AMI", "low", "high", "shuffled"]);
        foreach (ConceptFactorFigures of in all)
            table.AddRow(of.Head.Kind, of.Head.Views, of.Factor, Number(of.Leads.Spread), Count(of.Leads.Dead),
                Number(of.Leads.Purity), Number(of.Leads.Information), Number(of.Leads.Low), Number(of.Leads.High),
                Number(of.Leads.Shuffled));
        Screen.Print(table);
        Screen.Print("standardised: each concept's scores less their mean over the training list, in deviations: the "
            + "concept that stands out leads;");
        Screen.Print("low, high: 95 % interval of AMI, by drawing videos anew; shuffled: what AMI stays below for 95 % "
            + "of labels dealt out at random");
    }

    private static void Print(ModelDiagnosis diagnosis, int videos)
    {
        PrintViews(diagnosis.Deviations);
        PrintHeads(diagnosis);
        Screen.Print($"a clip's own static view is the nearest of all for {Percent(diagnosis.FollowsStills)} of the "
            + $"videos, its own difference view for {Percent(diagnosis.FollowsDifferences)} (chance "
            + $"{Percent(1.0 / videos)})");
        foreach (string finding in diagnosis.KeyedFindings()) Screen.Print($"=> {OptionKeys.AsOptions(finding)}");
    }

    private static void PrintViews(double[,] deviations)
    {
        var table = new TextTable(["deviation of"], ModelDiagnosis.Layers);
        for (int v = 0; v < ModelDiagnosis.Views.Count; v++)
            table.AddRow([ModelDiagnosis.Views[v],
                .. Enumerable.Range(0, ModelDiagnosis.Layers.Count).Select(i => Number(deviations[v, i]))]);
        Screen.Print(table);
    }

    private static void PrintHeads(ModelDiagnosis diagnosis)
    {
        var use = new TextTable(["concepts", "read from"], ["dead", "dead, less mean", "targets", "predicted"]);
        var information = new TextTable(["concepts", "read from", "factor"], ["AMI", "AMI, less mean"]);
        foreach ((ConceptHead head, HeadDiagnosis found) in diagnosis.Heads)
        {
            use.AddRow(head.Kind, head.Views, Count(found.Dead), Count(found.CentredDead), Number(found.Targets),
                Number(found.Predictions));
            for (int i = 0; i < diagnosis.Factors.Count; i++)
                information.AddRow(head.Kind, head.Views, diagnosis.Factors[i], Number(found.Information[i]),
                    Number(found.CentredInformation[i]));
        }
        Screen.Print(use);
        Screen.Print(information);
        Screen.Print("less mean: each concept's mean over the list is taken out first; targets, predicted: entropy of "
            + "the assignment and of the prediction, 1 if all concepts alike");
    }

    private static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => FigureText.Number(value, 2);

    private static string Percent(double share) => FigureText.Percent(share);
}
