using System.Runtime.Versioning;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data.Preparation;

[Collection(nameof(FfmpegTests))]
public sealed class FfmpegLookupTests(InstalledFfmpeg installed)
{
    [Theory]
    [InlineData("/nowhere/ffmpeg")]
    [InlineData("/proc")]
    [SupportedOSPlatform("linux")]
    public async Task Find_WhereThereIsNone_SaysHowToGetIt(string path)
    {
        var error = await Should.ThrowAsync<BadInputException>(() => Ffmpeg.FindAsync(path, Cancellation));
        error.Shown().ShouldBe(
            $"There is no ffmpeg at {path}; install it with `apt-get install ffmpeg` or give its path with --ffmpeg.");
    }

    [Fact]
    public async Task Find_OfAFileThatIsNoProgram_SaysSo()
    {
        string _ = installed.Required.Version; // ffprobe is looked for first
        string file = typeof(FfmpegLookupTests).Assembly.Location;
        var error = await Should.ThrowAsync<BadInputException>(() => Ffmpeg.FindAsync(file, Cancellation));
        error.Shown().ShouldStartWith(file);
        error.Shown().ShouldContain("--ffmpeg");
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Find_OfAnotherProgram_SaysSo()
    {
        string _ = installed.Required.Version;
        var error = await Should.ThrowAsync<BadInputException>(() => Ffmpeg.FindAsync("/bin/echo", Cancellation));
        error.Shown().ShouldStartWith("/bin/echo does not answer -version as ffmpeg does");
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Find_InAFolder_TakesTheProgramInIt()
    {
        string version = installed.Required.Version;
        (await Ffmpeg.FindAsync("/usr/bin", Cancellation)).Version.ShouldBe(version);
    }

    [Theory]
    [InlineData("5.1.9-0+deb12u1", false)]
    [InlineData("5.0.3", true)]
    [InlineData("4.4.2-0ubuntu0.22.04.1", true)]
    [InlineData("n4.4", true)]
    [InlineData("5", true)]
    [InlineData("7.1", false)]
    [InlineData("10.0", false)]
    [InlineData("N-113007-g8d24a28d06", false)]
    public void IsBefore51_OfAVersion_ReadsItsNumber(string version, bool expected) =>
        Ffmpeg.IsBefore51(version).ShouldBe(expected);

    [Fact]
    [SupportedOSPlatform("linux")]
    public void FileUrl_OfARelativePath_HoldsInAnyFolder() =>
        Ffmpeg.FileUrl("-a:b.mp4").ShouldBe($"file:{Environment.CurrentDirectory}/-a:b.mp4");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
