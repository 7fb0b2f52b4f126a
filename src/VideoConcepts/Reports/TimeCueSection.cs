namespace VideoConcepts.Reports;

/// <summary>Where clips tell forward from backward.</summary>
internal static class TimeCueSection
{
    public static void Add(Markup page, ReportTimeCues? cues)
    {
        if (cues is null) return;
        page.Add($"""
            <section id="time"><h2>Time cues: what tells forward from backward</h2>
            <p>A linear classifier on the frozen features learned, on other videos, whether the frames of a clip are
            reversed. It is right for <b>{Markup.Percent(cues.Accuracy)}</b> of {2 * cues.Clips} clips and reversed
            clips; guessing gives 50 %. Where many videos move both ways alike, nothing in a clip can tell, and it
            stays there.</p>
            <p class="soft">The orange haze shows where a clip speaks for “forward”, the stronger the more; its
            scale is the clip's own. The network does not see what is darkened at the sides.{(cues.Inside is null
                ? "" : " The thin frames are the known places of the objects.")}</p>
            """);
        if (cues.Inside is { } inside)
            page.Add($"""
                <p class="verdict{(inside.Mass > inside.Area ? "" : " bad")}">Over {inside.Clips} clips,
                {Markup.Percent(inside.Mass)} of the map lies inside the objects' boxes, which are
                {Markup.Percent(inside.Area)} of the area.</p>
                """);
        page.Add($"<div class=\"strips\">")
            .AddEach(cues.Shown, (to, cue) => to.Add($"""
                <figure><div class="strip pair">{Markup.Image(cue.Plain, "Frames of a clip")}
                {Markup.Image(cue.Map, "The same frames with the map of time cues")}</div>
                <figcaption>{cue.Caption}</figcaption></figure>
                """))
            .Add($"</div></section>");
    }
}
