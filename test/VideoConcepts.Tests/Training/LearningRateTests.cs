using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

public sealed class LearningRateTests
{
    [Theory]
    [InlineData(0, "70", 1e-3)]
    [InlineData(69, "70", 1e-3)]
    [InlineData(70, "70", 1e-4)]
    [InlineData(99, "70", 1e-4)]
    [InlineData(60, "60,80", 1e-4)]
    [InlineData(80, "60,80", 1e-5)]
    [InlineData(80, "80,60", 1e-5)]
    [InlineData(0, "0", 1e-4)]
    [InlineData(500, "", 1e-3)]
    public void At_AnEpoch_FallsToATenthFromEachStepOn(int epoch, string decay, double expected) =>
        LearningRate.At(1e-3, [.. decay.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)], epoch)
            .ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData(0, 0, 0.1)]
    [InlineData(0, 4, 0.5)]
    [InlineData(0, 9, 1)]
    [InlineData(0, 10, 1)]
    [InlineData(1, 4, 0.05)]
    public void At_AStepOfTheWarmUp_RisesLinearlyToTheRateOfTheEpoch(int epoch, long step, double expected) =>
        LearningRate.At(1, [1], epoch, step, warmupSteps: 10).ShouldBe(expected, 1e-12);

    [Fact]
    public void At_FirstStepWithoutWarmUp_IsTheFullRate() => LearningRate.At(0.5, [], 0, step: 0).ShouldBe(0.5);
}
