using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkiaSharp;
using VideoConcepts.Data.Synthetic;
using VideoConcepts.Files;
using VideoConcepts.Reports;

namespace VideoConcepts.Tests.Data.Synthetic;

/// <summary>
/// What the demo is measured by does not change: its test videos and the probe's numbers. Training may; figures of
/// docs/results.md before and after such a change can be compared.
/// </summary>
public sealed class DemoStandardTests
{
    private static readonly SyntheticOptions Options = new() { Seed = 1 };

    [Fact]
    public void OptionsAndDrawsOfAllTestVideos_AreWhatTheyWere()
    {
        string drawn = Rounded(JsonSerializer.SerializeToNode(SyntheticDataset.DrawTest(Options)))!.ToJsonString();
        (FileHash.OfText(Rounded(JsonSerializer.SerializeToNode(Options))!.ToJsonString())[..16],
            FileHash.OfText(drawn)[..16]).ShouldBe(("02c90f5c6933fa1f", "36c7a543d8302005"));
    }

    [Fact]
    public void NumbersOfTheProbe_AreWhatTheyWere() =>
        FileHash.OfText(JsonSerializer.Serialize(SyntheticStudy.Probe))[..16]
            .ShouldBe("09d4e58d48ba9574");

    /// <summary>
    /// Means of 4×4 parts of grey frames, to one level: another processor may round a pixel otherwise.
    /// </summary>
    [Fact]
    public void FramesOfTestVideos_AreWhatTheyWere()
    {
        int[] means = [.. SyntheticDataset.DrawTest(Options).Take(4).SelectMany(video => Means(video.Scene, 9))];
        int[] expected =
        [
            91, 127, 127, 117, 136, 131, 127, 165, 119, 99, 125, 132, 99, 119, 87, 114, 152, 143, 158, 127, 138,
            142, 127, 101, 104, 132, 121, 158, 150, 149, 151, 150, 167, 158, 154, 144, 154, 164, 191, 177, 183,
            205, 160, 151, 182, 169, 161, 163, 107, 129, 93, 129, 110, 128, 129, 90, 118, 128, 133, 137, 88,
            121, 136, 134,
        ];
        means.Length.ShouldBe(expected.Length);
        for (int i = 0; i < means.Length; i++) means[i].ShouldBeInRange(expected[i] - 1, expected[i] + 1);
    }

    private static IEnumerable<int> Means(SceneDraw scene, int frame)
    {
        using var renderer = new SceneRenderer(scene, Options.Width, Options.Height);
        SKBitmap picture = renderer.Render(frame);
        int w = picture.Width / 4, h = picture.Height / 4;
        for (int part = 0; part < 16; part++)
        {
            double sum = 0;
            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++)
                {
                    SKColor pixel = picture.GetPixel((part % 4 * w) + x, (part / 4 * h) + y);
                    sum += pixel.Red + pixel.Green + pixel.Blue;
                }
            yield return (int)Math.Round(sum / 3 / w / h);
        }
    }

    // Numbers to six digits after the point: the last ones of a sine differ between machines.
    private static JsonNode? Rounded(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Rounded(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Rounded)]),
        JsonValue v when v.GetValueKind() == JsonValueKind.Number =>
            v.GetValue<JsonElement>().GetDouble().ToString("F6", CultureInfo.InvariantCulture),
        _ => node?.DeepClone(),
    };
}
