using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class ConceptLeakageTests
{
    private const int Videos = 240;

    // The state follows the camera in two videos of three.
    private static readonly int[] Camera = [.. Enumerable.Range(0, Videos).Select(i => i % 2)];
    private static readonly int[] State = [.. Camera.Select((camera, i) => i % 3 < 2 ? camera : 1 - camera)];

    [Fact]
    public void Of_AConceptOfTheCamera_KnowsNothingOfTheStateGivenIt()
    {
        RandomStream random = RandomStream.For(2);
        int[] concepts = [.. Camera.Select(camera => (2 * camera) + (random.NextBool() ? 1 : 0))];
        ConceptQuality.AdjustedMutualInformation(concepts, State).ShouldBeGreaterThan(0.03); // it seems to know
        ConceptLeakage found = Measure(concepts, State, Camera);
        found.Information.ShouldBe(0, 0.01);
        found.Share.Low.ShouldBeLessThan(0);
        found.Share.High.ShouldBeGreaterThan(0);
        found.Share.Shuffled.ShouldBe(0, 1e-12);
        found.Share.ShuffledLow.ShouldBeLessThan(0);
        found.Share.ShuffledHigh.ShouldBeGreaterThan(0);
        found.Given.ShouldBe(["camera"]);
    }

    [Fact]
    public void Of_AConceptOfTheState_TellsAllThatTheCameraLeavesOpen()
    {
        ConceptLeakage found = Measure(State, State, Camera);
        found.Share.Value.ShouldBe(1, 1e-9);
        // H(state | camera) of one in three
        double entropy = -((Math.Log(2 / 3.0) * 2 / 3) + (Math.Log(1 / 3.0) / 3));
        found.Information.ShouldBe(entropy, 0.01);
        found.Left.ShouldBe(found.Information, 1e-9);
        found.Share.Low.ShouldBeInRange(0.8, 1);
    }

    [Fact]
    public void Of_AFactorThatTheOthersTell_IsNothing()
    {
        ConceptLeakage found = Measure(State, Camera, Camera);
        found.Share.Value.ShouldBe(0);
        found.Left.ShouldBe(0, 1e-9);
    }

    private static ConceptLeakage Measure(int[] concepts, int[] factor, int[] other)
    {
        RandomStream random = RandomStream.For(1);
        return ConceptLeakage.Of(concepts, factor, [("camera", other)], ref random,
            TestContext.Current.CancellationToken);
    }
}
