using System.Text.Json.Nodes;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>Frames of an earlier run hold for the video that they were taken from, and for no other.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class ChangedVideoTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    [Fact]
    public async Task Video_ReplacedByOneOfTheSameNameAndLength_IsExtractedAgain()
    {
        Ffmpeg ffmpeg = Installed.Required;
        MakeRaw("red");
        (await ExtractAsync(ffmpeg, "v.avi")).Status.ShouldBe(ExtractionStatus.Done);
        long length = new FileInfo(Work["v.avi"]).Length;
        MakeRaw("blue");
        new FileInfo(Work["v.avi"]).Length.ShouldBe(length);

        (await ExtractAsync(ffmpeg, "v.avi")).Status.ShouldBe(ExtractionStatus.Done);
        byte[] first = TestVideo.ReadFrames(Work["frames"]).Frames[0];
        first[2].ShouldBeGreaterThan((byte)200);
    }

    [Fact]
    public async Task Video_CopiedWithANewTime_IsNotExtractedAgain()
    {
        Ffmpeg ffmpeg = Installed.Required;
        MakeRaw("red");
        await ExtractAsync(ffmpeg, "v.avi");
        File.SetLastWriteTimeUtc(Work["v.avi"], DateTime.UnixEpoch.AddYears(60));
        (await ExtractAsync(ffmpeg, "v.avi")).Status.ShouldBe(ExtractionStatus.Skipped);
    }

    [Fact]
    public async Task Record_OfAnEarlierVersion_HoldsForAVideoOlderThanIt()
    {
        Ffmpeg ffmpeg = Installed.Required;
        MakeRaw("red");
        await ExtractAsync(ffmpeg, "v.avi");
        string file = Path.Combine(Work["frames"], "frames.json");
        JsonObject record = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        record.Remove("videoChanged").ShouldBeTrue();
        record.Remove("videoSample").ShouldBeTrue();
        File.WriteAllText(file, record.ToJsonString());

        (await ExtractAsync(ffmpeg, "v.avi")).Status.ShouldBe(ExtractionStatus.Skipped);
        File.SetLastWriteTimeUtc(Work["v.avi"], File.GetLastWriteTimeUtc(file).AddSeconds(1));
        (await ExtractAsync(ffmpeg, "v.avi")).Status.ShouldBe(ExtractionStatus.Done);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2_000_000)]
    [InlineData(20_000_000)]
    public void Sample_OfAFile_TellsAChangeAtItsEnds(int length)
    {
        byte[] bytes = new byte[length];
        File.WriteAllBytes(Work["v"], bytes);
        string before = Sample();
        Sample().ShouldBe(before);
        foreach (int at in (int[])[0, length / 2, length - 1])
        {
            if (length == 0 || (at == length / 2 && length > 8_000_000)) continue; // between the pieces of a long file
            bytes[at] = 1;
            File.WriteAllBytes(Work["v"], bytes);
            Sample().ShouldNotBe(before, $"byte {at}");
            bytes[at] = 0;
        }
        File.WriteAllBytes(Work["v"], [.. bytes, 0]);
        Sample().ShouldNotBe(before);

        string Sample() => VideoSample.Of(new VideoConcepts.Files.RawFile(Work["v"]));
    }

    private void MakeRaw(string color) =>
        TestVideo.Make(Work["v.avi"], $"color={color}:s=64x48:r=5", 3, "-c:v", "rawvideo", "-pix_fmt", "bgr24");
}
