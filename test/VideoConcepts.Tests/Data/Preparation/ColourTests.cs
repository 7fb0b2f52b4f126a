using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>
/// Patches of known colour, encoded without loss as numbers that the standard's own formula gives, come back.
/// </summary>
[Collection(nameof(FfmpegTests))]
public sealed class ColourTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    private const int PatchWidth = 32;

    private static readonly (double R, double G, double B)[] s_patches =
        [(0.75, 0.1, 0.1), (0.1, 0.7, 0.15), (0.15, 0.15, 0.8), (0.8, 0.7, 0.1), (0.5, 0.5, 0.5), (1, 1, 1), (0, 0, 0)];

    [Theory]
    [InlineData("smpte170m", "tv", 64, 0.299, 0.114)]
    [InlineData("bt709", "tv", 64, 0.2126, 0.0722)]
    [InlineData("bt2020nc", "tv", 64, 0.2627, 0.0593)]
    [InlineData("smpte170m", "pc", 64, 0.299, 0.114)]
    [InlineData("bt709", "pc", 64, 0.2126, 0.0722)]
    [InlineData("bt2020nc", "pc", 64, 0.2627, 0.0593)]
    [InlineData("bt709", "tv", 720, 0.2126, 0.0722)]
    [InlineData("smpte170m", "tv", 720, 0.299, 0.114)] // tags win
    [InlineData(null, null, 64, 0.299, 0.114)]
    [InlineData(null, null, 576, 0.299, 0.114)]
    [InlineData(null, null, 720, 0.2126, 0.0722)]
    [InlineData(null, "pc", 720, 0.2126, 0.0722)]
    public async Task Colours_OfAVideo_AreThoseOfItsTagsOrOfItsSize(
        string? matrix, string? range, int height, double kr, double kb)
    {
        Ffmpeg ffmpeg = Installed.Required;
        MakePatches("a.mkv", height, [.. s_patches.Select(patch => Code(Yuv(patch, kr, kb), range == "pc", 8))], 8,
            [.. Tag("colorspace", matrix), .. Tag("color_range", range)]);
        foreach (((double R, double G, double B) patch, (double, double, double) pixel) in
            s_patches.Zip(await PixelsAsync(ffmpeg, s_patches.Length, height)))
            Near(pixel, (255 * patch.R, 255 * patch.G, 255 * patch.B), $"{matrix} {patch}");
        Recorded().ShouldBe(matrix is null && height == 720);
    }

    [Theory]
    [InlineData("smpte2084")]
    [InlineData("arib-std-b67")]
    public async Task Colours_OfHighDynamicRange_FollowTheFormula(string transfer)
    {
        Ffmpeg ffmpeg = Installed.Required;
        double[] lights = [0, 1, 10, 58, 100, 203, 400, 1000];
        MakePatches("a.mkv", 64, [.. lights.Select(light =>
            Code((transfer == "smpte2084" ? PqCode(light) : HlgCode(light), 0, 0), false, 10))], 10, Hdr(transfer));
        foreach ((double light, (double, double, double) pixel) in
            lights.Zip(await PixelsAsync(ffmpeg, lights.Length, 64)))
        {
            double grey = Displayed(light);
            Near(pixel, (grey, grey, grey), $"{light} cd/m²");
        }
        Recorded().ShouldBeTrue();
    }

    [Fact]
    public async Task Colours_OfHighDynamicRange_KeepTheirHue()
    {
        Ffmpeg ffmpeg = Installed.Required;
        // Light of BT.709's red, green and blue in cd/m², the brightest of them above paper white.
        (double R, double G, double B)[] lights = [(300, 60, 30), (20, 150, 90), (40, 60, 500), (100, 80, 60)];
        MakePatches("a.mkv", 64, [.. lights.Select(PqPatch)], 10, Hdr("smpte2084"));
        foreach (((double R, double G, double B) light, (double, double, double) pixel) in
            lights.Zip(await PixelsAsync(ffmpeg, lights.Length, 64)))
        {
            double most = Math.Max(light.R, Math.Max(light.G, light.B)), factor = Mobius(most / 203) / (most / 203);
            Near(pixel, (Bt709(light.R / 203 * factor), Bt709(light.G / 203 * factor),
                Bt709(light.B / 203 * factor)), $"{light}");
        }

        static (int, int, int) PqPatch((double, double, double) light)
        {
            (double r, double g, double b) = ToBt2020(light);
            return Code(Yuv((PqCode(r), PqCode(g), PqCode(b)), 0.2627, 0.0593), false, 10);
        }
    }

    [Fact]
    public async Task Video_OfHighDynamicRangeWithoutTheFilters_FailsWithTheReason()
    {
        _ = Installed.Required;
        string script = Work["ffmpeg"];
        File.WriteAllText(script, """
            #!/bin/sh
            case "$*" in *-filters*) /usr/bin/ffmpeg "$@" | grep -v zscale;; *) exec /usr/bin/ffmpeg "$@";; esac
            """);
        RawPath.Shell(Work.Path, "chmod +x ffmpeg");
        Ffmpeg ffmpeg = await Ffmpeg.FindAsync(script, TestContext.Current.CancellationToken);
        MakePatches("a.mkv", 64, [Code((0.5, 0, 0), false, 10)], 10, Hdr("smpte2084"));
        await ShouldFailAsync(ffmpeg, "a.mkv", "this ffmpeg has no zscale and tonemap");
        MakePatches("a.mkv", 64, [Code((0.5, 0, 0), false, 10)], 10, []);
        (await ExtractAsync(ffmpeg, "a.mkv")).Frames.ShouldBe(2);
    }

    [Fact]
    public async Task Cut_InHighDynamicRange_IsFoundAndTheFramesAreSmall()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.Make(Work["a.mkv"],
            "testsrc2=s=320x240:r=25,hue=h='if(lt(n\\,4)\\,0\\,180)',negate=enable='gte(n\\,4)',format=yuv420p10le", 8,
            ["-c:v", "ffv1", .. Hdr("smpte2084")]);
        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mkv", new FrameOptions { ShortSide = 64 });
        outcome.Reason.ShouldBeNull();
        (outcome.Frames, outcome.Cuts, outcome.Width, outcome.Height).ShouldBe((8, 1, 85, 64));
        (await ExtractAsync(ffmpeg, "a.mkv", new FrameOptions { ShortSide = 64 })).Status.ShouldBe(
            ExtractionStatus.Skipped);
    }

    [Fact]
    public async Task Frames_OfAPlainVideo_AreThoseOfAnEarlierVersion()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.MakeSmall(Work["a.mp4"]);
        await ExtractAsync(ffmpeg, "a.mp4");
        string record = File.ReadAllText(Work["frames/frames.json"]);
        record.ShouldContain("\"colours\": null");
        // earlier versions did not write it
        File.WriteAllText(Work["frames/frames.json"],
            record.Replace(",\n  \"colours\": null", "", StringComparison.Ordinal));
        (await ExtractAsync(ffmpeg, "a.mp4")).Status.ShouldBe(ExtractionStatus.Skipped);
        // and later ones may treat colours otherwise
        File.WriteAllText(Work["frames/frames.json"], record.Replace("\"colours\": null", "\"colours\": \"another\"",
            StringComparison.Ordinal));
        (await ExtractAsync(ffmpeg, "a.mp4")).Status.ShouldBe(ExtractionStatus.Done);
    }

    private bool Recorded() =>
        !File.ReadAllText(Work["frames/frames.json"]).Contains("\"colours\": null", StringComparison.Ordinal);

    private static string[] Tag(string key, string? value) => value is null ? [] : ["-" + key, value];

    private static string[] Hdr(string transfer) =>
        ["-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc", "-color_range", "tv"];

    /// <summary>Two frames of patches side by side, given as the numbers of the file.</summary>
    private void MakePatches(string name, int height, (int Y, int Cb, int Cr)[] codes, int bits, string[] tags)
    {
        byte[] Plane(Func<(int Y, int Cb, int Cr), int> value)
        {
            byte[] row = [.. codes.SelectMany(code => Enumerable.Repeat(bits == 8 ? (byte[])[(byte)value(code)]
                : BitConverter.GetBytes((ushort)value(code)), PatchWidth)).SelectMany(bytes => bytes)];
            return [.. Enumerable.Repeat(row, height).SelectMany(bytes => bytes)];
        }

        byte[] frame = [.. Plane(code => code.Y), .. Plane(code => code.Cb), .. Plane(code => code.Cr)];
        File.WriteAllBytes(Work["raw"], [.. frame, .. frame]);
        InstalledFfmpeg.Run(["-f", "rawvideo", "-pix_fmt", bits == 8 ? "yuv444p" : "yuv444p10le",
            "-s", $"{PatchWidth * codes.Length}x{height}", "-i", Work["raw"], "-c:v", "ffv1", .. tags, Work[name]]);
        if (Directory.Exists(Work["frames"])) Directory.Delete(Work["frames"], recursive: true);
    }

    /// <summary>The colour in the middle of each patch, far from where colours of neighbours mix.</summary>
    private async Task<(double R, double G, double B)[]> PixelsAsync(Ffmpeg ffmpeg, int patches, int height)
    {
        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mkv",
            new FrameOptions { JpegQuality = 100, ShortSide = Math.Min(PatchWidth * patches, height) });
        outcome.Reason.ShouldBeNull();
        (int width, _, byte[][] frames) = TestVideo.ReadFrames(Work["frames"]);
        width.ShouldBe(PatchWidth * patches);
        return [.. Enumerable.Range(0, patches).Select(patch =>
        {
            int middle = 3 * ((width * height / 2) + (PatchWidth * patch) + (PatchWidth / 2));
            return ((double)frames[1][middle], (double)frames[1][middle + 1], (double)frames[1][middle + 2]);
        })];
    }

    // JPEG's own rounding is two levels at most; a wrong matrix is off by ten and more, a wrong range by fifteen.
    private static void Near((double R, double G, double B) got, (double R, double G, double B) wanted, string what)
    {
        got.R.ShouldBe(wanted.R, 4, what);
        got.G.ShouldBe(wanted.G, 4, what);
        got.B.ShouldBe(wanted.B, 4, what);
    }

    private static (double Y, double Cb, double Cr) Yuv((double R, double G, double B) c, double kr, double kb)
    {
        double y = (kr * c.R) + ((1 - kr - kb) * c.G) + (kb * c.B);
        return (y, (c.B - y) / (2 * (1 - kb)), (c.R - y) / (2 * (1 - kr)));
    }

    private static (int, int, int) Code((double Y, double Cb, double Cr) colour, bool full, int bits)
    {
        (double y, double cb, double cr) = colour;
        double unit = 1 << (bits - 8), all = (1 << bits) - 1;
        return full
            ? ((int)Math.Round(all * y), Chroma(cb, all), Chroma(cr, all))
            : ((int)Math.Round(unit * (16 + (219 * y))), Chroma(cb, 224 * unit), Chroma(cr, 224 * unit));

        int Chroma(double c, double scale) => (int)Math.Clamp(Math.Round((128 * unit) + (scale * c)), 0, all);
    }

    // SMPTE ST 2084: 0 to 1 of 10 000 cd/m².
    private static double PqCode(double light)
    {
        double p = Math.Pow(Math.Max(0, light) / 10000, 2610.0 / 16384);
        return Math.Pow(((3424.0 / 4096) + (2413.0 / 128 * p)) / (1 + (2392.0 / 128 * p)), 2523.0 / 32);
    }

    // ITU-R BT.2100: a display of 1000 cd/m² shows 1000 · E^1.2 of grey.
    private static double HlgCode(double light)
    {
        double e = Math.Pow(light / 1000, 1 / 1.2);
        return e <= 1.0 / 12 ? Math.Sqrt(3 * e) : (0.17883277 * Math.Log((12 * e) - 0.28466892)) + 0.55991073;
    }

    private static double Displayed(double light) => Bt709(Mobius(light / 203));

    // As it is to 0.3, from there a curve of the same slope that is 1 at 1000 cd/m².
    private static double Mobius(double x)
    {
        const double j = 0.3, peak = 1000.0 / 203;
        if (x <= j) return x;
        double a = -j * j * (peak - 1) / ((j * j) - (2 * j) + peak);
        double b = ((j * j) - (2 * j * peak) + peak) / (peak - 1);
        return Math.Min(1, ((b * b) + (2 * b * j) + (j * j)) / (b - a) * (x + a) / (x + b));
    }

    // What a BT.709 display (ITU-R BT.1886) shows as that light.
    private static double Bt709(double light) => 255 * Math.Pow(light, 1 / 2.4);

    private static (double, double, double) ToBt2020((double R, double G, double B) c) =>
        ((0.6274 * c.R) + (0.3293 * c.G) + (0.0433 * c.B), (0.0691 * c.R) + (0.9195 * c.G) + (0.0114 * c.B),
            (0.0164 * c.R) + (0.0880 * c.G) + (0.8956 * c.B));
}
