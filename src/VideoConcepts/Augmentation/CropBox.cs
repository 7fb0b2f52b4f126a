namespace VideoConcepts.Augmentation;

/// <summary>A rectangle of a picture, in whole pixels.</summary>
internal readonly record struct CropBox(int X, int Y, int Width, int Height)
{
    /// <summary>The same rectangle of a picture whose width and height are an n-th part.</summary>
    public CropBox Shrunk(int n) => new(X / n, Y / n, Width / n, Height / n);

    /// <summary>The largest centred square of a picture.</summary>
    public static CropBox CentreSquare(int width, int height)
    {
        int side = Math.Min(width, height);
        return new CropBox((width - side) / 2, (height - side) / 2, side, side);
    }
}
