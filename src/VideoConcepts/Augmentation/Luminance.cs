using System.Numerics;
using System.Runtime.InteropServices;

namespace VideoConcepts.Augmentation;

/// <summary>The grey version of a pixel: ITU-R 601, weights in 1/65536, rounded to whole levels.</summary>
internal static class Luminance
{
    // 255 · 65536 + 32768 < 2^24: the weighted sum is exact in single precision.
    private const float Red = 19595, Green = 38470, Blue = 7471, Half = 32768, Unit = 1f / 65536;

    public static Vector<float> Of(Vector<float> red, Vector<float> green, Vector<float> blue) =>
        Vector.Floor(((red * Red) + (green * Green) + (blue * Blue) + new Vector<float>(Half)) * Unit);

    /// <summary>Mean over the picture, rounded to a whole level.</summary>
    public static int Mean(PixelPlanes planes)
    {
        ReadOnlySpan<Vector<float>> red = MemoryMarshal.Cast<float, Vector<float>>(planes.Red);
        ReadOnlySpan<Vector<float>> green = MemoryMarshal.Cast<float, Vector<float>>(planes.Green);
        ReadOnlySpan<Vector<float>> blue = MemoryMarshal.Cast<float, Vector<float>>(planes.Blue);
        var sums = Vector<int>.Zero;
        for (int i = 0; i < red.Length; i++) sums += Vector.ConvertToInt32(Of(red[i], green[i], blue[i]));
        long sum = Vector.Sum(sums);
        for (int i = red.Length * Vector<float>.Count; i < planes.Red.Length; i++)
            sum += (int)MathF.Floor(
                ((planes.Red[i] * Red) + (planes.Green[i] * Green) + (planes.Blue[i] * Blue) + Half) * Unit);
        return (int)(((double)sum / planes.Red.Length) + 0.5);
    }
}
