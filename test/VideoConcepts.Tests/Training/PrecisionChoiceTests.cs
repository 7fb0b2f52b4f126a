using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

[Collection(nameof(SerialTests))]
public sealed class PrecisionChoiceTests(TinyVideos videos) : TrainingTests
{
    private TrainOptions Options => TinyRun.Options(videos, Work["run"]) with { Precision = PrecisionChoice.Auto };

    [Theory]
    [InlineData("auto", DeviceType.CPU, false, "channels-last")]
    [InlineData("auto", DeviceType.CPU, true, "bfloat16")]
    [InlineData("auto", DeviceType.CUDA, false, "bfloat16")]
    [InlineData("full", DeviceType.CPU, true, "full")]
    [InlineData("bfloat16", DeviceType.CPU, false, "bfloat16")]
    public void Resolve_Auto_IsWhatTheHardwareMultipliesFast(string choice, DeviceType device, bool has,
        string expected) =>
        PrecisionChoice.Resolve(choice, device, has).ShouldBe(expected);

    [Fact]
    public void Train_WithAuto_WritesWhatItWasAndGoesOnWithIt()
    {
        string resolved = PrecisionChoice.Resolve(PrecisionChoice.Auto, DeviceType.CPU);
        TinyRun.Train(Options, Stop);
        JsonNode.Parse(File.ReadAllText(Work["run/run.json"]))!["options"]!["precision"]!.GetValue<string>()
            .ShouldBe(resolved);
        Checkpoint.ReadRun(Work["run/checkpoint.safetensors"]).Options.Precision.ShouldBe(resolved);
        TinyRun.Train(Options with { Epoch = 2, Resume = "auto" }, Stop).ShouldNotBeEmpty();
    }

    /// <summary>On whatever machine it goes on.</summary>
    [Theory]
    [InlineData("full")]
    [InlineData("bfloat16", Explicit = true)] // eight seconds where the processor emulates it
    public void Resume_WithAuto_KeepsWhatTheRunComputesWith(string precision)
    {
        TrainOptions began = Options with { Precision = precision };
        TinyRun.Train(began with { Out = Work["whole"], Epoch = 2 }, Stop);
        TinyRun.Train(began, Stop);
        TinyRun.Train(Options with { Epoch = 2, Resume = "auto" }, Stop);
        RunComparison.ShouldBeTheSame(Work["run"], Work["whole"]);
        Should.Throw<BadInputException>(() =>
            TinyRun.Train(Options with { Epoch = 3, Resume = "auto", Precision = "channels-last" }, Stop)).Shown()
            .ShouldContain($"--precision channels-last, the run has {precision}");
    }

    [Fact]
    public void Extract_OfARunInBfloat16_ComputesInFloat32UnlessToldAndTellsTheTwoApart()
    {
        TinyRun.Train(Options with { Precision = "bfloat16" }, Stop);
        string[] words = ["extract", "--checkpoint", Work["run"], "--csv_file", videos.Files.MotionTest, "--windows",
            "1",
            "--out", Work["features"]];
        byte[] exact = Extract("channels-last"), rounded = Extract("bfloat16", "--precision", "bfloat16");
        rounded.ShouldNotBe(exact);
        Extract("channels-last").ShouldBe(exact);
        DateTime written = File.GetLastWriteTimeUtc(Work["features/features.npy"]);
        Extract("channels-last");
        File.GetLastWriteTimeUtc(Work["features/features.npy"]).ShouldBe(written); // there already

        byte[] Extract(string expected, params string[] more)
        {
            CommandRun.Of([.. words, .. more]).ShouldBeDone();
            JsonNode.Parse(File.ReadAllText(Work["features/extract.json"]))!["precision"]!.GetValue<string>()
                .ShouldBe(expected);
            return File.ReadAllBytes(Work["features/features.npy"]);
        }
    }
}
