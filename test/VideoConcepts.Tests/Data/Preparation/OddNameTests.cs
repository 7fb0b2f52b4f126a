using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

/// <summary>Every name that the file system allows goes from a video to lists that can be read.</summary>
[Collection(nameof(FfmpegTests))]
public sealed class OddNameTests(InstalledFfmpeg installed) : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose()
    {
        RawPath.Empty(_work.Path);
        _work.Dispose();
    }

    [Fact]
    public async Task Names_OfAnyBytesAndLengths_GoThroughToTheLists()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.MakeSmall(_work["v.mp4"], 3);
        RawPath.Shell(_work.Path, """
            long=$(printf 'L%.0s' $(seq 251)); bytes=$(printf '\351%.0s' $(seq 251))
            for class in 'a\nb' 'a\\nb' 'caf\351' '\033[31mred' '[bold]'; do
              mkdir -p "in/$(printf "$class")"; cp v.mp4 "in/$(printf "$class")/1.mp4"
            done
            cp v.mp4 "in/$(printf 'caf\351')/$long.mp4"; cp v.mp4 "in/$(printf 'caf\351')/$long.avi"; cp v.mp4 "in/$(printf 'caf\351')/$bytes.mp4"
            """);

        PreparationResult result = await PrepareAsync(ffmpeg);

        result.Videos.Where(video => !video.HasFrames).Select(video => video.Outcome.Reason).ShouldBeEmpty();
        string[] classes = File.ReadAllLines(_work["out/classes.txt"]);
        classes.ShouldBe(["[bold]", @"\u001b[31mred", @"a\nb", @"a\nb~2", @"caf\xE9"]);
        VideoList list = VideoList.Read(_work["out/labelled.csv"], requireLabels: true);
        list.Videos.Select(video => video.Label).ShouldBe([0, 1, 2, 3, 4, 4, 4, 4]);
        list.Videos.ShouldAllBe(video => File.Exists(video.FramePath(2)));
        (await PrepareAsync(ffmpeg)).Skipped.ShouldBe(8);
    }

    [Fact]
    public async Task Pipe_AmongVideos_IsLeftOutAndNamed()
    {
        Ffmpeg ffmpeg = installed.Required;
        TestVideo.MakeSmall(_work.NewFile("in/a.mp4"), 2);
        RawPath.Shell(_work["in"], "mkfifo pipe.mp4; ln -s a.mp4 b.mp4");

        PreparationResult result = await PrepareAsync(ffmpeg);

        (result.Done, result.Failed).ShouldBe((1, 0));
        File.ReadAllText(result.Report).ShouldContain("\"name\": \"pipe.mp4\"");
        result.Plan.LeftOut.Select(what => what.Name).ShouldBe(["b.mp4", "pipe.mp4"]);
    }

    private Task<PreparationResult> PrepareAsync(Ffmpeg ffmpeg) => new DatasetPreparation(
        ffmpeg, new PreparationOptions { Videos = _work["in"], Output = _work["out"], Jobs = 2 })
            .RunAsync(cancellation: TestContext.Current.CancellationToken);
}
