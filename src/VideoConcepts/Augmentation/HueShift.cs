using System.Numerics;

namespace VideoConcepts.Augmentation;

/// <summary>
/// Turns the colour circle by way of 8-bit hue, saturation and value. The steps of 1/255 in hue and saturation are
/// visible in the result, so the rounding of the Python Imaging Library is kept operation by operation.
/// </summary>
/// <param name="Steps">0 … 255, in steps of 1/256 of the circle.</param>
internal readonly record struct HueShift(int Steps) : IPixelOperation
{
    private const float Sector = 85;                 // a sixth of the circle, in half steps of hue
    private const float Circle = 6 * Sector;
    private const float Full = 255 * Sector;

    /// <summary>A shift by a fraction of the circle, -0.5 … 0.5, rounded towards no shift.</summary>
    public static HueShift Of(double fraction) => new((int)(fraction * 255) & 255);

    public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue)
    {
        Vector<float> value = Vector.Max(red, Vector.Max(green, blue));
        Vector<float> range = value - Vector.Min(red, Vector.Min(green, blue));
        Vector<float> saturation = Quantise(range / Vector.Max(value, Vector<float>.One));
        Vector<float> hue = Quantise(Turn(red, green, blue, value, Vector.Max(range, Vector<float>.One)));
        hue += new Vector<float>(Steps);
        hue = Vector.ConditionalSelect(
            Vector.GreaterThanOrEqual(hue, new Vector<float>(256)), hue - new Vector<float>(256), hue);
        Vector<float> colour = value * saturation, position = hue * 2;
        red = Channel(value, colour, position, 5 * Sector);
        green = Channel(value, colour, position, 3 * Sector);
        blue = Channel(value, colour, position, Sector);
    }

    /// <summary>Hue as a fraction of the circle, 0 … 1. A grey pixel comes with range 1 and gets 0.</summary>
    private static Vector<float> Turn(
        Vector<float> red, Vector<float> green, Vector<float> blue, Vector<float> value, Vector<float> range)
    {
        Vector<float> r = (value - red) / range, g = (value - green) / range, b = (value - blue) / range;
        Vector<int> isRed = Vector.Equals(red, value), isGreen = Vector.Equals(green, value);
        Vector<float> start = Vector.ConditionalSelect(isRed, Vector<float>.Zero,
            Vector.ConditionalSelect(isGreen, new Vector<float>(2), new Vector<float>(4)));
        Vector<float> plus = Vector.ConditionalSelect(isRed, b, Vector.ConditionalSelect(isGreen, r, g));
        Vector<float> minus = Vector.ConditionalSelect(isRed, g, Vector.ConditionalSelect(isGreen, b, r));
        Vector.Widen(start, out Vector<double> start0, out Vector<double> start1);
        Vector.Widen(plus, out Vector<double> plus0, out Vector<double> plus1);
        Vector.Widen(minus, out Vector<double> minus0, out Vector<double> minus1);
        Vector<float> sixths = Vector.Narrow(start0 + plus0 - minus0, start1 + plus1 - minus1);
        Vector.Widen(sixths, out Vector<double> low, out Vector<double> high);
        return Vector.Narrow(Fraction(low), Fraction(high));
    }

    private static Vector<double> Fraction(Vector<double> sixths)
    {
        Vector<double> turn = (sixths / new Vector<double>(6)) + Vector<double>.One;
        return turn - Vector.Floor(turn);
    }

    /// <summary>0 … 1 to whole 0 … 255, cut off; in double precision, where 0.2f · 255 is still above 51.</summary>
    private static Vector<float> Quantise(Vector<float> fraction)
    {
        Vector.Widen(fraction, out Vector<double> low, out Vector<double> high);
        return Vector.Narrow(Vector.Floor(low * 255), Vector.Floor(high * 255));
    }

    /// <summary>
    /// One channel: value · (1 - saturation · m), where m falls and rises along the circle from a channel's own
    /// offset. All terms are whole numbers below 2^24, so the rounding is that of exact arithmetic.
    /// </summary>
    private static Vector<float> Channel(
        Vector<float> value, Vector<float> colour, Vector<float> position, float offset)
    {
        Vector<float> k = position + new Vector<float>(offset), circle = new(Circle);
        k = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(k, circle), k - circle, k);
        k = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(k, circle), k - circle, k);
        Vector<float> away = Vector.Min(k, new Vector<float>(4 * Sector) - k);
        away = Vector.Max(Vector<float>.Zero, Vector.Min(away, new Vector<float>(Sector)));
        return Vector.Floor((((value * Full) - (colour * away)) / new Vector<float>(Full)) + new Vector<float>(0.5f));
    }
}
