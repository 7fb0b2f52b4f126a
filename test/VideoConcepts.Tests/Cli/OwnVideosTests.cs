using System.Text.Json.Nodes;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>prepare folder → train → evaluate retrieval, on real video files.</summary>
[Collection(nameof(SerialTests))]
public sealed class OwnVideosTests : IDisposable
{
    private static readonly string[] Classes = ["cellauto", "gradients", "life", "mandelbrot", "smptebars", "testsrc2"];
    private static readonly string[][] Encodings =
    [
        [".mp4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
        [".avi", "-c:v", "mpeg4", "-q:v", "3"],
        [".webm", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"],
    ];

    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void OwnVideos_FromFilesToFigures_GoThroughThreeCommands()
    {
        InstalledFfmpeg.SkipUnlessThere();
        int frames = MakeVideos();
        byte[] whole = File.ReadAllBytes(_work["in/life/0.mp4"]);
        File.WriteAllBytes(_work["in/life/broken.mp4"], whole[..(whole.Length / 2)]);

        CommandRun prepare = CommandRun.Of(
            "prepare", "folder", "--videos", _work["in"], "--out", _work["data"], "--short-side", "48");
        prepare.Status.ShouldBe(1);
        prepare.ErrorLines.Single(line => line.StartsWith("failed: "))
            .ShouldStartWith($"failed: {_work["in/life/broken.mp4"]}: ");
        string[] said = prepare.Output.Split('\n');
        said[1].ShouldMatch("^[1-9][0-9]* cuts in [1-9][0-9]* videos; "); // life begins with noise
        said.ShouldBe([$"24 done, 0 were done before, 1 failed; {frames} frames", said[1], _work["data/videos.csv"],
            _work["data/labelled.csv"], _work["data/prepare-report.json"], ""]);
        File.ReadAllLines(_work["data/classes.txt"]).ShouldBe(Classes);

        CommandRun train = TinyCommand.Train(_work["data/videos.csv"], _work["run"]).With("--epoch", "2").Run()
            .ShouldBeDone();
        train.ErrorLines[0].ShouldStartWith("24 videos in ");

        CommandRun evaluate = CommandRun.Of(
            "evaluate", "retrieval", "--checkpoint", _work["run"],
            "--train-csv", _work["data/labelled.csv"], "--out", _work["results"]).ShouldBeDone();
        JsonObject json = JsonNode.Parse(
            File.ReadAllText(_work["results/result.json"]))!["figures"]!["model"]!.AsObject();
        json.Select(p => p.Key).ShouldBe(["R@1", "R@5", "R@10", "R@20"]);
        json.Select(p => (double)p.Value!).ShouldBeInOrder();
        // Six kinds of pictures that have little in common: even an untrained network tells them apart.
        ((double)json["R@1"]!).ShouldBeGreaterThan(1.0 / Classes.Length);
        foreach (string row in (string[])["R@1", "chance", "random weights", "model"])
            evaluate.Output.ShouldContain(row);
    }

    /// <summary>
    /// Four files per class, of several sizes, rates, lengths and containers; returns the number of frames.
    /// </summary>
    private int MakeVideos()
    {
        string[] sizes = ["96x64", "64x96", "101x77", "128x72"], rates = ["25", "30000/1001", "12", "50"];
        var jobs =
            from c in Enumerable.Range(0, Classes.Length)
            from i in Enumerable.Range(0, 4)
            select (Class: Classes[c], Index: i, Encoding: Encodings[i == 3 ? c % 3 : i]);
        int frames = 0;
        Parallel.ForEach(jobs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, job =>
        {
            int length = 18 + (3 * job.Index);
            string look = job.Class switch
            {
                "life" => ":mold=10:ratio=0.2",
                "gradients" => $":seed={job.Index + 1}",
                "mandelbrot" => ":end_pts=40",
                _ => "",
            };
            TestVideo.Make(
                _work.NewFile($"in/{job.Class}/{job.Index}{job.Encoding[0]}"),
                $"{job.Class}=s={sizes[job.Index]}:r={rates[job.Index]}"
                + $"{look},crop=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p",
                length, job.Encoding[1..]);
            Interlocked.Add(ref frames, length);
        });
        return frames;
    }
}
