using SkiaSharp;

namespace VideoConcepts.Evaluation;

/// <summary>All concepts: the share that motion moves to the right, the share that look moves upwards.</summary>
internal static class InterventionPicture
{
    private const int Side = 520, Left = 76, Top = 40;

    private static readonly SKColor s_static = new(0x1f, 0x5f, 0xa8), s_dynamic = new(0xd9, 0x6b, 0x14),
        s_dead = new(0x99, 0x99, 0x99), s_threshold = new(0x55, 0x55, 0x55);

    /// <summary>PNG.</summary>
    public static byte[] Draw(IReadOnlyList<ConceptInterventions> concepts) =>
        PlotArea.Draw(Left + Side + 264, Top + Side + 60, canvas =>
        {
            double end = Math.Max(1, Math.Ceiling(5 * concepts.Max(c => Math.Max(c.Motion.Share, c.Look.Share))) / 5);
            using var plot = new PlotArea(canvas, new SKRect(Left, Top, Left + Side, Top + Side), end, end);
            plot.Axes(0.2, 0.2, Text, Text, AxisOf("motion", concepts.Select(c => c.Motion.Name)),
                AxisOf("look", concepts.Select(c => c.Look.Name)), "share of a concept's variance that is moved");
            const double limit = ConceptInterventions.Threshold;
            plot.Line([(limit, 0), (limit, end)], s_threshold, 1, dashed: true);
            plot.Line([(0, limit), (end, limit)], s_threshold, 1, dashed: true);
            plot.Word("static", 0.01, end * 0.97, SKTextAlign.Left);
            plot.Word("both", end * 0.99, end * 0.97, SKTextAlign.Right);
            plot.Word("neither", 0.01, 0.015 * end, SKTextAlign.Left);
            plot.Word("dynamic", end * 0.99, 0.015 * end, SKTextAlign.Right);
            foreach (ConceptInterventions c in concepts)
                plot.Mark(c.Motion.Share, c.Look.Share, Colour(c), MarkOf(c.Head, c.Kind));
            float x = Left + Side + 24, y = Top + 20;
            foreach (ConceptHead head in concepts.Select(c => c.Head).Distinct())
            {
                plot.Legend($"{head.Kind}, read from {head.Views}", x, y, ColourOf(head), MarkOf(head, head.Kind));
                y += 24;
            }
            plot.Legend("stands out for no video", x, y, s_dead, PlotMark.Cross);
            plot.Legend("threshold", x, y + 24, s_threshold, PlotMark.Dashes);
        });

    private static string Text(double value) => FigureText.Number(value, 1);

    private static string AxisOf(string factor, IEnumerable<string> names) =>
        $"moved by {factor} ({string.Join(", ", names.Distinct().Order().Select(n => n.Replace('_', ' ')))})";

    private static SKColor Colour(ConceptInterventions concept) =>
        concept.Kind == ConceptInterventions.Dead ? s_dead : ColourOf(concept.Head);

    private static SKColor ColourOf(ConceptHead head) => head.Kind == ConceptReading.Static ? s_static : s_dynamic;

    private static PlotMark MarkOf(ConceptHead head, string kind) => kind == ConceptInterventions.Dead ? PlotMark.Cross
        : head.Views == ConceptReading.Clips ? PlotMark.Disc : PlotMark.Ring;
}

/// <summary>Deletion curves, a plot for each factor.</summary>
internal static class DeletionPicture
{
    private const int Side = 420, Left = 76, Top = 40, Gap = 96;

    private static readonly SKColor s_motion = new(0xd9, 0x6b, 0x14), s_look = new(0x1f, 0x5f, 0xa8),
        s_random = new(0x77, 0x77, 0x77);

    /// <summary>PNG.</summary>
    public static byte[] Draw(IReadOnlyList<DeletionCurve> curves, IReadOnlyList<(string Factor, double Value)> chances)
    {
        IGrouping<string, DeletionCurve>[] factors = [.. curves.GroupBy(c => c.Factor)];
        return PlotArea.Draw(Left + (factors.Length * (Side + Gap)) + 150, Top + Side + 60, canvas =>
        {
            for (int i = 0; i < factors.Length; i++)
            {
                float left = Left + (i * (Side + Gap));
                Draw(canvas, new SKRect(left, Top, left + Side, Top + Side), [.. factors[i]],
                    chances.First(c => c.Factor == factors[i].Key).Value, isLast: i == factors.Length - 1);
            }
        });
    }

    private static void Draw(SKCanvas canvas, SKRect box, DeletionCurve[] curves, double chance, bool isLast)
    {
        int most = Math.Max(1, curves[0].Points[^1].Deleted);
        using var plot = new PlotArea(canvas, box, most, 1);
        plot.Axes(Math.Max(1, Math.Ceiling(most / 8.0)), 0.2, value => FigureText.Number(value, 0),
            value => FigureText.Number(value, 1), "concepts taken away", "R@1", curves[0].Factor);
        plot.Line([(0, chance), (most, chance)], s_random, 1, dashed: true);
        foreach (DeletionCurve curve in curves.OrderBy(c => c.Order != DeletionStudy.Random))
        {
            SKColor colour = ColourOf(curve.Order);
            plot.Band([.. curve.Points.Select(p => ((double)p.Deleted, p.Low, p.High))], colour.WithAlpha(0x30));
            plot.Line(curve.Points.Select(p => ((double)p.Deleted, p.Recall)), colour, 2);
        }
        if (!isLast) return;
        (string, SKColor, PlotMark)[] lines = [("most moved by motion first", s_motion, PlotMark.Line),
            ("most moved by look first", s_look, PlotMark.Line), ("random order", s_random, PlotMark.Line),
            ("chance", s_random, PlotMark.Dashes)];
        for (int i = 0; i < lines.Length; i++)
            plot.Legend(lines[i].Item1, box.Right + 28, box.Top + 20 + (24 * i), lines[i].Item2, lines[i].Item3);
    }

    private static SKColor ColourOf(string order) => order switch
    {
        DeletionStudy.Motion => s_motion,
        DeletionStudy.Look => s_look,
        _ => s_random,
    };
}
