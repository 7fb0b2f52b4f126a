using System.Text;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>Videos are told by their first bytes.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class VideoFormatTests(InstalledFfmpeg installed) : ExtractionTests(installed)
{
    /// <summary>ffmpeg's muxer, its options, and the format's name.</summary>
    public static TheoryData<string, string, string> Formats => new()
    {
        { "mp4", "-c:v mpeg4", "MP4" }, { "mov", "-c:v mpeg4", "MP4" },
        { "mp4", "-c:v libx264 -movflags frag_keyframe+empty_moov", "MP4" },
        { "3gp", "-s 176x144 -c:v h263", "MP4" }, { "mp4", "-c:v libx265 -x265-params log-level=0", "MP4" },
        { "matroska", "-c:v libx264", "Matroska" }, { "webm", "-c:v libvpx-vp9 -cpu-used 8", "Matroska" },
        { "avi", "-c:v mpeg4", "AVI" },
        { "mpegts", "-c:v libx264", "MPEG-TS" }, { "mpegts", "-c:v mpeg2video -mpegts_m2ts_mode 1", "MPEG-TS" },
        { "mpeg", "-c:v mpeg1video", "MPEG-PS" }, { "vob", "-c:v mpeg2video", "MPEG-PS" },
        { "mpeg1video", "-c:v mpeg1video", "MPEG video" }, { "mpeg2video", "-c:v mpeg2video", "MPEG video" },
        { "m4v", "-c:v mpeg4", "MPEG-4 video" },
        { "h264", "-c:v libx264", "H.264" }, { "h264", "-c:v libx264 -bsf:v h264_metadata=aud=insert", "H.264" },
        { "hevc", "-c:v libx265 -x265-params log-level=0", "HEVC" },
        { "hevc", "-c:v libx265 -x265-params log-level=0:aud=1", "HEVC" },
        { "obu", "-c:v libaom-av1 -cpu-used 8", "AV1" }, { "ivf", "-c:v libvpx", "IVF" },
        { "asf", "-c:v wmv2", "ASF" }, { "flv", "-c:v flv", "FLV" }, { "ogg", "-c:v libtheora", "Ogg" },
        { "gif", "-pix_fmt rgb8", "GIF" }, { "apng", "-pix_fmt rgb24", "APNG" }, { "mxf", "-c:v mpeg2video", "MXF" },
        { "nut", "-c:v mpeg4", "NUT" }, { "rm", "-s 176x144 -c:v rv10", "RealMedia" },
        { "dv", "-s 720x576 -c:v dvvideo", "DV" }, { "gxf", "-s 720x576 -c:v mpeg2video", "GXF" },
        { "wtv", "-c:v mpeg2video", "WTV" }, { "yuv4mpegpipe", "", "YUV4MPEG2" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Format_OfAVideoWithoutAnEnding_IsKnownAndItsFramesAreExact(
        string muxer, string encoding, string name)
    {
        Ffmpeg ffmpeg = Installed.Required;
        TestVideo.Make(Work["in"], "testsrc2=s=160x112:r=25,format=yuv420p", 5,
            [.. encoding.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-f", muxer]);
        VideoFormat.Of(Head(Work["in"])).ShouldBe(name);

        ExtractionOutcome outcome = await ExtractAsync(ffmpeg, "in");

        outcome.Reason.ShouldBeNull();
        outcome.Frames.ShouldBe(5);
        var (width, height, frames) = TestVideo.ReadFrames(Work["frames"]);
        TestVideo.ShouldMatch(frames, TestVideo.Decode(Work["in"], width, height));
    }

    [Fact]
    public void Format_OfATransportStreamThatBeginsWithinAPacket_IsKnown()
    {
        _ = Installed.Required;
        TestVideo.Make(Work["a"], "testsrc2=s=160x112:r=25,format=yuv420p", 5, "-c:v", "libx264", "-f", "mpegts");
        byte[] all = File.ReadAllBytes(Work["a"]);
        VideoFormat.Of(all.AsSpan(77, 4096)).ShouldBe("MPEG-TS");
        // 16 bytes of parity behind each packet
        byte[] long204 = [.. all.Chunk(188).SelectMany(packet => (byte[])[.. packet, .. new byte[16]])];
        VideoFormat.Of(long204.AsSpan(0, 4096)).ShouldBe("MPEG-TS");
        all[188 * 9] = 0;
        VideoFormat.Of(all.AsSpan(0, 4096)).ShouldBeNull();
    }

    [Theory]
    [InlineData("const video: string = 'TypeScript';\n")]
    [InlineData("GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG")]
    [InlineData("the free world is moovmdat")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n")]
    [InlineData("RIFF0000WAVEfmt ")]
    [InlineData("%PDF-1.7")]
    [InlineData("")]
    public void Format_OfText_IsNone(string text)
    {
        byte[] head = Encoding.ASCII.GetBytes(text);
        if (text.StartsWith('G')) head = [.. Enumerable.Repeat(head[0], 4096)];
        VideoFormat.Of(head).ShouldBeNull();
    }

    [Theory]
    [InlineData("avif", false)]
    [InlineData("heic", false)]
    [InlineData("mif1", false)]
    [InlineData("M4A ", false)]
    [InlineData("M4B ", false)]
    [InlineData("isom", true)]
    [InlineData("qt  ", true)]
    [InlineData("3gp5", true)]
    public void Format_OfBrands_IsThatOfVideosOnly(string brand, bool video)
    {
        byte[] head = [0, 0, 0, 24, .. "ftyp"u8, .. Encoding.ASCII.GetBytes(brand), 0, 0, 2, 0, .. new byte[8]];
        VideoFormat.Of(head).ShouldBe(video ? "MP4" : null);
    }

    [Fact]
    public void Format_OfPicturesAndSound_IsNone()
    {
        _ = Installed.Required;
        foreach (string name in (string[])["a.png", "a.jpg", "a.bmp", "a.webp", "a.tif"])
        {
            TestVideo.Make(Work[name], "testsrc2=s=64x48", 1);
            VideoFormat.Of(Head(Work[name])).ShouldBeNull(name);
        }
        foreach ((string name, string codec) in
            ((string, string)[])[("a.ogg", "libvorbis"), ("a.mp3", "libmp3lame"), ("a.m4a", "aac"),
            ("a.opus", "libopus"), ("a.wav", "pcm_s16le"), ("a.flac", "flac")])
        {
            InstalledFfmpeg.Run("-f", "lavfi", "-i", "sine=duration=0.3", "-c:a", codec, Work[name]);
            VideoFormat.Of(Head(Work[name])).ShouldBeNull(name);
        }
        // an icon; a PNG that announces one picture only
        VideoFormat.Of([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 0, 4, 0, 0, 22, 0, 0, 0]).ShouldBeNull();
    }

    [Theory]
    [InlineData("a.MP4", true)]
    [InlineData("a.m2ts", true)]
    [InlineData("a.gif", true)]
    [InlineData("a.ts", false)]
    [InlineData("a.mts", false)]
    [InlineData("a.dv", false)]
    [InlineData("a.rm", false)]
    [InlineData("mp4", false)]
    public void Name_WithAnEnding_IsAVideosOrCouldBeAnothers(string name, bool strong) =>
        VideoFormat.IsNamedSo(name).ShouldBe(strong);

    private static byte[] Head(string file) => [.. File.ReadAllBytes(file).Take(VideoFormat.HeadBytes)];
}
