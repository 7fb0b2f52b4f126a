namespace VideoConcepts.Augmentation;

/// <summary>The random rectangle that a view is cut from.</summary>
internal static class ResizedCrop
{
    private const int Tries = 10;

    /// <summary>
    /// A rectangle of half (or another share) to all of the picture's area, its aspect uniform in 3/4 … 4/3, width and
    /// height swapped with probability 1/2. After ten that do not fit, the largest centred square: what scaling the
    /// shorter side and cropping the centre shows.
    /// </summary>
    /// <param name="random">The view's own stream.</param>
    /// <param name="width">Of the picture, in pixels.</param>
    /// <param name="height">Of the picture, in pixels.</param>
    /// <param name="leastArea">Smallest share of the picture's area.</param>
    public static CropBox Draw(ref RandomStream random, int width, int height, double leastArea = 0.5)
    {
        for (int i = 0; i < Tries; i++)
        {
            double area = random.NextDouble(leastArea, 1) * width * height;
            double aspect = random.NextDouble(3.0 / 4, 4.0 / 3);
            int w = (int)Math.Round(Math.Sqrt(area * aspect)), h = (int)Math.Round(Math.Sqrt(area / aspect));
            if (random.NextBool()) (w, h) = (h, w);
            if (w < 1 || h < 1 || w > width || h > height) continue;
            return new CropBox(random.NextInt(0, width - w), random.NextInt(0, height - h), w, h);
        }
        return CropBox.CentreSquare(width, height);
    }
}
