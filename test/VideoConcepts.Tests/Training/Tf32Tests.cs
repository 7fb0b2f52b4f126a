using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

/// <summary>TF32 is a GPU's: here it is only refused, off, and kept as a run's option.</summary>
[Collection(nameof(SerialTests))]
public sealed class Tf32Tests(TinyVideos videos) : TrainingTests
{
    private TrainOptions Options => TinyRun.Options(videos, Work["run"]) with { Device = "cpu" };

    [Fact]
    public void Choose_AnyDevice_TurnsTf32OffInProductsAndConvolutions()
    {
        torch.backends.cudnn.allow_tf32 = true; // libtorch's default
        ComputeDevice.Choose("cpu");
        torch.backends.cudnn.allow_tf32.ShouldBeFalse();
        torch.backends.cuda.matmul.allow_tf32 = true;
        ComputeDevice.Choose("auto");
        torch.backends.cuda.matmul.allow_tf32.ShouldBeFalse();
        Tf32.Allowed = true;
        (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32).ShouldBe((true, true));
        Tf32.Allowed = false;
    }

    [Fact]
    public void Train_WithTf32WhereNothingReadsIt_IsRefused()
    {
        TinyCommand command = TinyCommand.Train(videos.Files.Train, Work["run"]).With("--device", "cpu");
        CommandRun.Of([.. command.Words(), "--tf32"]).ShouldBeRefused(false,
            "--tf32: only a GPU multiplies so, and this run computes on the CPU; leave it out.");
        foreach (string precision in (string[])["auto", "channels-last", "bfloat16"])
            CommandRun.Of([.. command.With("--precision", precision).Words(), "--tf32", "true"]).ShouldBeRefused(false,
                $"--tf32: --precision {precision} does not read it; give --precision full too, or leave it out.");
        Directory.Exists(Work["run"]).ShouldBeFalse();
    }

    [Fact]
    public void Check_OfARunOnAGpu_AllowsIt()
    {
        var gpu = new torch.Device(DeviceType.CUDA, 0);
        Should.NotThrow(() => Tf32.Check(Options with { Tf32 = true }, gpu));
        Should.NotThrow(() => Tf32.Check(Options, torch.CPU));
        Should.Throw<BadInputException>(() => Tf32.Check(Options with { Tf32 = true, Resume = "auto" }, torch.CPU))
            .Shown().ShouldContain("go on on a GPU or start a new run with --init");
    }

    /// <summary>It is part of what a run computes: of run.json, its checkpoints and its identity.</summary>
    [Fact]
    public void Resume_WithAnotherTf32_IsRefused()
    {
        TinyRun.Train(Options, Stop);
        JsonNode.Parse(File.ReadAllText(Work["run/run.json"]))!["options"]!["tf32"]!.GetValue<bool>().ShouldBeFalse();
        Should.Throw<BadInputException>(() => ResumedRun.Find(Options with { Resume = "auto", Tf32 = true })).Shown()
            .ShouldContain("--tf32 true, the run has false");
        RunIdentity.Of(Options with { Tf32 = true }, "list", null).ShouldNotBe(RunIdentity.Of(Options, "list", null));
    }
}
