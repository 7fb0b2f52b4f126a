using System.Numerics;
using VideoConcepts.Data;

namespace VideoConcepts.Augmentation;

/// <summary>ImageNet mean and standard deviation.</summary>
public static class Normalization
{
    public static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    public static readonly float[] Std = [0.229f, 0.224f, 0.225f];

    /// <summary>
    /// Writes a picture of H×W as three normalised planes: channel c of frame t of a (3, T, H, W) clip starts at
    /// (c·T + t)·H·W of <paramref name="clip"/>.
    /// </summary>
    public static void Write(FrameImage image, Span<float> clip, int frame, int frames)
    {
        int area = image.Width * image.Height;
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (int channel = 0; channel < 3; channel++)
        {
            float scale = 1f / (255f * Std[channel]), shift = -Mean[channel] / Std[channel];
            Span<float> plane = clip.Slice(((channel * frames) + frame) * area, area);
            for (int i = 0, p = channel; i < plane.Length; i++, p += 3) plane[i] = (pixels[p] * scale) + shift;
        }
    }

    /// <summary>Normalises the pixels (0 … 255) of one frame in place.</summary>
    public static void Apply(PixelPlanes planes) => planes.Map(default(Operation));

    private readonly record struct Operation : IPixelOperation
    {
        public void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue)
        {
            red = Channel(red, 0);
            green = Channel(green, 1);
            blue = Channel(blue, 2);
        }

        private static Vector<float> Channel(Vector<float> pixels, int channel) =>
            (pixels * (1f / (255f * Std[channel]))) + new Vector<float>(-Mean[channel] / Std[channel]);
    }
}
