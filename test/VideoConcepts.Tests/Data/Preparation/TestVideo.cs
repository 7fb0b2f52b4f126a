using System.Collections.Concurrent;
using System.Globalization;
using SkiaSharp;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>Makes small videos with ffmpeg's own sources, and reads frames back without the library.</summary>
internal static class TestVideo
{
    /// <summary>
    /// Source frame n is evenly grey with luma <see cref="Luma"/>(n): each frame of the result tells its number.
    /// </summary>
    public const string Numbered = "nullsrc=s=64x48:r=30,geq=lum='20+mod(N*37\\,200)':cb=128:cr=128,format=yuv420p";

    private static readonly ConcurrentDictionary<(string Extension, int Frames, int Variant), byte[]> s_small = new();

    public static int Luma(int frame) => 20 + (frame * 37 % 200);

    public static void Make(string file, string source, int frames, params string[] encoding) =>
        InstalledFfmpeg.Run(
        [
            "-f", "lavfi", "-i", source, "-frames:v", frames.ToString(CultureInfo.InvariantCulture),
            "-fps_mode", "passthrough", .. encoding, "file:" + file,
        ]);

    /// <summary>
    /// 64×48, moving; each number of frames of each variant in each container is encoded once and then copied.
    /// </summary>
    public static void MakeSmall(string file, int frames = 8, int variant = 0) =>
        File.WriteAllBytes(file, s_small.GetOrAdd((Path.GetExtension(file).ToLowerInvariant(), frames, variant), _ =>
        {
            Make(file, $"testsrc2=s=64x48:r=2,hue=h={20 * variant},format=yuv420p", frames, "-c:v", "mpeg4", "-q:v",
                "3");
            return File.ReadAllBytes(file);
        }));

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

    /// <summary>Mean absolute difference of the brightness of two RGB pictures, in levels of 255.</summary>
    public static double Difference(byte[] a, byte[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i += 3)
            sum += Math.Abs(
                (0.299 * (a[i] - b[i])) + (0.587 * (a[i + 1] - b[i + 1])) + (0.114 * (a[i + 2] - b[i + 2])));
        return sum / (a.Length / 3);
    }

    /// <summary>Frame n resembles the n-th decoded frame, and no other as much.</summary>
    public static void ShouldMatch(byte[][] frames, byte[][] decoded)
    {
        frames.Length.ShouldBe(decoded.Length);
        for (int i = 0; i < frames.Length; i++)
        {
            Difference(frames[i], decoded[i]).ShouldBeLessThan(3, $"frame {i}");
            decoded.Index().MinBy(other => Difference(frames[i], other.Item)).Index.ShouldBe(i);
        }
    }

    private static byte[] Raw(string file, params string[] format) =>
        InstalledFfmpeg.Run(["-i", file, "-map", "0:v:0", "-fps_mode", "passthrough", .. format, "-"]);
}
