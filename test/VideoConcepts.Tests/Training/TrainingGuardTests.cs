using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

/// <summary>What the command line refuses, the library refuses a C# program, too.</summary>
[Collection(nameof(SerialTests))]
public sealed class TrainingGuardTests(TinyVideos videos) : TrainingTests
{
    [Fact]
    public void Train_IntoAFolderThatHoldsARun_IsRefusedAndChangesNothing()
    {
        TrainOptions options = TinyRun.Options(videos, Work["run"]);
        TrainingRun.Train(options, stop: Stop).Dispose();
        var before = WorkFolder.Contents(Work["run"]);

        Should.Throw<BadInputException>(() => TrainingRun.Train(options with { Seed = 2 }, stop: Stop))
            .Message.ShouldContain("holds a run already");

        WorkFolder.Contents(Work["run"]).ShouldBe(before);
    }

    [Fact]
    public void Train_WithProgress_TellsHowFarItIs()
    {
        List<WorkProgress> told = [];
        var work = new WorkContext { Progress = new InlineProgress<WorkProgress>(told.Add) };
        TrainingRun.Train(TinyRun.Options(videos, Work["run"]), work: work, stop: Stop).Dispose();
        told.Where(p => p.Part == "train").Select(p => p.Done / p.Total).ShouldBe(
            [1 / 6.0, 2 / 6.0, 3 / 6.0, 4 / 6.0, 5 / 6.0, 1, 1]);
        told[^1].Done.ShouldBe(told[^1].Total); // the last part, too, came to its end
    }

    [Fact]
    public void Train_WithAnOptionOutOfRange_SpeaksOfTheProperty()
    {
        TrainOptions options = TinyRun.Options(videos, Work["run"]);
        Should.Throw<BadInputException>(() => TrainingRun.Train(options with { TrainBatch = 1 }, stop: Stop))
            .Message.ShouldBe("TrainBatch 1: must be at least 2.");
        Should.Throw<BadInputException>(() => TrainingRun.Train(options with { RateMin = 9 }, stop: Stop))
            .Message.ShouldBe("RateMin 9: must be 1 to Rate, 3.");
        Directory.Exists(Work["run"]).ShouldBeFalse();
    }
}
