using System.Globalization;
using System.Text;

namespace VideoConcepts.Reports;

/// <summary>A line chart of one loss as inline SVG; colours come from the page's style.</summary>
internal static class LossChart
{
    private const double Left = 46, Right = 10, Top = 10, Bottom = 22;
    private const int MostPoints = 300, SmoothFrom = 40;

    public static Markup Draw(LossCurve curve, int width, int height)
    {
        CurvePoint[] recorded = [.. curve.Points.Where(p => double.IsFinite(p.Value)).OrderBy(p => p.Step)];
        CurvePoint[] points = Thin(recorded);
        if (points.Length == 0) return new Markup().Add($"<p class=\"none\">No finite value was recorded.</p>");
        double[] ticks = Ticks(points.Min(p => p.Value), points.Max(p => p.Value));
        double firstStep = recorded[0].Step, lastStep = recorded[^1].Step;
        double X(double step) => Left
            + ((width - Left - Right) * (lastStep > firstStep ? (step - firstStep) / (lastStep - firstStep) : 0.5));
        double Y(double value) =>
            height - Bottom - ((height - Top - Bottom) * (value - ticks[0]) / (ticks[^1] - ticks[0]));

        string summary =
            $"{curve.Name}: {Markup.Number(recorded[0].Value)} at step {Markup.Number(firstStep)}, "
            + $"{Markup.Number(recorded[^1].Value)} at step {Markup.Number(lastStep)}";
        Markup svg = new Markup().Add($"<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{summary}\">");
        foreach (double tick in ticks)
            svg.Add($"""
                <line class="grid" x1="{Left}" x2="{width - Right}" y1="{Y(tick):0.#}" y2="{Y(tick):0.#}"/>
                <text x="{Left - 6}" y="{Y(tick) + 4:0.#}" class="end">{Markup.Number(tick)}</text>
                """);
        svg.Add($"<text x=\"{Left}\" y=\"{height - 5}\">{Step(firstStep)}</text>");
        if (lastStep > firstStep)
            svg.Add($"<text x=\"{width - Right}\" y=\"{height - 5}\" class=\"end\">step {Step(lastStep)}</text>");
        bool smooth = points.Length >= SmoothFrom;
        svg.Add($"<polyline class=\"{(smooth ? "raw" : "line")}\" points=\"{Path(points, X, Y)}\"/>");
        if (smooth) svg.Add($"<polyline class=\"line\" points=\"{Path(Smooth(points), X, Y)}\"/>");
        if (points.Length == 1)
            svg.Add($"<circle class=\"dot\" cx=\"{X(firstStep):0.#}\" cy=\"{Y(points[0].Value):0.#}\" r=\"3\"/>");
        return svg.Add($"</svg>");
    }

    /// <summary>Three to six round numbers that enclose both ends.</summary>
    internal static double[] Ticks(double low, double high)
    {
        if (high - low <= 1e-9 * Math.Max(Math.Abs(high), 1e-3))
        {
            double margin = Math.Max(Math.Abs(high) * 0.1, 1e-3);
            (low, high) = (low - margin, high + margin);
        }

        double rough = (high - low) / 3, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * new[] { 1.0, 2, 2.5, 5, 10 }.First(m => m * power >= rough * 0.999);
        double first = Math.Floor((low / step) + 1e-9), last = Math.Ceiling((high / step) - 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
    }

    private static string Step(double step) => step.ToString("#,0.#", CultureInfo.InvariantCulture);

    private static string Path(CurvePoint[] points, Func<double, double> x, Func<double, double> y)
    {
        var path = new StringBuilder();
        foreach (CurvePoint p in points)
            path.Append(CultureInfo.InvariantCulture, $"{x(p.Step):0.#},{y(p.Value):0.#} ");
        return path.ToString().TrimEnd();
    }

    /// <summary>Means of equal runs of points, so that a long training does not make a large file.</summary>
    private static CurvePoint[] Thin(CurvePoint[] points)
    {
        if (points.Length <= MostPoints) return points;
        int run = (points.Length + MostPoints - 1) / MostPoints;
        return [.. points.Chunk(run).Select(c => new CurvePoint(c.Average(p => p.Step), c.Average(p => p.Value)))];
    }

    /// <summary>Mean over a centred window of a tenth of the points, narrower at the ends.</summary>
    private static CurvePoint[] Smooth(CurvePoint[] points)
    {
        int reach = points.Length / 20;
        return
        [
            .. points.Select((p, i) =>
            {
                int r = Math.Min(reach, Math.Min(i, points.Length - 1 - i));
                return p with { Value = points.AsSpan(i - r, (2 * r) + 1).ToArray().Average(q => q.Value) };
            }),
        ];
    }
}
