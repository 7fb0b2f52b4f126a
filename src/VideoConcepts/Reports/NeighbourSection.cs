namespace VideoConcepts.Reports;

/// <summary>Sample videos with the videos that the network finds most similar.</summary>
internal static class NeighbourSection
{
    public static void Add(Markup page, IReadOnlyList<ReportQuery> queries)
    {
        page.Add($"<section id=\"neighbours\"><h2>Nearest neighbours</h2>");
        if (queries.Count == 0)
        {
            page.Add($"<p class=\"none\">No neighbours were looked up for this report.</p></section>");
            return;
        }

        int shown = queries.Sum(q => q.Neighbours.Count);
        string counts = string.Join(", ", queries.SelectMany(q => q.Classes).Select(c => c.Factor).Distinct()
            .Select(factor => $"{queries.Sum(q => q.Neighbours.Count(n =>
                n.Classes.Any(c => c.Factor == factor && q.Classes.Contains(c))))} in {factor}"));
        page.Add($"""
            <p>On the left a video; beside it the videos whose features are most similar, nearest first.
            A strip runs from left to right in time, so a change from frame to frame is motion.
            """);
        if (counts.Length > 0)
            page.Add($"""
                <span class="tag right">✓ solid</span>has the query's class, <span class="tag wrong">✗ dashed</span>has
                another one. Of the {shown} neighbours shown, those with the query's class: {counts}.
                """);
        page.Add($"</p>");
        page.AddEach(queries, AddQuery).Add($"</section>");
    }

    private static void AddQuery(Markup page, ReportQuery query)
    {
        string what = string.Join(", ", query.Classes.Select(c => $"{c.Factor} {c.Class}"));
        page.Add($"<div class=\"query\"><figure>{Markup.Image(query.Strip, $"Query: {what}")}<figcaption><b>Query</b> ")
            .AddEach(query.Classes, (to, c) => to.Add($"<span class=\"tag\">{c.Factor}: {c.Class}</span>"))
            .Add($"</figcaption></figure><div class=\"strips\">");
        int rank = 0;
        foreach (ReportNeighbour neighbour in query.Neighbours)
        {
            string name = string.Join(", ", neighbour.Classes.Select(c => $"{c.Factor} {c.Class}"));
            page
                .Add($"""
                    <figure>{Markup.Image(neighbour.Strip, $"Neighbour {++rank}: {name}")}
                    <figcaption>{rank} · similarity {neighbour.Cosine:0.00}<br/>
                    """)
                .AddEach(neighbour.Classes, (to, c) => AddTag(to, c, query.Classes.Contains(c)))
                .Add($"</figcaption></figure>");
        }

        page.Add($"</div></div>");
    }

    private static void AddTag(Markup page, FactorClass c, bool right) =>
        page.Add(
            $"<span class=\"tag {(right ? "right" : "wrong")}\">{(right ? "✓" : "✗")} {c.Factor}: {c.Class}</span>");
}
