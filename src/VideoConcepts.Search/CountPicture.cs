using SkiaSharp;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Search;

/// <summary>A row for each video, from left to right in time: the darker, the more moments are counted.</summary>
internal static class CountPicture
{
    private const int Left = 250, Top = 44, Wide = 720, Row = 16, MostRows = 40;

    /// <summary>PNG. Of many videos those with the most counted moments are shown, in their order.</summary>
    public static byte[] Draw(CountResult result, string title)
    {
        var all = result.Bins.GroupBy(bin => bin.Video.Id).ToArray();
        var shown = all.OrderByDescending(video => video.Sum(bin => bin.Count)).Take(MostRows)
            .OrderBy(video => video.Key).ToArray();
        double end = Math.Max(result.Bin,
            shown.SelectMany(video => video).Select(bin => bin.End).DefaultIfEmpty(1).Max());
        int high = Math.Max(1, shown.Length) * Row;
        return PlotArea.Draw(Left + Wide + 30, Top + high + 40, canvas =>
        {
            using var ink = new SKPaint { Color = new SKColor(0x33, 0x33, 0x33), IsAntialias = true };
            using var grid = new SKPaint { Color = new SKColor(0xbb, 0xbb, 0xbb) };
            using var fill = new SKPaint();
            using var small = new SKFont(SKTypeface.Default, 12);
            using var large = new SKFont(SKTypeface.Default, 14);
            string more = all.Length > shown.Length ? $" ({shown.Length} of {all.Length} videos)" : "";
            canvas.DrawText($"share of moments, white 0, dark 1: {title}{more}", Left, 24, SKTextAlign.Left,
                large, ink);
            for (int i = 0; i < shown.Length; i++)
            {
                float y = Top + (i * Row);
                canvas.DrawText(Short(shown[i].First().Video.Path), Left - 8, y + 12, SKTextAlign.Right, small, ink);
                foreach (CountBin bin in shown[i])
                {
                    fill.Color = ConfusionPicture.Shade(bin.Share);
                    float right = Math.Max(X(bin.Start) + 1, X(bin.End) - 0.5f);
                    canvas.DrawRect(new SKRect(X(bin.Start), y, right, y + Row - 2), fill);
                }
            }
            foreach (int tick in Enumerable.Range(0, 5))
            {
                float x = X(end * tick / 4);
                canvas.DrawLine(x, Top + high, x, Top + high + 5, grid);
                canvas.DrawText(TimeText.Of(end * tick / 4), x, Top + high + 20, SKTextAlign.Center, small, ink);
            }
            canvas.DrawLine(Left, Top + high, Left + Wide, Top + high, grid);
        });

        float X(double seconds) => (float)(Left + (Wide * seconds / end));
    }

    private static string Short(string path) => path.Length <= 32 ? path : "…" + path[^31..];
}
