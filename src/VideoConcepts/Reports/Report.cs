using VideoConcepts.Evaluation;
using VideoConcepts.Files;

namespace VideoConcepts.Reports;

/// <summary>
/// Writes a run as one HTML file that needs nothing else: style and charts are inline, pictures are base64, and it
/// reads without scripts, on a phone, in the dark and on paper.
/// </summary>
internal static class Report
{
    /// <summary>The whole page; well-formed as XML too.</summary>
    public static string ToHtml(ReportModel model)
    {
        Markup page = new Markup().Add($"<!DOCTYPE html>").Add($"""
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"/>
            <meta name="generator" content="VideoConcepts"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>{model.Title}</title>
            <style>
            {Markup.Verbatim(ReportStyle.Css)}
            </style></head><body><main>
            """);
        page.Add($"<header><h1>{model.Title}</h1>");
        if (model.Summary.Length > 0) page.Add($"<p class=\"lead\">{model.Summary}</p>");
        page.Add($"<nav>").AddEach(Contents(model), (to, part) => to.Add($"<a href=\"#{part.Id}\">{part.Name}</a>"))
            .Add($"</nav></header>");
        ResultSection.Add(page, model);
        AddTraining(page, model);
        NeighbourSection.Add(page, model.Queries);
        ConceptSection.Add(page, ConceptKind.Static, model.Concepts);
        ConceptSection.Add(page, ConceptKind.Dynamic, model.Concepts);
        TimeCueSection.Add(page, model.TimeCues);
        AddFacts(page, model.Facts);
        return page.Add($"</main></body></html>").ToString();
    }

    private static IEnumerable<(string Id, string Name)> Contents(ReportModel model) =>
    [
        ("results", ResultSection.Title(model)), ("training", "Training"), ("neighbours", "Nearest neighbours"),
        ("static", "Static concepts"), ("dynamic", "Dynamic concepts"),
        .. model.TimeCues is null ? [] : ((string, string)[])[("time", "Time cues")], ("run", "How this was run"),
    ];

    /// <summary>
    /// Writes the page to a file, in place of an earlier page there, and makes the folder if there is none.
    /// </summary>
    /// <exception cref="BadInputException">The file is there and is no page of this program.</exception>
    public static void Write(ReportModel model, string path)
    {
        if (OutputSet.IsTaken(path) && !IsOne(path)) throw OutputSet.Foreign(path, "a report");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        AsideFile.WriteText(RealPath.Of(path), ToHtml(model));
    }

    /// <summary>By what stands in its head, or in earlier versions at its end.</summary>
    private static bool IsOne(string path) => FileStatus.Of(path) is { Kind: FileKind.Regular }
        && File.ReadAllText(path) is var page
        && (page.Contains("<meta name=\"generator\" content=\"VideoConcepts\"/>", StringComparison.Ordinal)
            || page.Contains("<td>VideoConcepts</td>", StringComparison.Ordinal));

    private static void AddTraining(Markup page, ReportModel model)
    {
        page.Add($"<section id=\"training\"><h2>Training</h2>");
        if (model.TotalLoss is null && model.LossTerms.Count == 0)
        {
            page.Add($"<p class=\"none\">No training was recorded for this report.</p></section>");
            return;
        }

        page.Add($"""
            <p>The network never saw a label. It minimised the total below, the weighted sum of the terms under it.
            Lower is better within one chart, but the charts have different scales, and a term may rise while the
            total falls: some of the terms pull against each other. Where there are many points, the pale line is
            what was recorded and the blue one its moving average.</p>
            """);
        if (model.TotalLoss is { } total) AddCurve(page, total, 900, 210);
        page.Add($"<div class=\"cards\">")
            .AddEach(model.LossTerms, (to, term) => AddCurve(to, term, 250, 150))
            .Add($"</div></section>");
    }

    private static void AddCurve(Markup page, LossCurve curve, int width, int height)
    {
        CurvePoint[] finite = [.. curve.Points.Where(p => double.IsFinite(p.Value))];
        string change = finite.Length == 0 ? ""
            : $"{Markup.Number(finite[0].Value)} → {Markup.Number(finite[^1].Value)}";
        page.Add(
            $"<div class=\"card\"><div class=\"row\"><h3>{curve.Name}</h3><span class=\"soft\">{change}</span></div>");
        if (curve.Description.Length > 0) page.Add($"<p class=\"gain soft\">{curve.Description}</p>");
        page.Add($"<div class=\"scroll{(width > 500 ? " whole" : "")}\">")
            .Add($"{LossChart.Draw(curve, width, height)}</div></div>");
    }

    private static void AddFacts(Markup page, IReadOnlyList<ReportFact> facts)
    {
        page.Add($"<section id=\"run\"><h2>How this was run</h2>");
        page.Add($"<p>With the same command, seed and versions you should see the same figures, up to rounding.</p>");
        page.Add($"<table class=\"facts\"><tbody>")
            .AddEach(facts, (to, fact) => to.Add($"<tr><th scope=\"row\">{fact.Name}</th><td>{fact.Value}</td></tr>"))
            .Add($"<tr><th scope=\"row\">written by</th><td>VideoConcepts</td></tr></tbody></table></section>");
    }
}
