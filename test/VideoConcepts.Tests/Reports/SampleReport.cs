using SkiaSharp;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Reports;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Reports;

/// <summary>A report of made-up figures with drawn videos: a coloured shape that moves in one of four ways.</summary>
internal sealed class SampleReport : IDisposable
{
    private static readonly string[] Shapes = ["disc", "square", "triangle", "ring"];
    private static readonly string[] Motions = ["left", "right", "down", "circle"];
    private static readonly SKColor[] Colours =
        [new(220, 60, 60), new(70, 160, 80), new(70, 110, 220), new(230, 180, 40)];
    private readonly WorkFolder _work = new();

    public VideoEntry Video(int shape, int motion)
    {
        string folder = _work[$"{shape}-{motion}"];
        var video = new VideoEntry(folder, 20, (shape * 4) + motion, "sample.csv", (shape * 4) + motion + 1);
        if (Directory.Exists(folder)) return video;
        Directory.CreateDirectory(folder);
        for (int t = 0; t < 20; t++) Paint(video.FramePath(t), shape, motion, t / 19f);
        return video;
    }

    public ReportModel Model()
    {
        var strips = new ThumbnailStrip();
        FilmStrip Strip(int shape, int motion) => strips.OfVideo(Video(shape % 4, motion % 4));
        static FactorClass[] Classes(int shape, int motion) =>
            [new("shape", Shapes[shape % 4]), new("motion", Motions[motion % 4])];
        LossCurve Curve(string name, double from, double to, long seed) =>
            new(name, Noisy(from, to, seed), "clips of a video agree");
        return new ReportModel
        {
            Title = "Static and dynamic concepts of moving shapes",
            Summary = "R(2+1)D was trained without labels on 384 videos "
                + "of one coloured shape that moves in one of four ways.",
            Facts =
            [
                new("command", "videoconcepts demo --seq 8 --img_dim 64 --concept 16 --epoch 12"),
                new("machine", "2 cores, 8 GB, no GPU"), new("time", "4 min 12 s"), new("seed", "0"),
                new("versions", "VideoConcepts 0.1.0, TorchSharp 0.107.0, .NET 10.0.1"),
            ],
            TotalLoss = Curve("total loss", 28.4, 11.2, 1),
            LossTerms =
            [
                Curve("I_vv", 3.2, 0.9, 2), Curve("I_vs", 6.1, 2.2, 3), Curve("I_vd", 6.4, 3.0, 4),
                Curve("L_static", 2.77, 1.4, 5), Curve("L_dynamic", 2.77, 1.7, 6),
                Curve("E_static", -1.6, -2.7, 7), Curve("R_v", -0.1, -0.93, 8),
            ],
            Results =
            [
                new("shape", "linear probe", 0.25, 0.412, 0.883),
                new("shape", "R@1", 0.25, 0.383, 0.781), new("shape", "R@5", 0.763, 0.74, 0.962),
                new("motion", "linear probe", 0.25, 0.311, 0.742),
                new("motion", "R@1", 0.25, 0.29, 0.661), new("motion", "R@5", 0.763, 0.79, 0.758),
            ],
            Queries = [.. Enumerable.Range(0, 4).Select(i => new ReportQuery(
                Strip(i, 3 - i), $"video{i}", Classes(i, 3 - i),
                [.. Enumerable.Range(0, 6).Select(n => new ReportNeighbour(
                    Strip(i + (n / 4), 3 - i + (n / 2)), $"video{n}", Classes(i + (n / 4), 3 - i + (n / 2)),
                    0.97 - (0.03 * n)))]))],
            Concepts = [.. Enumerable.Range(0, 6).Select(i => new ReportConcept(
                i < 3 ? ConceptKind.Static : ConceptKind.Dynamic, i * 3, 0.11 - (0.01 * i), 3.1 - (0.2 * i),
                [.. Enumerable.Range(0, 5).Select(n => new ReportClip(
                    Strip(i < 3 ? i : n, i < 3 ? n : i),
                    $"{Shapes[(i < 3 ? i : n) % 4]}, {Motions[(i < 3 ? n : i) % 4]}",
                    0.9 - (0.05 * n)))]))],
        };
    }

    public void Dispose() => _work.Dispose();

    private static CurvePoint[] Noisy(double from, double to, long seed)
    {
        RandomStream random = RandomStream.For(seed);
        var points = new CurvePoint[480];
        for (int i = 0; i < points.Length; i++)
            points[i] = new CurvePoint(
                i, to + ((from - to) * Math.Exp(-i / 120.0)) + (0.04 * Math.Abs(from - to) * random.NextNormal()));
        return points;
    }

    private static void Paint(string path, int shape, int motion, float time)
    {
        using var bitmap = new SKBitmap(160, 120);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(new SKColor(40, 44, 52));
        double angle = 2 * Math.PI * time;
        (float x, float y) = motion switch
        {
            0 => (110 - (60 * time), 60),
            1 => (50 + (60 * time), 60),
            2 => (80, 30 + (60 * time)),
            _ => (80 + (28 * (float)Math.Cos(angle)), 60 + (28 * (float)Math.Sin(angle))),
        };
        using var paint =
            new SKPaint { Color = Colours[shape], IsAntialias = true, StrokeWidth = 6, IsStroke = shape == 3 };
        if (shape is 0 or 3) canvas.DrawCircle(x, y, 16, paint);
        else if (shape == 1) canvas.DrawRect(x - 15, y - 15, 30, 30, paint);
        else
        {
            using SKPath triangle = SKPath.ParseSvgPathData(
                FormattableString.Invariant($"M{x} {y - 18} L{x + 18} {y + 14} L{x - 18} {y + 14} Z"));
            canvas.DrawPath(triangle, paint);
        }

        using SKData jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 92);
        File.WriteAllBytes(path, jpeg.ToArray());
    }
}
