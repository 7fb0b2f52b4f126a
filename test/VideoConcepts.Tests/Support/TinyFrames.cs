using SkiaSharp;

namespace VideoConcepts.Tests.Support;

/// <summary>Folders of one and the same small picture, where only the files matter.</summary>
internal static class TinyFrames
{
    private static readonly Lazy<byte[]> Encoded = new(() =>
    {
        using var bitmap = new SKBitmap(40, 32);
        for (int i = 0; i < 40 * 32; i++) bitmap.SetPixel(i % 40, i / 40, new SKColor((byte)(6 * (i % 40)), (byte)(8 * (i / 40)), (byte)(i % 251)));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    });

    public static byte[] Jpeg() => [.. Encoded.Value];

    /// <summary>Writes a video's frames; those of two names have different bytes, though they show the same.</summary>
    public static void Write(WorkFolder work, string video, int frames)
    {
        for (int i = 1; i <= frames; i++) File.WriteAllBytes(work.NewFile($"{video}/image_{i:D5}.jpg"), [.. Encoded.Value, .. System.Text.Encoding.UTF8.GetBytes(video)]);
    }
}
