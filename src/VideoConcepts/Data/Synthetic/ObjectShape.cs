using SkiaSharp;

namespace VideoConcepts.Data.Synthetic;

/// <summary>The outlines of the moving objects, within the circle of radius 1 about the origin.</summary>
internal static class ObjectShape
{
    /// <summary>The outline of an appearance class; the caller disposes it.</summary>
    public static SKPath Create(AppearanceClass appearance) => appearance switch
    {
        AppearanceClass.TriangleStripes => Polygon(Corners(3, 1)),
        AppearanceClass.SquareChecker => Polygon(Corners(4, 1)),
        AppearanceClass.DiscDots => Disc(),
        AppearanceClass.StarSpokes => Polygon(Star()),
        AppearanceClass.CrossZigzag => Polygon(Cross(0.36f)),
        AppearanceClass.RingRings => Ring(),
        AppearanceClass.ArrowBricks => Polygon(Arrow()),
        AppearanceClass.CrescentBlobs => Crescent(),
        _ => throw new ArgumentOutOfRangeException(nameof(appearance), appearance, null),
    };

    /// <summary>
    /// Where a spot goes that makes the turn of the object visible although the shape is symmetric.
    /// </summary>
    public static SKPoint Spot(AppearanceClass appearance) => appearance switch
    {
        AppearanceClass.TriangleStripes => Polar(0.42, -90),
        AppearanceClass.SquareChecker => Polar(0.55, -45),
        AppearanceClass.StarSpokes => Polar(0.36, -90),
        AppearanceClass.CrossZigzag => Polar(0.68, -90),
        AppearanceClass.DiscDots => Polar(0.55, 180),
        AppearanceClass.RingRings => Polar(0.74, 180),
        AppearanceClass.ArrowBricks => Polar(0.4, 0),
        _ => Polar(0.66, 180),
    };

    private static SKPath Disc()
    {
        var path = new SKPath();
        path.MoveTo(0, 0);
        path.ArcTo(Square(1), 32, 296, false);
        path.Close();
        return path;
    }

    private static SKPath Ring()
    {
        var path = new SKPath();
        path.ArcTo(Square(1), 28, 304, true);
        path.ArcTo(Square(0.48f), 332, -304, false);
        path.Close();
        return path;
    }

    private static SKPath Crescent()
    {
        using SKPath disc = new(), bite = new();
        disc.AddCircle(0, 0, 1);
        bite.AddCircle(0.55f, 0, 0.8f);
        return disc.Op(bite, SKPathOp.Difference);
    }

    private static IEnumerable<SKPoint> Corners(int count, double radius) =>
        Enumerable.Range(0, count).Select(i => Polar(radius, (360.0 * i / count) - 90));

    private static IEnumerable<SKPoint> Star() =>
        Enumerable.Range(0, 10).Select(i => Polar(i % 2 == 0 ? 1 : 0.45, (36 * i) - 90));

    private static SKPoint[] Cross(float arm) =>
    [
        new(-arm, -1), new(arm, -1), new(arm, -arm), new(1, -arm), new(1, arm), new(arm, arm),
        new(arm, 1), new(-arm, 1), new(-arm, arm), new(-1, arm), new(-1, -arm), new(-arm, -arm),
    ];

    private static SKPoint[] Arrow() =>
    [
        new(1, 0), new(0.05f, -0.95f), new(0.05f, -0.36f), new(-0.95f, -0.36f),
        new(-0.95f, 0.36f), new(0.05f, 0.36f), new(0.05f, 0.95f),
    ];

    private static SKPath Polygon(IEnumerable<SKPoint> points)
    {
        var path = new SKPath();
        path.AddPoly([.. points]);
        return path;
    }

    private static SKRect Square(float radius) => new(-radius, -radius, radius, radius);

    private static SKPoint Polar(double radius, double degrees) => new(
        (float)(radius * Math.Cos(degrees * Math.PI / 180)), (float)(radius * Math.Sin(degrees * Math.PI / 180)));
}
