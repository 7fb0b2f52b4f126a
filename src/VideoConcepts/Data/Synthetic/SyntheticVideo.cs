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
        string folder = Path.Combine(root, RelativePath);
        Directory.CreateDirectory(folder);
        using var renderer = new SceneRenderer(Scene, options.Width, options.Height);
        var encoding = new SKJpegEncoderOptions(
            options.JpegQuality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore);
        var boxes = new IReadOnlyList<SKRectI>[Scene.Frames];
        for (int frame = 0; frame < Scene.Frames; frame++)
        {
            using var pixels = renderer.Render(frame).PeekPixels();
            using var jpeg = pixels.Encode(encoding)
                ?? throw new InvalidOperationException("JPEG encoding failed.");
            string file = Path.Combine(folder, $"image_{frame + 1:D5}.jpg");
            File.WriteAllBytes(file, jpeg.AsSpan());
            boxes[frame] = renderer.Boxes(frame);
        }

        return boxes;
    }
}
