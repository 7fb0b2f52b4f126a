using System.Globalization;
using System.Text.Json;
using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>What is damaged is kept on request, and the n-th picture stays the n-th frame.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class DamageTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    private const int Frames = 30;
    private static readonly FrameOptions s_tolerant = new() { Tolerate = 0.3 };

    [Theory]
    [InlineData("a.mp4", "libx264", 12)]
    [InlineData("a.mkv", "libx264", 12)]
    [InlineData("a.mp4", "libx264", 0)]
    [InlineData("a.mp4", "libx264", 29)]
    [InlineData("a.avi", "mpeg4", 12)]
    public async Task Frame_WithDamagedBytes_IsTheOnlyOneThatChanges(string name, string codec, int frame)
    {
        Ffmpeg ffmpeg = Installed.Required;
        string[] intact = await MakeAsync(ffmpeg, name, "-c:v", codec, "-g", "1");
        Packet packet = (await PacketsAsync(ffmpeg, name))[frame];
        // behind the head that a container puts before a frame
        Overwrite(name, packet.At + 20, new byte[packet.Size - 40]);
        await ShouldFailAsync(ffmpeg, name, "");

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, name, s_tolerant);

        outcome.Reason.ShouldBeNull();
        (outcome.Frames, outcome.Damaged).ShouldBe((Frames, 1));
        string[] got = Pictures();
        for (int i = 0; i < Frames; i++) if (i != frame) got[i].ShouldBe(intact[i], $"frame {i}");
        if (outcome.Filled == 1) got[frame].ShouldBe(intact[frame == 0 ? 1 : frame - 1]);
        JsonElement record = Record();
        record.GetProperty("damaged").GetInt32().ShouldBe(1);
        record.GetProperty("filled").GetInt32().ShouldBe(outcome.Filled);
        record.GetProperty("tolerated").GetDouble().ShouldBe(0.3);
    }

    [Theory]
    [InlineData(3, "0", "12")]
    [InlineData(2, "2", "250")]
    [InlineData(5, "2", "250")]
    [InlineData(7, "3", "250")]
    public async Task End_ThatIsMissing_IsFilled(int missing, string between, string group)
    {
        Ffmpeg ffmpeg = Installed.Required;
        string[] intact = await MakeAsync(ffmpeg, "a.mp4",
            "-c:v", "libx264", "-bf", between, "-g", group, "-movflags", "faststart");
        Packet[] packets = await PacketsAsync(ffmpeg, "a.mp4"); // in the order in which they are coded
        long[] order = [.. packets.Select(packet => packet.Time).Order()];
        using (FileStream file = File.OpenWrite(Work["a.mp4"])) file.SetLength(packets[^missing].At);
        int[] lost = [.. packets[^missing..].Select(packet => Array.IndexOf(order, packet.Time))];

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mp4", s_tolerant);

        outcome.Reason.ShouldBeNull();
        (outcome.Frames, outcome.Damaged, outcome.Filled).ShouldBe((Frames, missing, missing));
        string[] got = Pictures();
        for (int i = 0; i < Frames; i++)
            got[i].ShouldBe(lost.Contains(i) ? got[i - 1] : intact[i], $"frame {i}");
    }

    [Fact]
    public async Task Mp4_CutBetweenTwoFrames_FailsAlthoughItDecodes()
    {
        Ffmpeg ffmpeg = Installed.Required;
        await MakeAsync(ffmpeg, "a.mp4", "-c:v", "mpeg4", "-movflags", "faststart");
        Packet[] packets = await PacketsAsync(ffmpeg, "a.mp4");
        using (FileStream file = File.OpenWrite(Work["a.mp4"])) file.SetLength(packets[^4].At);
        TestVideo.DecodedFrames(Work["a.mp4"]).ShouldBe(Frames - 4);
        await ShouldFailAsync(ffmpeg, "a.mp4", "the file is truncated: 4 or more of its frames are missing");
    }

    [Fact]
    public async Task Mp4_InFragmentsCutWithinTheLast_FailsAlthoughItDecodes()
    {
        Ffmpeg ffmpeg = Installed.Required;
        await MakeAsync(ffmpeg, "a.mp4", "-c:v", "mpeg4", "-g", "5", "-movflags", "frag_keyframe+empty_moov");
        Packet[] packets = await PacketsAsync(ffmpeg, "a.mp4");
        using (FileStream file = File.OpenWrite(Work["a.mp4"])) file.SetLength(packets[^2].At);
        await ShouldFailAsync(ffmpeg, "a.mp4", "the file is truncated: ");
    }

    [Fact]
    public async Task Packet_ThatIsMissing_LeavesAGapThatIsFilled()
    {
        Ffmpeg ffmpeg = Installed.Required;
        string[] intact = await MakeAsync(ffmpeg, "whole.mkv", "-c:v", "libx264", "-g", "1");
        InstalledFfmpeg.Run("-i", Work["whole.mkv"], "-c", "copy", "-bsf:v", @"noise=drop=eq(n\,20)", Work["a.mkv"]);
        Packet packet = (await PacketsAsync(ffmpeg, "a.mkv"))[5];
        Overwrite("a.mkv", packet.At + 20, new byte[packet.Size - 40]);

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mkv", s_tolerant);

        outcome.Reason.ShouldBeNull();
        (outcome.Frames, outcome.Damaged).ShouldBe((Frames, 2));
        string[] got = Pictures();
        for (int i = 0; i < Frames; i++) if (i != 5) got[i].ShouldBe(intact[i == 20 ? 19 : i], $"frame {i}");
    }

    [Fact]
    public async Task Cut_BehindLostFrames_KeepsItsNumber()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.Make(Work["a.mp4"], "testsrc2=s=160x120:r=25,negate=enable='gte(n\\,20)',format=yuv420p", Frames,
            "-c:v", "libx264", "-g", "1");
        await ExtractAsync(ffmpeg, "a.mp4");
        string cuts = File.ReadAllText(Work["frames/cuts.txt"]);
        foreach (int frame in (int[])[4, 5, 11])
        {
            Packet packet = (await PacketsAsync(ffmpeg, "a.mp4"))[frame];
            Overwrite("a.mp4", packet.At, new byte[packet.Size]);
        }

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mp4", s_tolerant);

        (outcome.Frames, outcome.Filled, outcome.CutsUnknown).ShouldBe((Frames, 3, false), outcome.Reason);
        File.ReadAllText(Work["frames/cuts.txt"]).ShouldBe(cuts);
        Directory.GetFiles(Work["frames"], "*.log").ShouldBeEmpty();
    }

    [Fact]
    public async Task Video_WhoseLostFramesCannotBeTold_IsRefused()
    {
        Ffmpeg ffmpeg = Installed.Required;
        await MakeAsync(ffmpeg, "a.mkv", "-c:v", "libx264", "-g", "1");
        Packet[] packets = await PacketsAsync(ffmpeg, "a.mkv");
        using (FileStream file = File.OpenWrite(Work["a.mkv"])) file.SetLength(packets[^2].At + 40);
        (await ExtractAsync(ffmpeg, "a.mkv", s_tolerant)).Reason!.ShouldContain(
            "its end is missing, and nothing tells how many frames that was");

        TestVideo.Make(Work["b.mkv"], "testsrc2=s=160x120:r=25,select='lt(n\\,9)+not(mod(n\\,7))',settb=1/1000,"
            + "setpts='PTS+13*mod(N\\,4)',format=yuv420p", Frames, "-c:v", "libx264", "-g", "1");
        Packet packet = (await PacketsAsync(ffmpeg, "b.mkv"))[12];
        Overwrite("b.mkv", packet.At + 20, new byte[packet.Size - 40]);
        (await ExtractAsync(ffmpeg, "b.mkv", s_tolerant)).Reason!.ShouldContain(
            "its time stamps do not tell which frames are lost");
        Directory.GetDirectories(Work.Path, "frames*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Video_DamagedMoreThanIsTolerated_FailsAndAnEarlierResultGoes()
    {
        Ffmpeg ffmpeg = Installed.Required;
        await MakeAsync(ffmpeg, "a.mp4", "-c:v", "libx264", "-g", "1");
        foreach (int frame in (int[])[4, 9, 14])
        {
            Packet packet = (await PacketsAsync(ffmpeg, "a.mp4"))[frame];
            Overwrite("a.mp4", packet.At, new byte[packet.Size]);
        }
        (await ExtractAsync(ffmpeg, "a.mp4", new() { Tolerate = 0.09 })).Reason!.ShouldContain(
            "(3 of 30 frames are damaged or lost, more than ‹tolerate› 0.09 allows)");
        (await ExtractAsync(ffmpeg, "a.mp4", new() { Tolerate = 0.1 })).Status.ShouldBe(ExtractionStatus.Done);
        ExtractionOutcome again = await ExtractAsync(ffmpeg, "a.mp4", new() { Tolerate = 0.5 });
        (again.Status, again.Damaged, again.Filled).ShouldBe((ExtractionStatus.Skipped, 3, 3));
        await ShouldFailAsync(ffmpeg, "a.mp4", "");

        await MakeAsync(ffmpeg, "b.mp4", "-c:v", "libx264", "-g", "1");
        (await ExtractAsync(ffmpeg, "b.mp4", s_tolerant)).Damaged.ShouldBe(0);
        (await ExtractAsync(ffmpeg, "b.mp4")).Status.ShouldBe(ExtractionStatus.Skipped);
    }

    [Theory]
    [InlineData("text.mp4")]
    [InlineData("list.mp4")]
    public async Task File_ThatIsNoVideo_IsNotTolerated(string name)
    {
        File.WriteAllText(Work[name], name[0] == 't' ? "This is no video.\n" : "#EXTM3U\nvideo.mp4\n");
        string? strict = (await ExtractAsync(Installed.Required, name)).Reason;
        (await ExtractAsync(Installed.Required, name, s_tolerant)).Reason.ShouldBe(strict);
    }

    [Fact]
    public void Places_OfFramesInMilliseconds_FillOnlyWholeFrames()
    {
        long?[] times = [.. Enumerable.Range(0, 100).Where(i => i is not (7 or 50 or 51))
            .Select(i => (long?)Math.Round(i * 1001 / 30.0))];
        long[] decoded = [.. times.OfType<long>().Where(time => time != (long)Math.Round(20 * 1001 / 30.0))];
        (FramePlaces? places, string? reason) = FramePlaces.Find(new VideoPackets(times, null), decoded, false);
        reason.ShouldBeNull();
        places!.Times.Count.ShouldBe(100);
        places.Lost.Order().ShouldBe([7, 20, 50, 51]);
        // by its index there were no more
        FramePlaces.Find(new VideoPackets(times, 97), decoded, true).Places!.Lost.ShouldBe([19]);
    }

    [Fact]
    public void Places_OfStampsThatAreMissingRepeatedOrOthers_CannotBeTold()
    {
        Reason([0, null, 80, 120], [0, 80, 120]).ShouldNotBeNull();
        Reason([0, 40, 40, 80], [0, 40, 80]).ShouldNotBeNull();
        Reason([0, 40, 80, 120], [0, 41, 80]).ShouldNotBeNull();
        Reason([0, 40, 80, 120], [0, 80, 80]).ShouldNotBeNull();
        Reason([0, 40, 80, 120], [0, 80, 40]).ShouldNotBeNull();
        Reason([], []).ShouldNotBeNull();
        Reason([0, 40, 80, 120], [0, 80]).ShouldBeNull();

        static string? Reason(long?[] packets, long[] decoded) =>
            FramePlaces.Find(new VideoPackets(packets, null), decoded, false).Reason;
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.01)]
    [InlineData(double.NaN)]
    public void Share_OutOfRange_IsRefused(double share) => Should.Throw<BadInputException>(
        () => new FrameOptions { Tolerate = share }.Validate()).Message.ShouldStartWith("Tolerate is ");

    [Fact]
    public void Share_WithALimitOfFrames_IsRefused() => Should.Throw<BadInputException>(
        () => new FrameOptions { Tolerate = 0.1, FpsLimit = 5 }.Validate()).Message.ShouldContain("Tolerate and Fps");

    private sealed record Packet(long Time, int Size, long At);

    /// <summary>Makes a video; returns the pictures of the whole one.</summary>
    private async Task<string[]> MakeAsync(Ffmpeg ffmpeg, string name, params string[] encoding)
    {
        TestVideo.Make(Work[name], "testsrc2=s=160x120:r=25,format=yuv420p", Frames, encoding);
        (await ExtractAsync(ffmpeg, name)).Frames.ShouldBe(Frames);
        string[] pictures = Pictures();
        Directory.Delete(Work["frames"], recursive: true);
        return pictures;
    }

    private string[] Pictures() => [.. Enumerable.Range(1, Frames).Select(number =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(
            File.ReadAllBytes(Work[$"frames/image_{number:D5}.jpg"]))))];

    private JsonElement Record() =>
        JsonDocument.Parse(File.ReadAllText(Work["frames/frames.json"])).RootElement.Clone();

    private async Task<Packet[]> PacketsAsync(Ffmpeg ffmpeg, string name)
    {
        string? answer = await ffmpeg.ProbeAsync(["-select_streams", "V:0", "-show_entries", "packet=pts,size,pos",
            "-of", "csv=p=0", Work[name]], TestContext.Current.CancellationToken);
        return [.. answer!.Split('\n').Select(line => line.Split(',')).Select(fields => new Packet(
            long.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture),
            long.Parse(fields[2], CultureInfo.InvariantCulture)))];
    }

    private void Overwrite(string name, long at, byte[] bytes)
    {
        using FileStream file = File.OpenWrite(Work[name]);
        file.Position = at;
        file.Write(bytes);
    }
}
