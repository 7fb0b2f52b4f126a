using VideoConcepts.Evaluation;

namespace VideoConcepts.Reports;

/// <summary>Concepts of one kind with the clips that activate them most.</summary>
internal static class ConceptSection
{
    public static void Add(Markup page, ConceptKind kind, IReadOnlyList<ReportConcept> concepts)
    {
        ReportConcept[] shown = [.. concepts.Where(concept => concept.Kind == kind)];
        string name = kind == ConceptKind.Static ? "static" : "dynamic";
        page.Add($"<section id=\"{name}\"><h2>{(kind == ConceptKind.Static
            ? "Static concepts: how things look" : "Dynamic concepts: how things move")}</h2>");
        if (shown.Length == 0)
        {
            page.Add($"<p class=\"none\">No {name} concept is shown in this report.</p></section>");
            return;
        }

        if (kind == ConceptKind.Static)
            page.Add($"""
                <p>A concept is a direction that the network found by itself; nobody named it. Each block has the clips
                that activate one static concept most. In a good block they have an appearance in common (colour,
                shape, scene) while the motion may differ.
                Of a video, only the clip that fits best is shown.</p>
                """);
        else
            page.Add($"""
                <p>Each block has the clips that activate one dynamic concept most. In a good block they move alike from
                frame to frame while colour, shape and scene may differ: compare how things change along each strip.</p>
                """);
        page.Add($"""
            <p class="soft">“Best match of 8 %” means that 8 % of all clips activate this concept more than any other of
            its kind. “Stands out by 3.1” is how far the clips shown lie above the average clip, in standard
            deviations. Activation is the cosine of the clip's projected feature and the concept, from -1 to 1.</p>
            """);
        page.AddEach(shown, AddConcept).Add($"</section>");
    }

    private static void AddConcept(Markup page, ReportConcept concept)
    {
        string title = $"{concept.Kind} concept {concept.Index}";
        page.Add($"""
            <div class="concept"><div class="row"><h3>{title}</h3>
            <span class="soft">best match of {100 * concept.Usage:0.#} % ·
            stands out by {concept.Selectivity:0.0}</span>
            </div><div class="strips">
            """);
        foreach (ReportClip clip in concept.Clips)
            page.Add($"""
                <figure>{Markup.Image(clip.Strip, $"{title}: {clip.Caption}")}
                <figcaption>{clip.Caption}{(clip.Caption.Length > 0 ? " · " : "")}activation
                {clip.Score:0.00}</figcaption></figure>
                """);
        page.Add($"</div></div>");
    }
}
