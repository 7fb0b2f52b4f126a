using System.Runtime.Versioning;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Packages;

/// <summary>The archive, unpacked elsewhere and run in an environment that has no .NET and no variables.</summary>
[Collection(nameof(ProcessTests))]
[SupportedOSPlatform("linux")]
public sealed class ArchiveTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact(Explicit = true)] // two minutes
    public async Task Archive_WithoutDotnet_RunsTheDemoAndSearches()
    {
        Assert.SkipUnless(File.Exists(InstalledFfmpeg.Program), "There is no ffmpeg in /usr/bin.");
        var build = new Session(_work.Path);
        string archive = (await build.RunAsync(Path.Combine(Repository.Root, "build/archive"), _work["made"]))
            .Output.Trim();
        Path.GetFileName(archive).ShouldMatch(@"^videoconcepts-\d+\.\d+\.\d+-linux-x64\.tar\.gz$");
        Directory.GetFileSystemEntries(_work["made"]).ShouldBe([archive]);
        await build.RunAsync("tar", "-xzf", archive);
        string folder = _work[Path.GetFileName(archive).Replace(".tar.gz", "")], tools = Tools();

        var session = new Session(_work.Path);
        Task<CommandRun> Run(params string[] words) =>
            session.RunBareAsync(tools, Path.Combine(folder, "videoconcepts"), words);
        (await Run("--version")).Output.ShouldMatch(@"^videoconcepts \d+\.\d+\.\d+\n$");
        (await Run("env")).Output.ShouldContain($"for the CPU, in {folder}/lib\n");
        await Run(TinyCommand.Demo("demo").Words());
        File.ReadAllText(_work["demo/report.html"]).ShouldContain("</html>");

        for (int i = 0; i < 3; i++) TestVideo.MakeSmall(_work.NewFile($"videos/{i}.mp4"), 60, i);
        await Run("index", "--videos", "videos", "--out", "videos.db");
        string found = (await Run("search", "--library", "videos.db", "--query", "videos/1.mp4", "--at", "0:05"))
            .Output;
        found.ShouldContain(" 0.mp4 ");
        found.ShouldNotContain(" 1.mp4 "); // the query's own
        TestContext.Current.TestOutputHelper?.WriteLine(session.ToString());

        foreach (string kept in (string[])["README.md", "LICENSE", "THIRD-PARTY-NOTICES.md", "docs/packages.md",
            "recipes/fixed-camera.json", "lib/recipes/demo.json",
            "lib/notices/Microsoft.NETCore.App.Runtime.linux-x64.txt",
            "lib/notices/Microsoft.AspNetCore.App.Runtime.linux-x64.txt", "lib/weights/world.safetensors",
            "weights/world.md"])
            File.Exists(Path.Combine(folder, kept)).ShouldBeTrue(kept);
    }

    /// <summary>A folder with what the launcher and the program call; there is no dotnet in it.</summary>
    private string Tools()
    {
        foreach (string tool in (string[])["sh", "dirname", "readlink", "sed", "head", "ffmpeg", "ffprobe"])
            File.CreateSymbolicLink(_work.NewFile($"tools/{tool}"), $"/usr/bin/{tool}");
        return _work["tools"];
    }
}
