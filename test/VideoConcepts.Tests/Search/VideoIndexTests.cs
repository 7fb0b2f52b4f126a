using System.Numerics.Tensors;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Models;
using VideoConcepts.Search;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Search;

/// <summary>Videos → a library, by the weights that come with the program: windows of eight frames.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class VideoIndexTests(InstalledFfmpeg installed) : IDisposable
{
    private const string Encoder = "mpeg4";
    private readonly WorkFolder _work = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IndexOptions Options => new()
    {
        Library = _work["l.db"],
        Videos = _work["in"],
        FrameStride = 1,
        BatchSize = 4,
        Strip = 16,
        Workers = 2,
        Device = "cpu",
    };

    public void Dispose()
    {
        RawPath.Empty(_work.Path);
        _work.Dispose();
    }

    [Fact]
    public void Build_AgainAndAgain_DoesWhatIsNewOrChangedAndRemembersTheRest()
    {
        _ = installed.Required;
        foreach (string name in (string[])["in/a/0.mp4", "in/a/1.mp4", "in/b/2.mp4"])
            TestVideo.MakeSmall(_work.NewFile(name), 14, name[^5] - '0');
        File.WriteAllBytes(_work["in/a/broken.mp4"], File.ReadAllBytes(_work["in/a/0.mp4"])[..3000]);
        TestVideo.MakeSmall(_work["in/a/one.mp4"], 1);
        InstalledFfmpeg.Run("-f", "lavfi", "-i", "sine=d=0.2", _work["in/b/sound.mp4"]);
        // the library lies among the videos
        IndexOptions options = Options with { Library = _work["in/l.db"] };

        IndexResult first = VideoIndex.Build(options, stop: Stop);
        (first.Indexed, first.Unchanged, first.Moments).ShouldBe((3, 0, 9)); // of each 14 frames 0-7, 4-11, 6-13
        string[] failed = ["a/broken.mp4"], leftOut = ["a/one.mp4", "b/sound.mp4"];
        first.Failed.Select(video => video.Path).ShouldBe(failed);
        first.LeftOut.Select(video => video.Path).ShouldBe(leftOut);
        Directory.GetFiles(_work["in"]).ShouldBe([_work["in/l.db"]]);
        List<string> rows = Rows(options.Library);

        IndexResult second = VideoIndex.Build(options, stop: Stop);
        (second.Indexed, second.Unchanged, second.Moments).ShouldBe((0, 3, 9));
        second.Failed.Select(video => video.Path).ShouldBe(failed);
        second.LeftOut.Select(video => video.Path).ShouldBe(leftOut);
        Rows(options.Library).ShouldBe(rows);

        // Touched: not decoded again. Changed: in place of the old one. Mended: no longer broken. Gone: named.
        File.SetLastWriteTimeUtc(_work["in/a/0.mp4"], new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        TestVideo.MakeSmall(_work["in/a/1.mp4"], 20, 5);
        TestVideo.MakeSmall(_work["in/a/broken.mp4"], 9);
        File.Delete(_work["in/b/2.mp4"]);
        IndexResult third = VideoIndex.Build(options, stop: Stop);
        (third.Indexed, third.Unchanged, third.Pruned).ShouldBe((2, 1, false));
        third.Vanished.Select(video => video.Path).ShouldBe(["b/2.mp4"]);
        using (SqliteMomentStore store = SqliteMomentStore.Open(options.Library))
        {
            LibraryVideo[] videos = [.. store.Videos()];
            videos.Single(video => video.Path == "a/0.mp4").Id.ShouldBe(1);
            videos.Single(video => video.Path == "a/0.mp4").Modified.ShouldBe(new DateTime(2001, 1, 1).Ticks);
            videos.Single(video => video.Path == "a/1.mp4").Frames.ShouldBe(20);
            videos.Single(video => video.Path == "a/broken.mp4").Error.ShouldBeNull();
            videos.Select(video => video.Id).Distinct().Count().ShouldBe(videos.Length);
        }
        IndexResult pruned = VideoIndex.Build(options with { Prune = true }, stop: Stop);
        (pruned.Indexed, pruned.Unchanged, pruned.Pruned, pruned.Vanished.Count).ShouldBe((0, 3, true, 1));
        VideoIndex.Build(options, stop: Stop).Vanished.ShouldBeEmpty();
    }

    [Fact]
    public void Moments_OfVideosThatDoNotBeginAtZeroOrHaveUnequalFrames_HaveTheirTimes()
    {
        _ = installed.Required;
        Directory.CreateDirectory(_work["in"]);
        // frames 0 to 9 a tenth of a second apart, then half a second
        TestVideo.Make(_work["in/variable.mkv"],
            "testsrc2=s=64x48:r=10,settb=1/1000,setpts='if(lt(N,10),N*0.1,0.9+(N-9)*0.5)/TB',format=yuv420p", 16,
            "-c:v", Encoder);
        TestVideo.Make(_work["in/late.ts"], "testsrc2=s=64x48:r=25,format=yuv420p", 12, "-c:v", "mpeg2video",
            "-output_ts_offset", "100");
        TestVideo.MakeSmall(_work["in/short.mp4"], 3);
        VideoIndex.Build(Options, stop: Stop).Failed.ShouldBeEmpty();
        using SqliteMomentStore store = SqliteMomentStore.Open(_work["l.db"]);
        var videos = store.Videos().ToDictionary(video => video.Path);
        (int, int, double, double)[] Of(string path) => [.. store.MomentsOf(videos[path].Id).Select(moment =>
            (moment.FirstFrame, moment.LastFrame, Math.Round(moment.Start, 2), Math.Round(moment.End, 2)))];
        Of("variable.mkv").ShouldBe([(0, 7, 0, 0.8), (4, 11, 0.4, 2.4), (8, 15, 0.8, 4.4)]);
        videos["variable.mkv"].Duration.ShouldBe(4.4, 0.01);
        Of("late.ts").ShouldBe([(0, 7, 0, 0.32), (4, 11, 0.16, 0.48)]); // as players show it
        Of("short.mp4").ShouldBe([(0, 2, 0, 1.5)]); // padded with its first frame
    }

    [Fact]
    public void Build_WithAnyNumberOfWorkers_GivesTheSameLibrary()
    {
        _ = installed.Required;
        for (int i = 0; i < 5; i++) TestVideo.MakeSmall(_work.NewFile($"in/{i}.mp4"), 9 + (7 * i), i);
        List<string>? rows = null;
        foreach (int workers in (int[])[1, 5])
        {
            IndexOptions options = Options with { Library = _work[$"{workers}.db"], Workers = workers };
            VideoIndex.Build(options, stop: Stop).Indexed.ShouldBe(5);
            (rows ??= Rows(options.Library)).ShouldBe(Rows(options.Library));
        }
    }

    [Fact]
    public async Task BuildAsync_LeftEarlyAndStartedAgain_GivesTheSameLibrary()
    {
        _ = installed.Required;
        for (int i = 0; i < 3; i++) TestVideo.MakeSmall(_work.NewFile($"in/{i}.mp4"), 14, i);
        await foreach (IndexedVideo video in VideoIndex.BuildAsync(Options, stop: Stop))
        {
            video.Video.Path.ShouldBe("0.mp4");
            break;
        }
        List<string> paths = [];
        await foreach (IndexedVideo video in VideoIndex.BuildAsync(Options, stop: Stop)) paths.Add(video.Video.Path);
        paths.ShouldBe(["0.mp4", "1.mp4", "2.mp4"]);
        VideoIndex.Build(Options with { Library = _work["whole.db"] }, stop: Stop);
        Rows(_work["l.db"]).ShouldBe(Rows(_work["whole.db"]));
    }

    [Fact]
    public void Build_WithAnotherModelOrOtherOptions_IsRefusedUntilTheLibraryIsMadeAnew()
    {
        _ = installed.Required;
        TestVideo.MakeSmall(_work.NewFile("in/0.mp4"), 14);
        (IVideoModel model, TrainOptions trained) = Checkpoint.Load(PretrainedWeights.World);
        using (model)
        using (torch.no_grad())
        {
            model.Backbone.parameters().First().add_(0.01);
            Checkpoint.Save(_work["other.safetensors"], model, trained, 1);
        }
        VideoIndex.Build(Options with { Model = PretrainedWeights.World }, stop: Stop);
        byte[] before = File.ReadAllBytes(_work["l.db"]);
        IndexOptions other = Options with { Model = _work["other.safetensors"] };
        foreach ((IndexOptions options, string said) in ((IndexOptions, string)[])[
            (other, "the library was made by another model, world ("),
            (Options with { FrameStride = 2 }, "has FrameStride 1, not 2"),
            (Options with { Step = 8 }, "has Step 4, not 8"),
            (Options with { BatchSize = 5 }, "has BatchSize 4, not 5"),
            (Options with { Strip = 0 }, "has Strip 16, not 0"), (Options with { Float32 = true }, "Float32"),
            (Options with { Videos = _work["nowhere"] }, "There is no folder"),
            (Options with { Videos = Path.GetTempPath() }, "is not below"),
            (Options with { Step = 9, Reindex = true }, "Step is 9")])
            Should.Throw<BadInputException>(() => VideoIndex.Build(options, stop: Stop)).Message.ShouldContain(said);
        File.ReadAllBytes(_work["l.db"]).ShouldBe(before);
        Directory.GetFiles(_work.Path).Order().ShouldBe([_work["l.db"], _work["other.safetensors"]]);

        // What was begun anew with other options does not stand in the way.
        using (SqliteMomentStore unfinished = SqliteMomentStore.Open(_work["l.db.new"], create: true))
            unfinished.SetHeader(TinyLibrary.Header());
        VideoIndex.Build(other with { Reindex = true }, stop: Stop).Indexed.ShouldBe(1);
        string hash;
        using (SqliteMomentStore store = SqliteMomentStore.Open(_work["l.db"]))
            hash = store.Header!.ModelHash;
        // by its own model, where none is named
        VideoIndex.Build(Options with { Reindex = true, Step = 2 }, stop: Stop).Header.ModelHash.ShouldBe(hash);
        Directory.GetFiles(_work.Path).Order().ShouldBe([_work["l.db"], _work["other.safetensors"]]);
    }

    [Fact]
    public void Build_OfAVideoThatIsAway_KeepsItsMoments()
    {
        _ = installed.Required;
        TestVideo.MakeSmall(_work.NewFile("disk/0.mp4"), 14);
        Directory.CreateDirectory(_work["in"]);
        File.CreateSymbolicLink(_work["in/0.mp4"], _work["disk/0.mp4"]);
        long moments = VideoIndex.Build(Options, stop: Stop).Moments;
        moments.ShouldBeGreaterThan(0);
        Directory.Move(_work["disk"], _work["away"]);
        IndexResult result = VideoIndex.Build(Options, stop: Stop);
        result.Failed.ShouldHaveSingleItem().Path.ShouldBe("0.mp4");
        result.Moments.ShouldBe(moments);
    }

    [Fact]
    public void Build_AnewWithoutSomeOfTheVideos_LeavesTheLibraryAsItIs()
    {
        _ = installed.Required;
        TestVideo.MakeSmall(_work.NewFile("in/a/0.mp4"), 14);
        TestVideo.MakeSmall(_work.NewFile("in/b/1.mp4"), 14);
        VideoIndex.Build(Options, stop: Stop).Indexed.ShouldBe(2);
        List<string> rows = Rows(_work["l.db"]);
        void Refused(IndexOptions options) =>
            Should.Throw<BadInputException>(() => VideoIndex.Build(options, stop: Stop)).Message
                .ShouldContain("b/1.mp4");
        Refused(Options with { Reindex = true, Videos = _work["in/a"] }); // narrower
        File.WriteAllBytes(_work["in/b/1.mp4"], File.ReadAllBytes(_work["in/b/1.mp4"])[..600]); // it cannot be read now
        Refused(Options with { Reindex = true });
        Rows(_work["l.db"]).ShouldBe(rows);
    }

    [Fact]
    public void Build_Anew_TakesTagsAlong()
    {
        _ = installed.Required;
        var mark = new TagMark("train", "0.mp4", 0.2, 0.4);
        TestVideo.MakeSmall(_work.NewFile("in/0.mp4"), 14);
        VideoIndex.Build(Options, stop: Stop);
        using (SqliteMomentStore store = SqliteMomentStore.Open(_work["l.db"]))
            new LibraryNotes(store).Write(LibraryNotes.Of(1, mark));
        VideoIndex.Build(Options with { Reindex = true, Strip = 20 }, stop: Stop);
        using SqliteMomentStore anew = SqliteMomentStore.Open(_work["l.db"]);
        anew.Header!.StripHeight.ShouldBe(20);
        new LibraryNotes(anew).Marks().Values.ShouldBe([mark]);
    }

    [Fact]
    public void Build_ThatFailsEarly_LeavesNoFile()
    {
        _ = installed.Required;
        TestVideo.MakeSmall(_work.NewFile("in/0.mp4"), 14);
        Directory.CreateDirectory(_work["empty"]);
        foreach (IndexOptions options in (IndexOptions[])[Options with { Videos = _work["empty"] },
            Options with { Model = _work["no.safetensors"] }, Options with { Ffmpeg = "/bin/no-ffmpeg" },
            Options with { Step = 1000 }, Options with { Videos = null }, Options with { Root = _work["empty"] },
            Options with { Library = _work["in/0.mp4/l.db"] }, Options with { Approximate = -1 },
            Options with { Fps = 9 },
            Options with { Videos = null, Lists = [_work["in"]], Ffmpeg = "ffmpeg" },
            Options with { Reindex = true, Videos = _work["empty"] }])
        {
            Should.Throw<BadInputException>(() => VideoIndex.Build(options, stop: Stop));
            Directory.GetFiles(_work.Path).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Library_WhoseVideosMoved_GoesOnWithTheirNewRoot()
    {
        _ = installed.Required;
        TestVideo.MakeSmall(_work.NewFile("in/a/0.mp4"), 14);
        RawPath.Shell(_work["in"], "cp a/0.mp4 \"$(printf 'a/caf\\351.mp4')\"; cp a/0.mp4 \"$(printf 'a/x\\ny.mp4')\"");
        VideoIndex.Build(Options, stop: Stop).Indexed.ShouldBe(3);
        List<string> rows = Rows(_work["l.db"]);
        Directory.Move(_work["in"], _work["moved"]);
        IndexOptions moved = Options with { Videos = _work["moved"] };
        Should.Throw<BadInputException>(() => VideoIndex.Build(moved, stop: Stop)).Message.ShouldContain("Root");
        IndexResult result = VideoIndex.Build(moved with { Root = _work["moved"] }, stop: Stop);
        (result.Indexed, result.Unchanged, result.Vanished.Count).ShouldBe((0, 3, 0));
        Rows(_work["l.db"]).Skip(1).ShouldBe(rows.Skip(1)); // but for the root
        // One of its folders alone: what is beside it has not vanished.
        TestVideo.MakeSmall(_work.NewFile("moved/b/1.mp4"), 14);
        IndexResult part = VideoIndex.Build(moved with { Videos = _work["moved/b"] }, stop: Stop);
        (part.Indexed, part.Vanished.Count).ShouldBe((1, 0));
    }

    [Fact]
    public void Lists_OfFoldersAndOfZips_GiveTheSameMomentsNoneOfThemAcrossACut()
    {
        _ = installed.Required;
        TestVideo.Make(_work.NewFile("in/v.mp4"), "testsrc2=s=64x48:r=25,format=yuv420p", 24, "-c:v", Encoder,
            "-q:v", "2");
        Directory.CreateDirectory(_work["frames/v"]);
        InstalledFfmpeg.Run("-i", _work["in/v.mp4"], "-q:v", "1", _work["frames/v/image_%05d.jpg"]);
        string whole = _work.Write("frames/whole.csv", "v,24\n");
        IndexOptions options = Options with { Videos = null, Lists = [whole], Library = _work["whole.db"] };
        VideoIndex.Build(options, stop: Stop).Indexed.ShouldBe(1);
        VideoIndex.Build(Options, stop: Stop).Indexed.ShouldBe(1);
        (Moment[] Places, MomentBlock[] Blocks) Read(string library)
        {
            using SqliteMomentStore store = SqliteMomentStore.Open(library);
            return ([.. store.MomentsOf(1).Select(moment => moment with
        {
            Start = Math.Round(moment.Start, 2),
            End = Math.Round(moment.End, 2),
        })],
                [.. store.Blocks(MomentParts.Features | MomentParts.Vectors)]);
        }
        var (ofFrames, ofFile) = (Read(_work["whole.db"]), Read(_work["l.db"]));
        ofFrames.Places.ShouldBe(ofFile.Places);
        foreach ((float[] a, float[] b) in ofFrames.Blocks[0].Features.Chunk(128)
            .Zip(ofFile.Blocks[0].Features.Chunk(128)))
            TensorPrimitives.CosineSimilarity(a, b).ShouldBeGreaterThan(0.99f);

        CutsFile.Write(_work["frames/v"], [11]);
        using (FrameStore frames = FrameStore.Open(_work["frames/v"])!)
            FramePack.Write(frames, _work.NewFile("packed/v.zip"), [CutsFile.Name], Stop);
        string packed = _work.Write("packed/list.csv", "v.zip,24\n");
        foreach ((string list, string library) in ((string, string)[])[(whole, "cut.db"), (packed, "zip.db")])
            VideoIndex.Build(options with { Lists = [list], Library = _work[library] }, stop: Stop).Indexed.ShouldBe(1);
        Read(_work["cut.db"]).Places.Select(moment => (moment.FirstFrame, moment.LastFrame))
            .ShouldBe([(0, 7), (3, 10), (11, 18), (15, 22), (16, 23)]);
        Read(_work["zip.db"]).Places.ShouldBe(Read(_work["cut.db"]).Places);
        Read(_work["zip.db"]).Blocks[0].Features.ShouldBe(Read(_work["cut.db"]).Blocks[0].Features);

        // A list of other videos makes none of these vanish.
        string empty = _work.Write("frames/other.csv", "w,24\n");
        RawPath.Shell(_work["frames"], "cp -r v w");
        IndexOptions more = options with { Lists = [empty], Library = _work["cut.db"], Prune = true };
        VideoIndex.Build(more, stop: Stop).Vanished.ShouldBeEmpty();
        RawPath.Shell(_work["frames"], "rm -r v");
        VideoIndex.Build(more, stop: Stop).Vanished.Select(video => video.Path).ShouldBe(["v"]);
    }

    private static List<string> Rows(string library)
    {
        using SqliteMomentStore store = SqliteMomentStore.Open(library);
        store.Verify();
        return TinyLibrary.Rows(store);
    }
}
