using System.Globalization;
using System.Text;
using System.Text.Json;
using SkiaSharp;

namespace VideoConcepts.Data.Synthetic;

/// <summary>Writes the lists of a synthetic data set.</summary>
internal static class SyntheticLists
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <param name="files">Where to.</param>
    /// <param name="train">Training videos in the lists' order.</param>
    /// <param name="labelled">Those of them that the labelled lists name.</param>
    /// <param name="test">Test videos in the lists' order.</param>
    public static void Write(
        SyntheticFiles files, IReadOnlyList<SyntheticVideo> train, IReadOnlyList<SyntheticVideo> labelled,
        IReadOnlyList<SyntheticVideo> test)
    {
        WriteLines(files.Train, train.Select(v => $"{v.RelativePath},{v.Scene.Frames}"));
        WriteLines(files.AppearanceTrain, labelled.Select(v => Row(v, (int)v.Scene.Appearance)));
        WriteLines(files.AppearanceTest, test.Select(v => Row(v, (int)v.Scene.Appearance)));
        WriteLines(files.MotionTrain, labelled.Select(v => Row(v, (int)v.Scene.Motion)));
        WriteLines(files.MotionTest, test.Select(v => Row(v, (int)v.Scene.Motion)));
        WriteLines(files.Factors, train.Concat(test).Select(Factors).Prepend(FactorsHeader));
        var classes = new { appearance = Enum.GetNames<AppearanceClass>(), motion = Enum.GetNames<MotionClass>() };
        File.WriteAllText(files.Classes, JsonSerializer.Serialize(classes, Indented) + "\n");
    }

    /// <param name="file">Where to.</param>
    /// <param name="videos">Videos with their boxes per frame.</param>
    public static void WriteBoxes(
        string file, IEnumerable<(SyntheticVideo Video, IReadOnlyList<SKRectI>[] Boxes)> videos)
    {
        var rows = from item in videos
                   from frame in Enumerable.Range(0, item.Boxes.Length)
                   from box in item.Boxes[frame]
                   select $"{item.Video.RelativePath},{frame + 1},{box.Left},{box.Top},{box.Width},{box.Height}";
        WriteLines(file, rows.Prepend("path,image,x,y,width,height"));
    }

    private const string FactorsHeader =
        "path,split,frames,appearance,motion,held_out,size,speed,start_x,start_y,reach,phase,sign,angle,mirrored," +
        "texture_period,texture_angle,texture_stretch,texture_gain,texture_duty,texture_contrast," +
        "colour_first,colour_second,colour_fill,colour_shade,colour_line,noise,shade_angle,shade";

    private static string Factors(SyntheticVideo video)
    {
        var (scene, path) = (video.Scene, video.Scene.Paths[0]);
        var (texture, colours) = (scene.Texture, scene.Colours);
        string[] words =
        [
            video.RelativePath, video.Split, $"{scene.Frames}", $"{scene.Appearance}", $"{scene.Motion}",
            Flag(video.HeldOut),
            Number(scene.Size), Number(path.Speed), Number(path.X), Number(path.Y), Number(path.Reach),
            Number(path.Phase), $"{path.Sign}", Number(path.Angle), Flag(scene.Mirrored),
            Number(texture.Period), Number(texture.Angle), Number(texture.Stretch), Number(texture.Gain),
            Number(texture.Duty), Number(scene.Contrast),
            Hex(colours.First), Hex(colours.Second), Hex(colours.Fill), Hex(colours.Shade), Hex(colours.Line),
            Number(scene.Noise), Number(scene.ShadeAngle), Number(scene.Shade),
        ];
        return string.Join(',', words);
    }

    private static string Row(SyntheticVideo video, int label) => $"{video.RelativePath},{video.Scene.Frames},{label}";

    private static string Number(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);

    private static string Flag(bool value) => value ? "1" : "0";

    private static string Hex(SKColor colour) => $"{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}";

    internal static void WriteLines(string file, IEnumerable<string> lines)
    {
        using var writer = new StreamWriter(file, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        foreach (string line in lines) writer.WriteLine(line);
    }
}
