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
            $"built on {library}\nbuilt on \nrun on  gpu|--steps|1|--loads|no: PyTorch 2.10.0+x in {library}: "
            + "undefined symbol|--python|python3|\n");
        (await RunAsync("exit 1", "exit 134", library)).ShouldContain("it ends without a word");
    }

    [Fact]
    public async Task Script_WithoutTheSdk_RunsWhatWasPublishedOnThePyTorchFound()
    {
        string library = Library(cuda: true);
        File.WriteAllText(_work.NewFile("torch/lib/libtorch_cpu.so"), "PyTorch's");
        string published = "artifacts/publish/VideoConcepts.Benchmarks/release_linux-x64";
        File.WriteAllText(_work.NewFile($"{published}/libtorch_cpu.so"), "its own");
        Tool($"{published}/VideoConcepts.Benchmarks", $$"""
            here=$(dirname "$0")
            case "$*" in gpu-loads) cat "$here/libtorch_cpu.so"; exit "$(cat {{_work["fails"]}})" ;; esac
            (cat "$here/libtorch_cpu.so"; printf '|%s' "$@"; echo) >> {{_work["log"]}}
            """);
        File.WriteAllText(_work["fails"], "0");
        (await RunAsync($"echo {library}", loads: null)).ShouldBe("PyTorch's|gpu|--steps|1|--loads|PyTorch 2.10.0+x in "
            + $"{library}: PyTorch's|--python|python3\n");
        File.WriteAllText(_work["fails"], "1"); // its own libtorch was kept
        (await RunAsync($"echo {library}", loads: null)).ShouldBe("its own|gpu|--steps|1|--loads|no: PyTorch 2.10.0+x "
            + $"in {library}: PyTorch's|--python|python3\n");
    }

    [Fact]
    public async Task Script_WithoutTheSdkAndWithoutAProgram_SaysWhatToDo()
    {
        string said = await RunAsync("exit 1", loads: null, status: 2);
        said.ShouldContain("dotnet publish bench/VideoConcepts.Benchmarks -c Release -r linux-x64 --self-contained");
    }

    private string Library(bool cuda)
    {
        File.WriteAllText(_work.NewFile("torch/version.py"), "from typing import Optional\n__version__ = '2.10.0+x'\n");
        File.WriteAllText(_work.NewFile(cuda ? "torch/lib/libtorch_cuda.so" : "torch/lib/libtorch_cpu.so"), "");
        return _work["torch/lib"];
    }

    /// <summary>What was built, and how the benchmark was started; or else what the script said.</summary>
    /// <param name="python">What python3 does.</param>
    /// <param name="loads">What trying a libtorch does; null: there is no dotnet.</param>
    /// <param name="library">The libtorch that was named.</param>
    /// <param name="status">The script's.</param>
    private async Task<string> RunAsync(string python, string? loads, string? library = null, int status = 0)
    {
        Tool("python3", python);
        // what it builds goes to a file, for the script keeps what building says to itself
        if (loads is not null)
            Tool("dotnet", $"""
                case "$1 $2" in
                build*) echo "built on $VIDEOCONCEPTS_LIBTORCH" >> {_work["log"]} ;;
                *gpu-loads) {loads} ;;
                *) shift; (printf 'run on %s ' "$VIDEOCONCEPTS_LIBTORCH"; printf '%s|' "$@"; echo) >> {_work["log"]} ;;
                esac
                """);
        File.Copy(Path.Combine(Repository.Root, "bench/gpu"), _work.NewFile("bench/gpu"), overwrite: true);
        File.Copy(Path.Combine(Repository.Root, "build/allocator.sh"), _work.NewFile("build/allocator.sh"), true);
        File.Delete(_work["log"]);
        var start = new ProcessStartInfo("/bin/sh", [_work["bench/gpu"], "--steps", "1"])
        {
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = loads is null ? $"{_work.Path}:{WithoutDotnet()}" : $"{_work.Path}:/usr/bin:/bin";
        start.Environment["VIDEOCONCEPTS_LIBTORCH"] = library ?? "";
        start.Environment.Remove("PYTHON");
        using Process process = Process.Start(start)!;
        string said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(status, said);
        return status == 0 ? File.ReadAllText(_work["log"]) : said;
    }

    /// <summary>A folder with the tools that the script needs.</summary>
    private string WithoutDotnet()
    {
        foreach (string tool in (string[])["dirname", "readlink", "sed", "grep", "head", "tail", "mkdir", "mv", "rm",
            "ln", "ls", "cat"])
        {
            string link = _work.NewFile($"tools/{tool}");
            if (!File.Exists(link)) File.CreateSymbolicLink(link, $"/usr/bin/{tool}");
        }
        return _work["tools"];
    }

    private void Tool(string name, string command)
    {
        File.WriteAllText(_work.NewFile(name), $"#!/bin/sh\n{command}\n");
        File.SetUnixFileMode(_work[name], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
    }
}
