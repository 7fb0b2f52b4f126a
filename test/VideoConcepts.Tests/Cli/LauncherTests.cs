using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>The shell script ./videoconcepts where the SDK is missing.</summary>
[SupportedOSPlatform("linux")]
public sealed class LauncherTests : IDisposable
{
    private const string Message =
        "videoconcepts: needs the .NET 10 SDK: install it (package dotnet-sdk-10.0) and put dotnet on PATH.\n";
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Launcher_WithoutDotnet_SaysWhatToInstall() =>
        (await RunAsync(_work.Path)).ShouldBe((2, "", Message));

    [Fact]
    public async Task Launcher_WithADotnetThatLacksTheSdk_SaysWhatToInstall()
    {
        File.WriteAllText(_work["dotnet"], "#!/bin/sh\necho 'No .NET SDKs were found.'\nexit 145\n");
        File.SetUnixFileMode(_work["dotnet"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await RunAsync($"{_work.Path}:/usr/bin:/bin")).ShouldBe((2, "", Message));
    }

    /// <summary>jemalloc, where ldconfig knows it and the user has not chosen otherwise.</summary>
    [Theory]
    [InlineData("", "", "/x/libjemalloc.so.2 oversize_threshold:0")]
    [InlineData("VIDEOCONCEPTS_MALLOC", "system", " \n")]
    [InlineData("LD_PRELOAD", "/y/mine.so", "/y/mine.so \n")]
    [InlineData("MALLOC_CONF", "thp:never", "/x/libjemalloc.so.2 thp:never\n")]
    public async Task Launcher_WithJemalloc_PreloadsIt(string variable, string value, string expected)
    {
        Tool("dotnet", "echo \"$LD_PRELOAD $MALLOC_CONF\"");
        Tool("ldconfig", "echo '\tlibjemalloc.so.2 (libc6,x86-64) => /x/libjemalloc.so.2'");
        File.WriteAllText(_work.NewFile("artifacts/bin/VideoConcepts.Cli/release/VideoConcepts.Cli.dll"), "");
        File.Copy(Path.Combine(Repository.Root, "videoconcepts"), _work["videoconcepts"]);
        File.Copy(Path.Combine(Repository.Root, "build/allocator.sh"), _work.NewFile("build/allocator.sh"));
        File.SetLastWriteTimeUtc(_work["build/allocator.sh"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        (int status, string output, _) = await RunAsync($"{_work.Path}:/usr/bin:/bin", _work["videoconcepts"],
            variable.Length == 0 ? null : (variable, value));
        status.ShouldBe(0);
        output.ShouldStartWith(expected);
    }

    private void Tool(string name, string command)
    {
        File.WriteAllText(_work[name], $"#!/bin/sh\n{command}\n");
        File.SetUnixFileMode(_work[name], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(
        string path, string? launcher = null, (string Name, string Value)? variable = null)
    {
        var start = new ProcessStartInfo("/bin/sh", [launcher ?? Path.Combine(Repository.Root, "videoconcepts"), "env"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["PATH"] = path;
        foreach (string name in (string[])["LD_PRELOAD", "MALLOC_CONF", "VIDEOCONCEPTS_MALLOC"])
            start.Environment.Remove(name);
        if (variable is var (key, value)) start.Environment[key] = value;
        using Process process = Process.Start(start)!;
        CancellationToken stop = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop),
            error = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, await output, await error);
    }
}
