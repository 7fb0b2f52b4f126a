using System.Globalization;

namespace VideoConcepts.Reports;

/// <summary>The figures: bars to see at a glance, and the same as a table.</summary>
internal static class ResultSection
{
    public static void Add(Markup page, ReportModel model)
    {
        IReadOnlyList<ReportResult> results = model.Results;
        page.Add($"<section id=\"results\"><h2>{Title(model)}</h2>");
        if (model.Verdict is { } verdict) AddWithoutLabels(page, verdict);
        if (results.Count == 0)
        {
            page.Add($"""
                <p class="none">Nothing was measured for this report:
                its videos have no labels, or all the same one.</p></section>
                """);
            return;
        }

        if (model.IsTrained) AddVerdict(page, results);
        else page.Add($"<p class=\"verdict\">The weights are random: training has to beat these figures.</p>");
        Explain(page, results, model.IsTrained);
        bool several = results.Select(r => r.Factor).Distinct().Count() > 1;
        foreach (IGrouping<string, ReportResult> factor in results.GroupBy(r => r.Factor))
            page.Add($"{(several ? new Markup().Add($"<h3 class=\"factor\">{factor.Key}</h3>") : "")}")
                .Add($"<div class=\"cards wide\">")
                .AddEach(factor, (to, result) => AddBars(to, result, model.IsTrained))
                .Add($"</div>");
        AddTable(page, results, model.IsTrained);
        page.Add($"</section>");
    }

    public static string Title(ReportModel model) => model.IsTrained ? "Did it learn?" : "Before training";

    private static void Explain(Markup page, IReadOnlyList<ReportResult> results, bool trained)
    {
        page.Add($"""
            <p>Each box asks how well the features tell the classes of a factor apart. <b>Chance</b> is guessing,
            <b>untrained</b> is {(trained ? "the same" : "this")} network with random weights{(trained
                ? Markup.Verbatim(", <b>trained</b> is this one") : "")}; longer is better.
            """);
        if (results.Any(r => r.Measure == "linear probe"))
            page.Add($"A linear probe trains a linear classifier on the frozen features.");
        page.Add($"""
            R@k counts the videos for which at least one of the k videos that are most similar is of the same class:
            with few classes, chance alone makes it high.</p>
            """);
    }

    private static void AddWithoutLabels(Markup page, ReportVerdict verdict)
    {
        page.Add($"<p class=\"verdict{(verdict.Good ? "" : " bad")}\">Without labels: {verdict.Text}.</p>")
            .Add($"""
                <p class="soft">I_vs and I_vd are terms of the loss, below: at 100 % of their value by chance nothing
                was learned, the less the better. The other lines say how often the concept that fits a clip best is
                another one after the clip was changed: concepts of look should hardly care, those of motion should.</p>
                """)
            .Add($"<ul class=\"soft\">")
            .AddEach(verdict.Details, (to, line) => to.Add($"<li>{line}</li>")).Add($"</ul>");
    }

    private static void AddVerdict(Markup page, IReadOnlyList<ReportResult> results)
    {
        int better = results.Count(IsBetter);
        ReportResult best = results.MaxBy(Gain)!;
        bool untrained = results.All(r => r.RandomInitialisation is not null);
        string rivals = untrained ? "guessing and than the same network untrained" : "guessing";
        if (better == 0)
            page.Add($"""
                <p class="verdict bad">No: on none of the {results.Count} measures is the trained network
                better than {rivals}.</p>
                """);
        else
            page.Add($"""
                <p class="verdict{(better < results.Count ? " bad" : "")}">
                {(better == results.Count ? "Yes" : "In part")}: on {better} of {results.Count} measures the trained
                network is better than {rivals}. The largest gain is in {(results.All(r => r.Factor == best.Factor)
                    ? best.Measure : $"{best.Factor}, {best.Measure}")}:
                {Markup.Percent(Baseline(best))} {(untrained ? "before" : "by guessing")},
                {Markup.Percent(best.Trained)} after training.</p>
                """);
    }

    private static void AddBars(Markup page, ReportResult result, bool trained)
    {
        page.Add($"<div class=\"card\"><h3>{result.Measure}</h3><dl class=\"bars\">");
        AddBar(page, "chance", "", result.Chance);
        AddBar(page, "untrained", "before", result.RandomInitialisation);
        AddBar(page, Name(trained), "after", result.Trained);
        page.Add($"</dl>");
        double points = 100 * Gain(result);
        string over = result.RandomInitialisation >= (result.Chance ?? 0) ? "untrained" : "chance";
        if (result.RandomInitialisation is not null || result.Chance is not null)
            page.Add($"""
                <p class="gain {(points > 0 ? "up" : "down")}">{Compared(points)} {over}</p>
                """);
        page.Add($"</div>");
    }

    private static string Compared(double points) => Math.Abs(points) < 0.05 ? "the same as"
        : string.Create(CultureInfo.InvariantCulture,
            $"{(points > 0 ? "▲" : "▼")} {Math.Abs(points):0.0} points {(points > 0 ? "above" : "below")}");

    private static void AddBar(Markup page, string name, string style, double? share)
    {
        if (share is not { } value) return;
        string now = style == "after" ? "now" : "";
        page.Add($"""
            <dt class="{now}">{name}</dt>
            <dd><div class="track">
            <div class="fill {style}" style="width:{100 * Math.Clamp(value, 0, 1):0.##}%"></div></div></dd>
            <dd class="value {now}">{Markup.Percent(value)}</dd>
            """);
    }

    private static void AddTable(Markup page, IReadOnlyList<ReportResult> results, bool trained)
    {
        bool compared = results.Any(r => r.RandomInitialisation is not null);
        page
            .Add($"""
                <div class="scroll"><table><thead><tr><th>factor</th><th>measure</th>
                <th class="n">chance</th>{(compared ? Markup.Verbatim("<th class=\"n\">untrained</th>") : "")}
                <th class="n">{Name(trained)}</th></tr></thead><tbody>
                """)
            .AddEach(results, (to, r) => to.Add($"""
                <tr><td>{r.Factor}</td><td>{r.Measure}</td><td class="n">{Cell(r.Chance)}</td>
                {(compared ? new Markup().Add($"<td class=\"n\">{Cell(r.RandomInitialisation)}</td>") : "")}
                <td class="n now">{Cell(r.Trained)}</td></tr>
                """))
            .Add($"</tbody></table></div>");
    }

    private static string Name(bool trained) => trained ? "trained" : "untrained";

    private static string Cell(double? share) => share is { } value ? Markup.Percent(value) : "–";

    private static double Baseline(ReportResult r) => Math.Max(r.Chance ?? 0, r.RandomInitialisation ?? 0);

    private static double Gain(ReportResult r) => r.Trained - Baseline(r);

    private static bool IsBetter(ReportResult r) => Gain(r) > 0;
}
