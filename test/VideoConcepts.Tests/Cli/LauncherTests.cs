using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>The shell script ./videoconcepts where the SDK is missing.</summary>
[SupportedOSPlatform("linux")]
public sealed class LauncherTests : IDisposable
{
    private const string Message = "videoconcepts: needs the .NET 10 SDK: install it (package dotnet-sdk-10.0) and put dotnet on PATH.\n";
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Launcher_WithoutDotnet_SaysWhatToInstall() => (await RunAsync(_work.Path)).ShouldBe((2, "", Message));

    [Fact]
    public async Task Launcher_WithADotnetThatLacksTheSdk_SaysWhatToInstall()
    {
        File.WriteAllText(_work["dotnet"], "#!/bin/sh\necho 'No .NET SDKs were found.'\nexit 145\n");
        File.SetUnixFileMode(_work["dotnet"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await RunAsync($"{_work.Path}:/usr/bin:/bin")).ShouldBe((2, "", Message));
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(string path)
    {
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Root(), "videoconcepts"), "env"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = path;
        using Process process = Process.Start(start)!;
        CancellationToken stop = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop), error = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return (process.ExitCode, await output, await error);
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "VideoConcepts.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run from inside the repository.");
    }
}
