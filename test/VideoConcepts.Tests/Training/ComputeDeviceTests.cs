using TorchSharp;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

public sealed class ComputeDeviceTests
{
    [Fact]
    public void Choose_OfSeveralProcesses_GivesEachTheGpuOfItsNumberOnThisMachine()
    {
        ComputeDevice.Choose("auto", 0, 3).type.ShouldBe(DeviceType.CPU);
        ComputeDevice.Choose("auto", 4, 3).ToString().ShouldBe("cuda:3");
        ComputeDevice.Choose("cuda", 4, 0).ToString().ShouldBe("cuda:0");
        ComputeDevice.Choose("cuda:2", 4, 0).ToString().ShouldBe("cuda:2");
        Should.Throw<BadInputException>(() => ComputeDevice.Choose("cuda", 0, 0))
            .Message.ShouldContain("there is no GPU that this libtorch can use");
        Should.Throw<BadInputException>(() => ComputeDevice.Choose("auto", 2, 2)).Message.ShouldContain(
            "process 2 of this machine has no GPU of its own, it has 2; start at most 2 on it.");
        Should.Throw<BadInputException>(() => ComputeDevice.Choose("cuda:4", 4, 0))
            .Message.ShouldContain("there is no such GPU, it has 4");
        foreach (string wrong in (string[])["gpu", "cuda:", "cuda:x", "CPU"])
            ComputeDevice.IsChoice(wrong).ShouldBeFalse(wrong);
    }

    [Fact]
    public void Train_OnAGpuThatIsNotThere_IsRefused()
    {
        if (cuda.is_available()) Assert.Skip("there is a GPU");
        using var work = new WorkFolder();
        CommandRun.Of(TinyCommand.Train("none.csv", work["run"]).With("--device", "tpu").Words())
            .ShouldBeRefused(false, "--device tpu: choose auto, cpu, cuda or cuda:n");
        CommandRun.Of("extract", "--net", "r2plus1d-tiny", "--csv_file", work["none.csv"], "--out", work["x"],
            "--device", "gpu").ShouldBeRefused(false);
    }
}
