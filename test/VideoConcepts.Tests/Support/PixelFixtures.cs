using System.Text;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Tests.Support;

/// <summary>The pictures that Fixtures/make_pixels.py wrote.</summary>
internal static class PixelFixtures
{
    public static string Path(string name) =>
        System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", "pixels", name);

    /// <summary>Reads a binary PPM as Pillow writes it: "P6\nW H\n255\n", then RGB bytes.</summary>
    public static FrameImage ReadPpm(string name)
    {
        byte[] file = File.ReadAllBytes(Path(name));
        int body = 0;
        for (int line = 0; line < 3; line++) body = Array.IndexOf(file, (byte)'\n', body) + 1;
        string[] header = Encoding.ASCII.GetString(file, 0, body)
            .Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries);
        header[0].ShouldBe("P6");
        var image = new FrameImage();
        image.Resize(int.Parse(header[1]), int.Parse(header[2]));
        file.AsSpan(body).CopyTo(image.Pixels);
        return image;
    }

    /// <summary>Largest difference of two pictures of one size, in levels.</summary>
    public static int LargestDifference(FrameImage actual, FrameImage expected)
    {
        (actual.Width, actual.Height).ShouldBe((expected.Width, expected.Height));
        int largest = 0;
        for (int i = 0; i < expected.Pixels.Length; i++)
            largest = Math.Max(largest, Math.Abs(actual.Pixels[i] - expected.Pixels[i]));
        return largest;
    }

    /// <summary>The picture as planes (3, H, W) of pixels 0 … 255.</summary>
    public static float[] ToPlanes(FrameImage image)
    {
        var clip = new float[3 * image.Width * image.Height];
        PixelPlanes.Of(clip, image.Width, image.Height).Load(image);
        return clip;
    }

    /// <summary>Back from (3, H, W); values must be whole and 0 … 255.</summary>
    public static FrameImage ToImage(float[] planes, int width, int height)
    {
        var image = new FrameImage();
        image.Resize(width, height);
        int area = width * height;
        for (int i = 0; i < area; i++)
            for (int channel = 0; channel < 3; channel++)
                image.Pixels[(3 * i) + channel] = checked((byte)planes[(channel * area) + i]);
        planes.ShouldAllBe(value => value == MathF.Floor(value));
        return image;
    }
}
