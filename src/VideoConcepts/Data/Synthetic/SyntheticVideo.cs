using SkiaSharp;

namespace VideoConcepts.Data.Synthetic;

/// <summary>One video of a synthetic data set.</summary>
/// <param name="Split">"train" or "test".</param>
/// <param name="Index">Position in its split; it says nothing about the classes.</param>
/// <param name="HeldOut">Whether its pair of classes never occurs in training.</param>
/// <param name="Scene">What it shows.</param>
internal sealed record SyntheticVideo(string Split, int Index, bool HeldOut, SceneDraw Scene)
{
    /// <summary>The folder of its frames, relative to the lists.</summary>
    public string RelativePath => $"videos/{Split}/{Index:D6}";

    /// <summary>Writes image_00001.jpg … and returns the object's boxes, one list per frame.</summary>
    public IReadOnlyList<SKRectI>[] Write(string root, SyntheticOptions options)
    {
        using var renderer = new SceneRenderer(Scene, options.Width, options.Height);
        WriteFrames(Path.Combine(root, RelativePath), Scene.Frames, frame => renderer.Render(frame),
            options.JpegQuality);
        return [.. Enumerable.Range(0, Scene.Frames).Select(renderer.Boxes)];
    }

    /// <summary>Writes image_00001.jpg … of a video.</summary>
    /// <param name="folder">Is made where it is missing.</param>
    /// <param name="frames">How many.</param>
    /// <param name="render">Draws a frame, counted from 0.</param>
    /// <param name="quality">Of the pictures, 1 to 100.</param>
    public static void WriteFrames(string folder, int frames, Func<int, SKBitmap> render, int quality)
    {
        Directory.CreateDirectory(folder);
        var encoding = new SKJpegEncoderOptions(
            quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore);
        for (int frame = 0; frame < frames; frame++)
        {
            using var pixels = render(frame).PeekPixels();
            using var jpeg = pixels.Encode(encoding)
                ?? throw new InvalidOperationException("JPEG encoding failed.");
            // the last one whole or not at all: of a video that has it nothing is missing
            string file = FrameOf(folder, frame), written = frame == frames - 1 ? file + ".part" : file;
            File.WriteAllBytes(written, jpeg.AsSpan());
            if (written != file) File.Move(written, file, overwrite: true);
        }
    }

    /// <summary>The file of a frame, counted from 0.</summary>
    public static string FrameOf(string folder, int frame) => Path.Combine(folder, $"image_{frame + 1:D5}.jpg");
}
