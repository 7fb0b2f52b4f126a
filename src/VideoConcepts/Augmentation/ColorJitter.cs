using System.Collections.Immutable;
using System.Numerics;

namespace VideoConcepts.Augmentation;

/// <summary>The four changes of a colour jitter.</summary>
internal enum JitterStep
{
    Brightness,
    Contrast,
    Saturation,
    Hue,
}

/// <summary>The level about which the contrast of a clip changes: the mean of its first frame.</summary>
internal sealed class ContrastLevel
{
    private int? _level;

    internal int Of(PixelPlanes planes) => _level ??= Luminance.Mean(planes);
}

/// <summary>
/// Colour jitter on 8-bit pixels, cut off and clipped after each step, as torchvision does on PIL pictures.
/// </summary>
/// <param name="Brightness">Factor, 1 keeps the picture.</param>
/// <param name="Contrast">Factor of the distance to the mean of the frame's grey version.</param>
/// <param name="Saturation">Factor of the distance to the frame's grey version.</param>
/// <param name="Hue">Shift as a fraction of the colour circle, -0.5 … 0.5.</param>
/// <param name="Order">Each step once.</param>
internal readonly record struct ColorJitter(
    double Brightness, double Contrast, double Saturation, double Hue, ImmutableArray<JitterStep> Order)
{
    /// <summary>
    /// Factors uniform in 1 ± <paramref name="amount"/>, hue shift in ± <paramref name="turn"/>, in random order.
    /// </summary>
    public static ColorJitter Draw(ref RandomStream random, double amount = 0.5, double turn = 0.25)
    {
        double brightness = random.NextDouble(1 - amount, 1 + amount);
        double contrast = random.NextDouble(1 - amount, 1 + amount);
        double saturation = random.NextDouble(1 - amount, 1 + amount);
        double hue = random.NextDouble(-turn, turn);
        int[] order = random.NextPermutation(4);
        return new ColorJitter(brightness, contrast, saturation, hue, [.. order.Select(step => (JitterStep)step)]);
    }

    /// <summary>Changes a frame in place.</summary>
    /// <param name="planes">Whole numbers 0 … 255.</param>
    /// <param name="grey">The three channels are equal: saturation and hue would change nothing and are left
    /// out.</param>
    /// <param name="level">Takes the level of contrast from the first frame that is changed with it; null: each frame
    /// has its own.</param>
    public void Apply(PixelPlanes planes, bool grey = false, ContrastLevel? level = null)
    {
        foreach (JitterStep step in Order)
        {
            if (step == JitterStep.Brightness) planes.Map(new BlendWithLevel((float)Brightness, 0));
            else if (step == JitterStep.Contrast)
                planes.Map(new BlendWithLevel((float)Contrast, level?.Of(planes) ?? Luminance.Mean(planes)));
            else if (step == JitterStep.Saturation && !grey) planes.Map(new BlendWithGrey((float)Saturation));
            else if (step == JitterStep.Hue && !grey) planes.Map(HueShift.Of(Hue));
        }
    }

    /// <summary>Moves pixels towards or away from others: 0 gives the others, 1 keeps the pixels.</summary>
    private static Vector<float> Blend(Vector<float> other, Vector<float> pixel, float factor)
    {
        Vector<float> mixed = other + ((pixel - other) * factor);
        return Vector.Floor(Vector.Max(Vector<float>.Zero, Vector.Min(mixed, new Vector<float>(255))));
    }

    private readonly record struct BlendWithLevel(float Factor, float Level) : IPixelOperation
    {
        public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue)
        {
            var level = new Vector<float>(Level);
            red = Blend(level, red, Factor);
            green = Blend(level, green, Factor);
            blue = Blend(level, blue, Factor);
        }
    }

    private readonly record struct BlendWithGrey(float Factor) : IPixelOperation
    {
        public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue)
        {
            Vector<float> grey = Luminance.Of(red, green, blue);
            red = Blend(grey, red, Factor);
            green = Blend(grey, green, Factor);
            blue = Blend(grey, blue, Factor);
        }
    }
}
