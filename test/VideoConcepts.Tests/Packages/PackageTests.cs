using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Packages;

/// <summary>The packages, added to a fresh program outside of the repository that is the README's.</summary>
[Collection(nameof(SerialTests))]
[SupportedOSPlatform("linux")]
public sealed partial class PackageTests(TinyVideos videos) : TrainingTests
{
    private const int Found = 5;
    private static readonly string[] Packages =
    [
        "VideoConcepts", "VideoConcepts.Onnx", "VideoConcepts.Search", "VideoConcepts.Search.Onnx",
        "VideoConcepts.Search.Postgres", "VideoConcepts.Explorer",
    ];

    private readonly string _version = $"0.1.0-test.{DateTime.UtcNow.Ticks}";

    [Fact(Explicit = true)] // three minutes
    public async Task Readme_InAProgramOfItsOwn_RunsOnThePackages()
    {
        var build = new Session(Work.Path);
        await build.RunAsync(Path.Combine(Repository.Root, "build/pack"), Work["packages"], $"-p:Version={_version}",
            $"-p:ArtifactsPath={Work["build"]}");
        Directory.GetFiles(Work["packages"]).Select(Path.GetFileName).Order().ShouldBe(
            Packages.SelectMany(name => (string[])[$"{name}.{_version}.nupkg", $"{name}.{_version}.snupkg"]).Order());
        await WriteConfigurationAsync(build);

        await build.RunAsync("dotnet", "new", "console", "-o", Work["program"], "--no-restore");
        WriteRun();
        File.WriteAllText(Work["program/Program.cs"], Example());
        var session = new Session(Work["program"]);
        foreach (string package in Packages)
            await session.RunAsync("dotnet", "add", "package", package, "--version", _version);

        CommandRun without = await session.RunAsync(new ProcessStartInfo("dotnet", ["run", "-c", "Release"]), null);
        without.Error.ShouldContain("`dotnet add package TorchSharp-cpu`");

        await session.RunAsync("dotnet", "add", "package", "TorchSharp-cpu", "--version", TorchVersion());
        Lines(await session.RunAsync("dotnet", "run", "-c", "Release")).ShouldBe(Found, session.ToString());
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "weights")))
            File.Exists(Work[$"program/bin/Release/net10.0/weights/{Path.GetFileName(file)}"]).ShouldBeTrue(file);

        await session.RunAsync("dotnet", "publish", "-c", "Release", "-r", "linux-x64", "--self-contained", "false",
            "-o", Work["published"]);
        Lines(await session.RunAsync(Work["published/program"])).ShouldBe(Found, session.ToString());
        File.Exists(Work["published/weights/world.safetensors"]).ShouldBeTrue();
        TestContext.Current.TestOutputHelper?.WriteLine(session.ToString());
    }

    /// <summary>The machine's own sources and packages, and beside them those that were packed.</summary>
    private async Task WriteConfigurationAsync(Session session)
    {
        CommandRun folder = await session.RunAsync("dotnet", "nuget", "locals", "global-packages", "--list");
        var configuration = new XElement("configuration",
            XDocument.Load(Path.Combine(Repository.Root, "nuget.config")).Root!.Elements(),
            new XElement("packageSources", Add("packed", Work["packages"])),
            new XElement("fallbackPackageFolders", Add("own", folder.Output.Split(": ", 2)[1].Trim())));
        configuration.Element("config")!.Add(Add("globalPackagesFolder", Work["restored"]));
        configuration.Save(Work["nuget.config"]);

        static XElement Add(string key, string value) =>
            new("add", new XAttribute("key", key), new XAttribute("value", value));
    }

    /// <summary>What the README's program reads, where it expects it.</summary>
    private void WriteRun()
    {
        VideoList.Write(Work.NewFile("program/runs/my-videos/data/videos.csv"), VideoList
            .Read(videos.Files.AppearanceTrain).Videos.Select(v => new VideoRow(v.Path, v.FrameCount, null)));
        TrainingRun.Train(TinyRun.Options(videos, Work["program/runs/my-videos/run"]), stop: Stop).Dispose();
    }

    private static string Example() =>
        CodeBlock().Match(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).Groups[1].Value;

    private static string TorchVersion() => XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"))
        .Descendants("PackageVersion").Single(p => (string?)p.Attribute("Include") == "TorchSharp-cpu")
        .Attribute("Version")!.Value;

    private static int Lines(CommandRun run) => NearestLine().Count(run.Output);

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^-?[01]\.\d\d  /", RegexOptions.Multiline)]
    private static partial Regex NearestLine();
}
