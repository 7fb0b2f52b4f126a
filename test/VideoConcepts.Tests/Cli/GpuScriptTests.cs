using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>The shell script bench/gpu: which libtorch it builds on, and what it says of it.</summary>
[SupportedOSPlatform("linux")]
public sealed class GpuScriptTests : IDisposable
{
    private const string OwnLibrary = "the program's own libtorch, for the CPU";
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Script_WithoutPyTorch_ComputesOnTheCpuAndSaysSo()
    {
        (await RunAsync(python: "exit 1", loads: "exit 1"))
            .ShouldBe($"built on \nrun on  gpu|--steps|1|--loads|no PyTorch found; {OwnLibrary}|--python|python3|\n");
    }

    [Fact]
    public async Task Script_WithAPyTorchThatHasNoCuda_ComputesOnTheCpuAndSaysSo()
    {
        string library = Library(cuda: false);
        (await RunAsync($"echo {library}", "exit 1")).ShouldBe(
            $"built on \nrun on  gpu|--steps|1|--loads|PyTorch 2.10.0+x in {library} has no CUDA; {OwnLibrary}"
            + "|--python|python3|\n");
    }

    [Fact]
    public async Task Script_WithAPyTorchThatLoads_BuildsOnItAndComputesThere()
    {
        string library = Library(cuda: true);
        (await RunAsync($"echo {library}", "echo; echo loads and computes on cuda:0")).ShouldBe(
            $"built on {library}\nrun on {library} gpu|--steps|1|--loads|PyTorch 2.10.0+x in {library}: "
            + "loads and computes on cuda:0|--python|python3|\n");
    }

    [Fact]
    public async Task Script_WithAPyTorchThatDoesNotLoad_SaysWhyAndComputesOnTheCpu()
    {
        string library = Library(cuda: true);
        (await RunAsync("exit 1", "echo undefined symbol; exit 1", library)).ShouldBe(
            $"built on {library}\nbuilt on \nrun on  gpu|--steps|1|--loads|no: PyTorch 2.10.0+x in {library}: undefined symbol"
            + "|--python|python3|\n");
        (await RunAsync("exit 1", "exit 134", library)).ShouldContain("it ends without a word");
    }

    private string Library(bool cuda)
    {
        File.WriteAllText(_work.NewFile("torch/version.py"), "from typing import Optional\n__version__ = '2.10.0+x'\n");
        File.WriteAllText(_work.NewFile(cuda ? "torch/lib/libtorch_cuda.so" : "torch/lib/libtorch_cpu.so"), "");
        return _work["torch/lib"];
    }

    /// <summary>What was built, and how the benchmark was started.</summary>
    private async Task<string> RunAsync(string python, string loads, string? library = null)
    {
        Tool("python3", python);
        // what it builds goes to a file, for the script keeps what building says to itself
        Tool("dotnet", $"""
            case "$1 $2" in
            build*) echo "built on $VIDEOCONCEPTS_LIBTORCH" >> {_work["log"]} ;;
            *gpu-loads) {loads} ;;
            *) shift; (printf 'run on %s ' "$VIDEOCONCEPTS_LIBTORCH"; printf '%s|' "$@"; echo) >> {_work["log"]} ;;
            esac
            """);
        File.Copy(Path.Combine(LauncherTests.Root(), "bench/gpu"), _work.NewFile("bench/gpu"), overwrite: true);
        File.Copy(Path.Combine(LauncherTests.Root(), "build/allocator.sh"), _work.NewFile("build/allocator.sh"), true);
        File.Delete(_work["log"]);
        var start = new ProcessStartInfo("/bin/sh", [_work["bench/gpu"], "--steps", "1"]);
        start.Environment["PATH"] = $"{_work.Path}:/usr/bin:/bin";
        start.Environment["VIDEOCONCEPTS_LIBTORCH"] = library ?? "";
        start.Environment.Remove("PYTHON");
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0);
        return File.ReadAllText(_work["log"]);
    }

    private void Tool(string name, string command)
    {
        File.WriteAllText(_work[name], $"#!/bin/sh\n{command}\n");
        File.SetUnixFileMode(_work[name], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }
}
