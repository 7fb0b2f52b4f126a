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
        string[] factors = [.. queries.SelectMany(q => q.Classes).Select(c => c.Factor).Distinct()];
        int[] right = [.. factors.Select(factor => queries.Sum(q => q.Neighbours.Count(n =>
            n.Classes.Any(c => c.Factor == factor && q.Classes.Contains(c)))))];
        string counts = factors.Length == 1 ? $"{right[0]} have the query's class"
            : $"those with the query's class: {string.Join(", ", right.Zip(factors, (n, of) => $"{n} in {of}"))}";
        page.Add($"""
            <p>Each block begins with a video, the query; below it are the videos whose features are most similar,
            nearest first. The queries are spread evenly over the classes, or over the list where it has none.
            A strip runs from left to right in time, so a change from frame to frame is motion; the network sees
            the square in the middle of each frame.
            """);
        if (factors.Length > 0)
            page.Add($"""
                <span class="tag right">✓ solid</span>has the query's class, <span class="tag wrong">✗ dashed</span>has
                another one. Of the {shown} neighbours shown, {counts}.
                """);
        page.Add($"</p>").Add($"""
            <p class="soft">Similarity is the cosine of two features less the mean of all: 1 is the same direction,
            0 is as alike as two videos are on average, below 0 is less.</p>
            """);
        page.AddEach(queries, AddQuery).Add($"</section>");
    }

    private static void AddQuery(Markup page, ReportQuery query)
    {
        string what = string.Join(", ", query.Classes.Select(c => $"{c.Factor} {c.Class}"));
        page.Add($"<div class=\"query\"><figure>{Markup.Image(query.Strip, Described("Query", what))}<figcaption>")
            .Add($"<h3>Query</h3> ")
            .AddEach(query.Classes, (to, c) => to.Add($"<span class=\"tag\">{c.Factor}: {c.Class}</span>"))
            .Add($"<span class=\"name\">{query.Name}</span></figcaption></figure><div class=\"strips\">");
        if (query.Neighbours.Count == 0)
            page.Add($"<p class=\"none\">There is no other video than copies of this one.</p>");
        int rank = 0;
        foreach (ReportNeighbour neighbour in query.Neighbours)
        {
            string name = string.Join(", ", neighbour.Classes.Select(c => $"{c.Factor} {c.Class}"));
            page
                .Add($"""
                    <figure>{Markup.Image(neighbour.Strip, Described($"Neighbour {++rank}", name))}
                    <figcaption><b>{rank}</b> · similarity {neighbour.Cosine:0.00}
                    """)
                .AddEach(neighbour.Classes, (to, c) => AddTag(to, c, query.Classes.Contains(c)))
                .Add($"<span class=\"name\">{neighbour.Name}</span></figcaption></figure>");
        }

        page.Add($"</div></div>");
    }

    private static string Described(string what, string classes) =>
        classes.Length > 0 ? $"{what}: {classes}" : what;

    private static void AddTag(Markup page, FactorClass c, bool right) =>
        page.Add(
            $"<span class=\"tag {(right ? "right" : "wrong")}\">{(right ? "✓" : "✗")} {c.Factor}: {c.Class}</span>");
}
