using System.Diagnostics;
using System.Runtime.Versioning;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

/// <summary>What <c>env</c> says of a machine, with libtorch and without.</summary>
[Collection(nameof(SerialTests))]
public sealed class EnvCommandTests
{
    [Fact]
    public void Env_WithALibtorch_SaysWhichAndWhereAndOnWhatItComputes()
    {
        string output = CommandRun.Of("env").ShouldBeDone().Output;
        output.ShouldMatch(@"(?m)^libtorch +\d+\.\d+\S*, (for the CPU|with CUDA), in /\S+$");
        output.ShouldMatch(@"(?m)^devices +cpu");
        output.ShouldMatch(@"(?m)^ffmpeg +\S");
    }

    [Theory]
    [InlineData(0, false, "-p:Torch=cuda")]
    [InlineData(0, true, "nvidia-smi")]
    [InlineData(2, true, "cpu, cuda:0, cuda:1")]
    public void Devices_OfAMachine_SayWhatToDoWhereThereIsNoGpu(int gpus, bool cuda, string expected) =>
        Diagnosis.Devices(gpus, cuda).ShouldContain(expected);

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Program_WithoutALibtorch_SaysWhichLineToAdd()
    {
        using var work = new WorkFolder();
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory))
            File.Copy(file, work[Path.GetFileName(file)]);
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "recipes")))
            File.Copy(file, work.NewFile($"recipes/{Path.GetFileName(file)}"));
        const string native = "runtimes/linux-x64/native";
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, native)))
            if (!Path.GetFileName(file).Contains("orch") && !Path.GetFileName(file).StartsWith("libc10"))
                File.Copy(file, work.NewFile($"{native}/{Path.GetFileName(file)}"));

        CommandRun env = Run(work, "env");
        env.Status.ShouldBe(2);
        env.Output.ShouldMatch(@"(?m)^libtorch +none$");
        env.Output.ShouldMatch(@"(?m)^ffmpeg +\S");
        env.ErrorLines.ShouldHaveSingleItem().ShouldContain("`dotnet add package TorchSharp-cpu`");

        foreach (string[] words in (string[][])[["demo", "--out", work["demo"]],
            ["train", "--csv_file", work["none.csv"], "--out", work["run"]],
            ["evaluate", "retrieval", "--checkpoint", "x", "--train_csv", work["none.csv"]]])
            Run(work, words).ShouldBeRefused(afterWork: false, "`dotnet add package TorchSharp-cpu`",
                "`dotnet add package TorchSharp-cuda-");
        Directory.Exists(work["cpu"]).ShouldBeFalse("TorchSharp gathers libtorch there");
        Run(work, "--version").Status.ShouldBe(0);
    }

    private static CommandRun Run(WorkFolder work, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [work["VideoConcepts.Cli.dll"], .. words])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CommandRun(process.ExitCode, output, error.Result);
    }
}
