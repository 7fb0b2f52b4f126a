namespace VideoConcepts.Augmentation;

/// <summary>Mirrors left and right.</summary>
internal static class HorizontalFlip
{
    public static void Apply(PixelPlanes planes)
    {
        Reverse(planes.Red, planes.Width);
        Reverse(planes.Green, planes.Width);
        Reverse(planes.Blue, planes.Width);
    }

    private static void Reverse(Span<float> plane, int width)
    {
        for (int row = 0; row < plane.Length; row += width) plane.Slice(row, width).Reverse();
    }
}
