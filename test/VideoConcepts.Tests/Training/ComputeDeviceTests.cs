using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

public sealed class ComputeDeviceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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
    public void Choose_WhatIsNoDevice_IsRefusedWhereverItIsGiven()
    {
        const string expected = "Device gpu: choose auto, cpu, cuda or cuda:n.";
        foreach (Action choose in (Action[])[() => ComputeDevice.Choose("gpu"),
            () => (TinyRun.Model with { Device = "gpu" }).Validated(),
            () => VideoEncoder.Random("r2plus1d-tiny", options: new EncoderOptions { Device = "gpu" }),
            () => RetrievalEvaluation.Run(new RetrievalOptions { Device = "gpu" }, stop: Stop),
        ])
            Should.Throw<BadInputException>(choose).Message.ShouldBe(expected);
    }
}
