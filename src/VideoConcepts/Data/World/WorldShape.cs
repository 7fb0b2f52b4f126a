using SkiaSharp;

namespace VideoConcepts.Data.World;

/// <summary>Outlines of things, of length 2 along the first axis about the origin.</summary>
internal static class WorldShape
{
    /// <summary>An outline of random kind; the caller disposes it.</summary>
    public static SKPath Draw(ref RandomStream random)
    {
        float slim = (float)Math.Pow(6, random.NextDouble(-1, 0));
        return random.NextInt(0, 5) switch
        {
            0 => Rectangle(slim),
            1 => Ellipse(slim),
            2 => Polygon(smooth: false, slim, ref random),
            3 => Polygon(smooth: true, slim, ref random),
            4 => Frame(slim),
            _ => Heap(slim, ref random),
        };
    }

    private static SKPath Rectangle(float slim)
    {
        var path = new SKPath();
        path.AddRect(new SKRect(-1, -slim, 1, slim));
        return path;
    }

    private static SKPath Ellipse(float slim)
    {
        var path = new SKPath();
        path.AddOval(new SKRect(-1, -slim, 1, slim));
        return path;
    }

    private static SKPath Frame(float slim)
    {
        SKPath path = Rectangle(Math.Max(slim, 0.3f));
        path.FillType = SKPathFillType.EvenOdd;
        path.AddRect(new SKRect(-0.75f, -Math.Max(slim, 0.3f) + 0.2f, 0.75f, Math.Max(slim, 0.3f) - 0.2f));
        return path;
    }

    // Boxes on each other: a vehicle, a machine, a house.
    private static SKPath Heap(float slim, ref RandomStream random)
    {
        SKPath path = Rectangle(slim / 2);
        for (int box = random.NextInt(1, 3); box > 0; box--)
        {
            float left = (float)random.NextDouble(-1, 0.5), wide = (float)random.NextDouble(0.2, 0.9);
            float top = (float)random.NextDouble(-1, 0);
            path.AddRect(new SKRect(left, top, Math.Min(1, left + wide), slim / 2));
        }
        if (random.NextBool())
        {
            path.AddCircle(-0.6f, slim / 2, 0.2f);
            path.AddCircle(0.6f, slim / 2, 0.2f);
        }
        return path;
    }

    private static SKPath Polygon(bool smooth, float slim, ref RandomStream random)
    {
        int corners = random.NextInt(3, 9);
        var points = new SKPoint[corners];
        for (int i = 0; i < corners; i++)
        {
            double angle = 2 * Math.PI * (i + random.NextDouble(-0.3, 0.3)) / corners;
            double radius = random.NextDouble(0.5, 1);
            points[i] = new((float)(radius * Math.Cos(angle)), (float)(slim * radius * Math.Sin(angle)));
        }
        var path = new SKPath();
        if (!smooth)
        {
            path.AddPoly(points);
            return path;
        }
        path.MoveTo(Middle(points[^1], points[0]));
        for (int i = 0; i < corners; i++) path.QuadTo(points[i], Middle(points[i], points[(i + 1) % corners]));
        path.Close();
        return path;
    }

    private static SKPoint Middle(SKPoint a, SKPoint b) => new((a.X + b.X) / 2, (a.Y + b.Y) / 2);
}
