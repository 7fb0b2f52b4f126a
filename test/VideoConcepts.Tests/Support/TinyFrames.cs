using SkiaSharp;

namespace VideoConcepts.Tests.Support;

/// <summary>Folders of one and the same small picture, where only the files matter.</summary>
internal static class TinyFrames
{
    private static readonly Lazy<byte[]> Encoded = new(() => Jpeg(40, 32));

    public static byte[] Jpeg() => [.. Encoded.Value];

    public static byte[] Jpeg(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        for (int i = 0; i < width * height; i++) bitmap.SetPixel(i % width, i / width,
            new SKColor((byte)(6 * (i % width)), (byte)(8 * (i / width)), (byte)(i % 251)));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }

    /// <summary>Writes a video's frames; those of two names have different bytes, though they show the same.</summary>
    public static void Write(WorkFolder work, string video, int frames)
    {
        for (int i = 1; i <= frames; i++) File.WriteAllBytes(work.NewFile($"{video}/image_{i:D5}.jpg"),
            [.. Encoded.Value, .. System.Text.Encoding.UTF8.GetBytes(video)]);
    }
}
