using System.Globalization;
using System.Text;
using SkiaSharp;
using VideoConcepts.Files;

namespace VideoConcepts.Evaluation;

/// <summary>What an evaluation of concepts writes beside result.json: a row for each concept, and a picture.</summary>
internal static class ConceptFiles
{
    public const string TableName = "concepts.csv", PictureName = "concepts.png";

    /// <summary>Both, by name.</summary>
    /// <param name="pairs">Sets of both kinds of concepts, each concept in one of them.</param>
    /// <param name="shares">Share of the videos that each concept of a head leads.</param>
    public static IEnumerable<(string Name, byte[] Bytes)> Of(IReadOnlyList<ConceptDisentanglement> pairs,
        Func<ConceptHead, IReadOnlyList<double>> shares)
    {
        using SKData picture = ConceptPicture.Draw(pairs);
        return [(TableName, OutputSet.Bytes(Table(pairs, shares))), (PictureName, picture.ToArray())];
    }

    private static string Table(IReadOnlyList<ConceptDisentanglement> pairs,
        Func<ConceptHead, IReadOnlyList<double>> shares)
    {
        IReadOnlyList<FactorDisentanglement> factors = pairs[0].Factors;
        StringBuilder text = new StringBuilder("concept,kind,views,share");
        foreach (string figure in (string[])["information", "importance"])
            foreach (FactorDisentanglement factor in factors)
                text.Append(',').Append(Cell($"{figure}_{factor.Factor}"));
        text.Append(factors.Count > 1 ? ",disentanglement\n" : "\n");
        foreach (ConceptRole role in pairs.SelectMany(pair => pair.Concepts))
        {
            text.Append(CultureInfo.InvariantCulture, $"{role.Index},{role.Head.Kind},{role.Head.Views}");
            double?[] figures = [shares(role.Head)[role.Index], .. role.Information.Select(x => (double?)x),
                .. role.Importance.Select(x => (double?)x), role.Disentanglement];
            foreach (double? figure in figures)
                if (figure is { } value) text.Append(',').Append(FigureText.Number(value, 6));
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string Cell(string text) => text.AsSpan().IndexOfAny("\",\n\r") < 0 ? text
        : $"\"{text.Replace("\"", "\"\"")}\"";
}

/// <summary>Which concepts matter for which factor: a row for each factor, darker is a larger importance.</summary>
internal static class ConceptPicture
{
    private const int Top = 52, Bottom = 26, Right = 16, MostLabels = 64;

    private static readonly SKColor s_ink = new(0x33, 0x33, 0x33);

    /// <summary>PNG. A panel for each set; cells shrink with the number of concepts.</summary>
    public static SKData Draw(IReadOnlyList<ConceptDisentanglement> sets)
    {
        int concepts = sets.Max(s => s.Concepts.Count), factors = sets[0].Factors.Count;
        int cell = Math.Clamp(1280 / concepts, 4, 34), height = Math.Max(cell, 26);
        using var font = new SKFont(SKTypeface.Default, 12);
        using var ink = new SKPaint { Color = s_ink, IsAntialias = true };
        int left = 24 + (int)sets[0].Factors.Max(f => font.MeasureText(f.Factor));
        int panel = Top + (factors * height) + Bottom;
        int width = Math.Max(left + (concepts * cell) + 6 + Right, 460);
        using var surface = SKSurface.Create(new SKImageInfo(width, sets.Count * panel));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White);
        for (int i = 0; i < sets.Count; i++) Panel(canvas, sets[i], left, i * panel, cell, height, font, ink);
        using SKImage image = surface.Snapshot();
        return image.Encode(SKEncodedImageFormat.Png, 100);
    }

    private static void Panel(SKCanvas canvas, ConceptDisentanglement set, int left, int top, int cell, int height,
        SKFont font, SKPaint ink)
    {
        using var small = new SKFont(SKTypeface.Default, Math.Min(11, cell * 0.42f));
        double most = Math.Max(1e-9, set.Concepts.Max(c => c.Importance.Max()));
        canvas.DrawText($"importance of the concepts of {set.Name} for each factor, in percent", left, top + 18, font,
            ink);
        int firstKind = set.Heads[0].Concepts;
        for (int c = 0; c < set.Concepts.Count; c++)
        {
            ConceptRole role = set.Concepts[c];
            int x = left + (c * cell) + (c >= firstKind ? 6 : 0);
            if (role.Index == 0)
                canvas.DrawText(role.Head.Kind, x, top + 38, font, ink);
            for (int f = 0; f < set.Factors.Count; f++)
            {
                int y = top + Top + (f * height);
                Cell(canvas, role.Importance[f], role.Importance[f] / most, x, y, cell, height, small);
            }
            if (set.Concepts.Count <= MostLabels)
                canvas.DrawText(role.Index.ToString(CultureInfo.InvariantCulture), x + (cell / 2f),
                    top + Top + (set.Factors.Count * height) + 14, SKTextAlign.Center, small, ink);
        }
        for (int f = 0; f < set.Factors.Count; f++)
            canvas.DrawText(set.Factors[f].Factor, left - 8, top + Top + (f * height) + (height * 0.62f),
                SKTextAlign.Right, font, ink);
    }

    private static void Cell(SKCanvas canvas, double importance, double shade, int x, int y, int width, int height,
        SKFont font)
    {
        using var fill = new SKPaint { Color = ConfusionPicture.Shade(shade) };
        canvas.DrawRect(x, y, width - 1, height - 1, fill);
        if (width < 20 || importance < 0.005) return;
        using var number = new SKPaint { Color = shade > 0.5 ? SKColors.White : s_ink, IsAntialias = true };
        canvas.DrawText(FigureText.Number(100 * importance, 0), x + (width / 2f), y + (height * 0.62f),
            SKTextAlign.Center, font, number);
    }
}
