using System.Buffers.Binary;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>ffmpeg reads only the file that it is given, and that within limits.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class UntrustedVideoTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.6,\n{0}\n#EXT-X-ENDLIST\n", "a playlist (HLS)")]
    [InlineData("\ufeff\n  #EXTM3U\n{0}\n", "a playlist (HLS)")]
    [InlineData("<?xml version=\"1.0\"?><MPD type=\"static\"><Period><BaseURL>{0}</BaseURL></Period></MPD>",
        "a playlist (DASH)")]
    [InlineData("ffconcat version 1.0\nfile {0}\n", "a playlist (ffconcat)")]
    [InlineData("file '{0}'\n", "a playlist (ffconcat)")]
    [InlineData("v=0\no=- 0 0 IN IP4 127.0.0.1\n", "a playlist (SDP)")]
    [InlineData("{0}\n", "a playlist (a list of files)")]
    [InlineData("image_%05d.jpg\n", "a playlist (a list of files)")]
    public async Task Playlist_ByAVideosName_IsRefusedBeforeAProcessIsStarted(string text, string kind)
    {
        Ffmpeg ffmpeg = await StandInAsync($"touch '{Work["started"]}'");
        TestVideo.MakeSmall(Work["secret.mp4"]);
        File.WriteAllText(Work["list.mp4"], text.Replace("{0}", Work["secret.mp4"], StringComparison.Ordinal));
        await ShouldFailAsync(ffmpeg, "list.mp4", $"{kind} names other files; give the videos themselves");
        File.Exists(Work["started"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Picture_ByAVideosName_IsRefused()
    {
        File.Copy(PixelFixtures.Path("frame.jpg"), Work["a.mp4"]);
        await ShouldBeNoVideoAsync(Installed.Required, "a.mp4", "a picture, not a video");
    }

    [Fact]
    public async Task Format_ThatIsNoContainer_IsRefusedByFfmpeg()
    {
        // A list that the first bytes do not give away: ffmpeg's own list of formats is the second lock.
        string padding = string.Concat(Enumerable.Repeat("<!-- padding -->", 300));
        TestVideo.MakeSmall(Work["secret.mp4"]);
        File.WriteAllText(
            Work["list.mp4"],
            $"""<?xml version="1.0"?>{padding}<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"></MPD>""");
        Ffmpeg ffmpeg = Installed.Required;
        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "list.mp4");
        outcome.Status.ShouldBe(ExtractionStatus.Failed);
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "color=red:s=32x32:r=5", "-frames:v", "2", "-f", "smjpeg",
            Work["odd.mp4"]);
        await ShouldFailAsync(ffmpeg, "odd.mp4", "not one of the containers that are read");
    }

    [Fact]
    public async Task Mov_ThatNamesAnotherFile_DoesNotReadIt()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.MakeSmall(Work["secret.mov"], 4);
        byte[] reference = WithExternalData(File.ReadAllBytes(Work["secret.mov"]), "/x/secret.mov");
        // Without its own data: whatever is decoded comes from the other file.
        int data = reference.AsSpan().IndexOf("mdat"u8);
        reference.AsSpan(data + 4, BinaryPrimitives.ReadInt32BigEndian(reference.AsSpan(data - 4)) - 8).Clear();
        File.WriteAllBytes(Work["a.mov"], reference);
        // the file is what it should be
        InstalledFfmpeg.Run("-enable_drefs", "1", "-i", Work["a.mov"], "-f", "null", "-");

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "a.mov");
        outcome.Status.ShouldBe(ExtractionStatus.Failed, outcome.Reason);
    }

    [Fact]
    public async Task Pictures_Above64Megapixels_AreRefused()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.Make(Work["a.mkv"], "color=gray:s=9000x7200:r=1,format=gray", 1, "-c:v", "png");
        await ShouldFailAsync(ffmpeg, "a.mkv", "pictures of 9000x7200 are larger than 64 megapixels");
    }

    [Fact]
    public async Task Frames_MoreThanAllowed_AreRefused()
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.MakeSmall(Work["a.mp4"], 8);
        (await Extract(ffmpeg, new ExtractionLimits { Frames = 8 })).Frames.ShouldBe(8);
        Directory.Delete(Work["frames"], recursive: true);
        (await Extract(ffmpeg, new ExtractionLimits { Frames = 7 })).Reason.ShouldBe(
            "it has more than 7 frames; cut it into parts");
        Directory.GetDirectories(Work.Path, "frames*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Ffmpeg_WithoutProgress_IsEndedAndSaysSo()
    {
        Ffmpeg ffmpeg = await StandInAsync($"""
            echo frame=1; echo frame=2; echo frame=2; echo $$ > '{Work["pid.new"]}'
            mv '{Work["pid.new"]}' '{Work["pid"]}'; exec sleep 600
            """);
        TestVideo.MakeSmall(Work["a.mp4"]);
        var clock = new ManualClock();
        Task<ExtractionOutcome> work = Extract(ffmpeg, new ExtractionLimits { Clock = clock });
        // until both frames have been heard of
        while ((!File.Exists(Work["pid"]) || clock.Renewals < 2) && !work.IsCompleted)
            await Task.Delay(10, TestContext.Current.CancellationToken);

        clock.Ring();

        // the stand-in would sleep on for longer than that
        ExtractionOutcome outcome = await work.WaitAsync(TimeSpan.FromMinutes(5),
            TestContext.Current.CancellationToken);
        outcome.Reason.ShouldBe("ffmpeg gave no frame for 10 minutes after frame 2 and was ended");
        clock.Renewals.ShouldBe(2, "the third line tells of no new frame");
        Directory.Exists("/proc/" + File.ReadAllText(Work["pid"]).Trim()).ShouldBeFalse();
        Directory.GetDirectories(Work.Path, "frames*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("mkfifo a.mp4")]
    [InlineData("ln -s /dev/zero a.mp4")]
    [InlineData("mkdir a.mp4")]
    public async Task File_ThatIsNotRegular_IsNotOpened(string make)
    {
        RawPath.Shell(Work.Path, make);
        await ShouldFailAsync(Installed.Required, "a.mp4", "not a regular file");
    }

    private Task<ExtractionOutcome> Extract(Ffmpeg ffmpeg, ExtractionLimits limits) =>
        new FrameExtractor(ffmpeg, new FrameOptions(), limits).ExtractAsync(
            Work["a.mp4"], Work["frames"], null, TestContext.Current.CancellationToken);

    /// <summary>The movie with a reference to another file beside it in place of "the data is here".</summary>
    private static byte[] WithExternalData(byte[] movie, string name)
    {
        byte[] alias = new byte[150];
        alias[5] = 150; // record size
        alias[7] = 2; // version
        alias[131] = alias[133] = 1; // one level up from here and one down from there: beside it
        // Type 2: the path; type -1 ends the list.
        byte[] path = [0, 2, 0, (byte)name.Length, .. System.Text.Encoding.ASCII.GetBytes(name),
            .. new byte[name.Length % 2], 0xFF, 0xFF, 0, 0];
        byte[] entry = [0, 0, 0, 0, .. "alis"u8, 0, 0, 0, 0, .. alias, .. path];
        BinaryPrimitives.WriteInt32BigEndian(entry, entry.Length);
        int at = movie.AsSpan().IndexOf("dref"u8) + 12, old = BinaryPrimitives.ReadInt32BigEndian(movie.AsSpan(at));
        byte[] changed = [.. movie[..at], .. entry, .. movie[(at + old)..]];
        foreach (string box in (string[])["moov", "trak", "mdia", "minf", "dinf", "dref"])
        {
            int start = changed.AsSpan(0, at).LastIndexOf(System.Text.Encoding.ASCII.GetBytes(box)) - 4;
            BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(start),
                BinaryPrimitives.ReadInt32BigEndian(changed.AsSpan(start)) + entry.Length - old);
        }
        return changed;
    }
}
