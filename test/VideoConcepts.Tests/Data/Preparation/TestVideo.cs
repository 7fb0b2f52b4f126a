using System.Globalization;
using SkiaSharp;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>Makes small videos with ffmpeg's own sources, and reads frames back without the library.</summary>
internal static class TestVideo
{
    /// <summary>Source frame n is evenly grey with luma <see cref="Luma"/>(n): each frame of the result tells its number.</summary>
    public const string Numbered = "nullsrc=s=160x120:r=30,geq=lum='20+mod(N*37\\,200)':cb=128:cr=128,format=yuv420p";

    public static int Luma(int frame) => 20 + (frame * 37 % 200);

    public static void Make(string file, string source, int frames, params string[] encoding) =>
        InstalledFfmpeg.Run(
        [
            "-f", "lavfi", "-i", source, "-frames:v", frames.ToString(CultureInfo.InvariantCulture),
            "-fps_mode", "passthrough", .. encoding, "file:" + file,
        ]);

    /// <summary>Fast to make; eight frames of moving content.</summary>
    public static void MakeSmall(string file, int frames = 8) =>
        Make(file, "testsrc2=s=64x48:r=25,format=yuv420p", frames, "-c:v", "mpeg4", "-q:v", "3");

    /// <summary>Number of frames of a full decode, by ffmpeg's own list of their checksums.</summary>
    public static int DecodedFrames(string file) =>
        System.Text.Encoding.ASCII.GetString(Raw(file, "-f", "framemd5"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Count(line => line[0] != '#');

    /// <summary>All frames of a full decode, brought to a size, as RGB.</summary>
    public static byte[][] Decode(string file, int width, int height) =>
        [.. Raw(file, "-s", $"{width}x{height}", "-f", "rawvideo", "-pix_fmt", "rgb24").Chunk(3 * width * height)];

    /// <summary>image_00001.jpg and so on, in the order of their numbers, by another decoder than ffmpeg's.</summary>
    public static (int Width, int Height, byte[][] Frames) ReadFrames(string folder)
    {
        var frames = new List<byte[]>();
        (int width, int height) = (0, 0);
        for (int number = 1; File.Exists(Path.Combine(folder, $"image_{number:D5}.jpg")); number++)
        {
            using SKBitmap picture = SKBitmap.Decode(Path.Combine(folder, $"image_{number:D5}.jpg"));
            if (number > 1) (picture.Width, picture.Height).ShouldBe((width, height));
            (width, height) = (picture.Width, picture.Height);
            frames.Add([.. picture.Pixels.SelectMany(pixel => (byte[])[pixel.Red, pixel.Green, pixel.Blue])]);
        }
        return (width, height, [.. frames]);
    }

    /// <summary>Mean absolute difference, in levels of 255.</summary>
    public static double Difference(byte[] a, byte[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average();

    private static byte[] Raw(string file, params string[] format) =>
        InstalledFfmpeg.Run(["-i", file, "-map", "0:v:0", "-fps_mode", "passthrough", .. format, "-"]);
}
