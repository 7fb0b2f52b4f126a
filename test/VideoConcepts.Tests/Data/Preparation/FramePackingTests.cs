using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

public sealed class FramePackingTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Run_PackAndUnpack_GivesTheSameFilesAndRows()
    {
        WriteVideos();
        var before = WorkFolder.Contents(_work["in"]);

        FramePackingResult packed = Run(false, "packed", _work["in/list.csv"]);
        (packed.Done, packed.Skipped, packed.Failed.Count).ShouldBe((3, 0, 0));
        File.ReadAllText(_work["packed/list.csv"])
            .ShouldBe("frames/run/a.zip,4,0\nframes/run/b.zip,5,0\nframes/sit/a.zip,3,1\n");
        File.ReadAllText(_work["packed/classes.txt"]).ShouldBe("run\nsit\n");
        Directory.GetFiles(_work["packed"], "*", SearchOption.AllDirectories).Length.ShouldBe(6);

        Run(true, "unpacked", _work["packed/list.csv"]).Done.ShouldBe(3);
        File.ReadAllText(_work["unpacked/list.csv"]).ShouldBe("frames/run/a,4,0\nframes/run/b,5,0\nframes/sit/a,3,1\n");
        foreach ((string name, string hash) in before.Where(file => file.Key.Contains('/')))
            WorkFolder.Contents(_work["unpacked/frames"])[name].ShouldBe(hash, name);
        WorkFolder.Contents(_work["in"]).ShouldBe(before);
    }

    [Fact]
    public void Run_Again_DoesWhatIsMissing()
    {
        WriteVideos();
        Run(false, "packed", _work["in/list.csv"]);
        var before = WorkFolder.Contents(_work["packed/frames"]);
        File.Delete(_work["packed/frames/run/b.zip"]);
        FramePackingResult again = Run(false, "packed", _work["in/list.csv"]);
        (again.Done, again.Skipped).ShouldBe((1, 2));
        WorkFolder.Contents(_work["packed/frames"]).ShouldBe(before);
    }

    [Fact]
    public void Run_WhatCannotBePacked_IsNamedAndLeftOut()
    {
        WriteVideos();
        File.AppendAllText(_work["in/list.csv"], "gone,4,1\nsit/empty,4,1\n");
        Directory.CreateDirectory(_work["in/sit/empty"]);
        FramePackingResult result = Run(false, "packed", _work["in/list.csv"]);
        (result.Done, result.Failed.Count).ShouldBe((3, 2));
        result.Failed[0].ShouldBe((result.Failed[0].Video, "there are no frames of that name"));
        result.Failed[1].Reason.ShouldContain("image_00001.jpg");
        File.ReadAllLines(_work["packed/list.csv"]).Length.ShouldBe(3);
        File.ReadAllText(result.Report).ShouldContain(_work["in/gone"]);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Run_WithPipesInPlaceOfFiles_NamesThemAndDoesTheRest()
    {
        WriteVideos();
        File.Delete(_work["in/sit/a/image_00002.jpg"]);
        Process.Start("mkfifo", [_work["in/sit/a/image_00002.jpg"]]).WaitForExit();
        FramePackingResult result = Run(false, "packed", _work["in/list.csv"]);
        (result.Done, result.Failed.Single().Video.Line).ShouldBe((2, 3));
        File.Delete(_work["in/classes.txt"]);
        Process.Start("mkfifo", [_work["in/classes.txt"]]).WaitForExit();
        Should.Throw<BadInputException>(() => Run(false, "again", _work["in/list.csv"])).Message
            .ShouldContain("a pipe or a device");
        Directory.Exists(_work["again"]).ShouldBeFalse();
    }

    [Fact]
    public void Run_WithOtherFramesInPlace_IsRefusedBeforeAnythingIsWritten()
    {
        WriteVideos();
        TinyFrames.Write(_work, "out/frames/sit/a", 3);
        Should.Throw<BadInputException>(() => Run(true, "out", _work["in/list.csv"])).Message
            .ShouldStartWith($"{_work["out/frames/sit/a"]}: is there already, with other frames than");
        WorkFolder.Contents(_work["out"]).Count.ShouldBe(3);
        Should.Throw<BadInputException>(() => Run(false, "in", _work["in/list.csv"])).Message
            .ShouldContain("which is read here and would be lost");
    }

    [Fact]
    public void Places_OfVideosAnywhere_AreApart()
    {
        VideoEntry[] videos = [.. ((string[])["/data/a/x", "/data/b/x", "/data/a/x", $"/data/b/{new string('n', 255)}"])
            .Select(path => new VideoEntry(path, 1, null, "list.csv", 1))];
        var places = FramePacking.Places(videos, packed: true);
        places["/data/a/x"].ShouldBe("frames/a/x.zip");
        places["/data/b/x"].ShouldBe("frames/b/x.zip");
        places[videos[3].Path].Length.ShouldBe("frames/b/".Length + 255);
        FramePacking.Places([videos[0]], packed: false)["/data/a/x"].ShouldBe("frames/x");
    }

    [Fact]
    public void Validate_OfPackedFrames_FindsWhatItFindsInFolders()
    {
        WriteVideos();
        Run(false, "packed", _work["in/list.csv"]);
        File.AppendAllText(_work["packed/list.csv"], $"{_work["in/run/b"]},5,0\nframes/gone.zip,3,1\nbad.zip,3,1\n");
        File.WriteAllText(_work["packed/bad.zip"], "no ZIP");
        ListValidation found = new ListValidator(new ListValidationOptions
        {
            CsvFile = _work["packed/list.csv"],
            MinFrames = 1,
        }).Run(stop: TestContext.Current.CancellationToken);
        found.Faults.Select(fault => (fault.Kind, fault.Line)).ShouldBe(
            [(ListFaultKind.MissingFolder, 5), (ListFaultKind.UnreadableCuts, 6), (ListFaultKind.UnreadableFrame, 6),
                (ListFaultKind.Duplicate, 4)], ignoreOrder: true);
        found.Lists[0].FramesDecoded.ShouldBe(4 + 5 + 3 + 5);
    }

    [Fact]
    public void Read_OfAListOfPackedFrames_FindsCuts()
    {
        WriteVideos();
        Run(false, "packed", _work["in/list.csv"]);
        VideoList.Read(_work["packed/list.csv"]).Videos.Select(video => video.Cuts.Length).ShouldBe([0, 1, 0]);
        VideoList.Read(_work["packed/list.csv"]).CutsHash().ShouldBe(VideoList.Read(_work["in/list.csv"]).CutsHash());
    }

    private void WriteVideos()
    {
        TinyFrames.Write(_work, "in/run/a", 4);
        TinyFrames.Write(_work, "in/run/b", 5);
        TinyFrames.Write(_work, "in/sit/a", 3);
        File.WriteAllText(_work["in/run/b/cuts.txt"], "4\n");
        File.WriteAllText(_work["in/classes.txt"], "run\nsit\n");
        File.WriteAllText(_work["in/list.csv"], "run/a,4,0\nrun/b,5,0\nsit/a,3,1\n");
    }

    private FramePackingResult Run(bool unpack, string output, params string[] lists) => FramePacking.Run(
        new FramePackingOptions { Lists = lists, Output = _work[output], Unpack = unpack, Jobs = 2 },
        stop: TestContext.Current.CancellationToken);
}
