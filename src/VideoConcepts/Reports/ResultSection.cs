namespace VideoConcepts.Reports;

/// <summary>The figures: bars to see at a glance, and the same as a table.</summary>
internal static class ResultSection
{
    public static void Add(Markup page, IReadOnlyList<ReportResult> results, ReportVerdict? verdict)
    {
        page.Add($"<section id=\"results\"><h2>Did it learn?</h2>");
        if (verdict is not null) AddWithoutLabels(page, verdict);
        if (results.Count == 0)
        {
            page.Add($"""
                <p class="none">Nothing was measured for this report:
                its videos have no labels, or all the same one.</p></section>
                """);
            return;
        }

        AddVerdict(page, results);
        page.Add($"""
            <p>Each box asks how well the features tell the classes of one factor apart. <b>Chance</b> is guessing,
            <b>untrained</b> is the same network with random weights, <b>trained</b> is this one; longer is better.
            A linear probe trains a linear classifier on the frozen features. R@k counts the videos for which at
            least one of the k videos that are most similar is of the same class.</p>
            """);
        foreach (IGrouping<string, ReportResult> factor in results.GroupBy(r => r.Factor))
            page.Add($"<h3 class=\"factor\">{factor.Key}</h3><div class=\"cards wide\">")
                .AddEach(factor, AddBars)
                .Add($"</div>");
        AddTable(page, results);
        page.Add($"</section>");
    }

    private static void AddWithoutLabels(Markup page, ReportVerdict verdict)
    {
        page.Add($"<p class=\"verdict{(verdict.Good ? "" : " bad")}\">Without labels: {verdict.Text}.</p>")
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
                network is better than {rivals}. The largest gain is in {best.Factor}, {best.Measure}:
                {Markup.Percent(Baseline(best))} {(untrained ? "before" : "by guessing")},
                {Markup.Percent(best.Trained)} after training.</p>
                """);
    }

    private static void AddBars(Markup page, ReportResult result)
    {
        page.Add($"<div class=\"card\"><h3>{result.Measure}</h3><dl class=\"bars\">");
        AddBar(page, "chance", "", result.Chance);
        AddBar(page, "untrained", "before", result.RandomInitialisation);
        AddBar(page, "trained", "after", result.Trained);
        page.Add($"</dl>");
        double points = 100 * Gain(result);
        string over = result.RandomInitialisation >= (result.Chance ?? 0) ? "untrained" : "chance";
        if (result.RandomInitialisation is not null || result.Chance is not null)
            page.Add($"""
                <p class="gain {(points > 0 ? "up" : "down")}">{(points > 0 ? "▲" : "▼")} {Math.Abs(points):0.0} points
                {(points > 0 ? "above" : "below")} {over}</p>
                """);
        page.Add($"</div>");
    }

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

    private static void AddTable(Markup page, IReadOnlyList<ReportResult> results)
    {
        page
            .Add($"""
                <div class="scroll"><table><thead><tr><th>factor</th><th>measure</th>
                <th class="n">chance</th><th class="n">untrained</th><th class="n">trained</th></tr></thead><tbody>
                """)
            .AddEach(results, (to, r) => to.Add($"""
                <tr><td>{r.Factor}</td><td>{r.Measure}</td><td class="n">{Cell(r.Chance)}</td>
                <td class="n">{Cell(r.RandomInitialisation)}</td><td class="n now">{Cell(r.Trained)}</td></tr>
                """))
            .Add($"</tbody></table></div>");
    }

    private static string Cell(double? share) => share is { } value ? Markup.Percent(value) : "–";

    private static double Baseline(ReportResult r) => Math.Max(r.Chance ?? 0, r.RandomInitialisation ?? 0);

    private static double Gain(ReportResult r) => r.Trained - Baseline(r);

    private static bool IsBetter(ReportResult r) => Gain(r) > 0;
}
