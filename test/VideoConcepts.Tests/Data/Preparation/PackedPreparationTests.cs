using System.IO.Compression;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

[Collection(nameof(FfmpegTests))]
public sealed class PackedPreparationTests(InstalledFfmpeg installed) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Pack_OfAFolder_GivesOneFileForEachVideoWithTheSameFrames()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos();
        await PrepareAsync(ffmpeg, "folders", pack: false);
        (await PrepareAsync(ffmpeg, "files", pack: true)).Done.ShouldBe(3);

        File.ReadAllText(_work["files/videos.csv"])
            .ShouldBe("frames/a.avi.zip,4\nframes/a.mp4.zip,3\nframes/b.zip,5\n");
        Directory.GetFiles(_work["files/frames"]).Length.ShouldBe(3);
        foreach (string name in (string[])["a.avi", "a.mp4", "b"])
        {
            using FrameStore folder = FrameStore.Open(_work[$"folders/frames/{name}"])!,
                file = FrameStore.Open(_work[$"files/frames/{name}.zip"])!;
            file.IsSame(folder).ShouldBeTrue(name);
            file.ReadText("frames.json").ShouldBe(folder.ReadText("frames.json"));
        }
        (await PrepareAsync(ffmpeg, "files", pack: true)).Skipped.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pack_WhereTheOtherFormStands_PacksOrUnpacksThatWithoutDecoding(bool pack)
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos();
        await PrepareAsync(ffmpeg, "whole", pack);
        await PrepareAsync(ffmpeg, "out", !pack);
        string frame = pack ? _work["out/frames/b/image_00003.jpg"] : "";
        if (pack) File.WriteAllBytes(frame, [.. File.ReadAllBytes(frame), 0]); // a decoder would not write it so
        PreparationResult result = await PrepareAsync(ffmpeg, "out", pack);
        (result.Done, result.Skipped, result.Failed).ShouldBe((3, 0, 0));
        var made = Frames("out");
        made.Keys.ShouldBe(Frames("whole").Keys);
        if (pack) made["b.zip"].ShouldNotBe(Frames("whole")["b.zip"]);
        else made.ShouldBe(Frames("whole"));
    }

    [Fact]
    public async Task Pack_KilledWhenItWasPacked_LeavesNothingBesideInTheEnd()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos();
        await PrepareAsync(ffmpeg, "folders", pack: false);
        await PrepareAsync(ffmpeg, "out", pack: true);
        var whole = Frames("out");
        // of what it was packed from, and of a folder that it was to take the place of
        Directory.CreateDirectory(_work["out/frames/b.partial-extraction"]);
        File.WriteAllText(_work["out/frames/b.partial-extraction/image_00001.jpg"], "");
        Directory.Move(_work["folders/frames/a.mp4"], _work["out/frames/a.mp4"]);
        (await PrepareAsync(ffmpeg, "out", pack: true)).Skipped.ShouldBe(3);
        Frames("out").ShouldBe(whole);
    }

    [Fact]
    public async Task Pack_WhereAStrangersZipStands_LeavesItAlone()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos();
        File.WriteAllText(_work.NewFile("out/frames/b.zip"), "mine");
        (await Should.ThrowAsync<BadInputException>(() => PrepareAsync(ffmpeg, "out", pack: true))).Message
            .ShouldStartWith($"{_work["out/frames/b.zip"]}: is there already, and prepare did not make it");
        File.ReadAllText(_work["out/frames/b.zip"]).ShouldBe("mine");
        Directory.Delete(_work["out"], true);
        await PrepareAsync(ffmpeg, "out", pack: false);
        File.WriteAllText(_work["out/frames/b/notes.txt"], "mine"); // then it is no longer prepare's alone
        await PrepareAsync(ffmpeg, "out", pack: true);
        File.ReadAllText(_work["out/frames/b/notes.txt"]).ShouldBe("mine");
        Directory.Exists(_work["out/frames/a.mp4"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Pack_OverAZipWithWhatSomebodyPutIn_LeavesIt()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos();
        await PrepareAsync(ffmpeg, "out", pack: true);
        using (ZipArchive zip = ZipFile.Open(_work["out/frames/b.zip"], ZipArchiveMode.Update))
        using (Stream cuts = zip.CreateEntry("cuts.txt", CompressionLevel.NoCompression).Open()) cuts.Write("3\n"u8);
        byte[] changed = File.ReadAllBytes(_work["out/frames/b.zip"]);
        foreach ((bool pack, int side) in ((bool, int)[])[(true, 32), (false, 256)])
        {
            PreparationResult result = await PrepareAsync(ffmpeg, "out", pack, side);
            result.Failed.ShouldBe(pack ? 1 : 0); // unpacked, it is beside
            File.ReadAllBytes(_work["out/frames/b.zip"]).ShouldBe(changed);
        }
    }

    [Fact]
    public async Task Pack_OverAZipThatSomebodyCompressed_NamesIt()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos();
        await PrepareAsync(ffmpeg, "out", pack: true);
        using (ZipArchive zip = ZipFile.Open(_work["out/frames/b.zip"], ZipArchiveMode.Update))
        {
            zip.GetEntry("image_00002.jpg")!.Delete();
            using Stream frame = zip.CreateEntry("image_00002.jpg", CompressionLevel.Optimal).Open();
            frame.Write(new byte[5000]);
        }
        PreparationResult result = await PrepareAsync(ffmpeg, "out", pack: true);
        (result.Skipped, result.Failed).ShouldBe((2, 1));
        result.Videos.Single(video => !video.HasFrames).Outcome.Reason!
            .ShouldMatch("frames/b.zip: its frames are compressed.*move it away");
    }

    [Fact]
    public async Task Pack_BesideAFolderThatIsCalledSo_GivesEachItsFrames()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.MakeSmall(_work.NewFile("in/a.mp4"), 3);
        TestVideo.MakeSmall(_work.NewFile("in/a.zip/b.mp4"), 4);
        (await PrepareAsync(ffmpeg, "out", pack: true)).Done.ShouldBe(2);
        File.ReadAllText(_work["out/videos.csv"]).ShouldBe("frames/a.mp4.zip,3\nframes/a.zip/b.zip,4\n");
        (await PrepareAsync(ffmpeg, "out", pack: true)).Skipped.ShouldBe(2);
    }

    [Fact]
    public async Task Pack_WithAZipThatIsDamaged_DoesTheVideoAnew()
    {
        Ffmpeg ffmpeg = installed.Required;
        MakeVideos();
        await PrepareAsync(ffmpeg, "out", pack: true);
        byte[] whole = File.ReadAllBytes(_work["out/frames/b.zip"]);
        File.WriteAllBytes(_work["out/frames/b.zip"], new byte[whole.Length]); // as after a loss of power
        (await PrepareAsync(ffmpeg, "out", pack: true)).Done.ShouldBe(1);
        File.ReadAllBytes(_work["out/frames/b.zip"]).ShouldBe(whole);
    }

    private SortedDictionary<string, string> Frames(string output) => WorkFolder.Contents(_work[$"{output}/frames"]);

    private void MakeVideos()
    {
        foreach ((string name, int frames) in ((string, int)[])[("a.avi", 4), ("a.mp4", 3), ("b.mp4", 5)])
            TestVideo.MakeSmall(_work.NewFile("in/" + name), frames);
    }

    private Task<PreparationResult> PrepareAsync(Ffmpeg ffmpeg, string output, bool pack,
        int shortSide = 256) =>
        new DatasetPreparation(ffmpeg, new PreparationOptions
        {
            Videos = _work["in"],
            Output = _work[output],
            Jobs = 2,
            CheckDiskSpace = false,
            Frames = new FrameOptions { Pack = pack, ShortSide = shortSide },
        }).RunAsync(null, TestContext.Current.CancellationToken);
}
