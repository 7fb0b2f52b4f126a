using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class FeatureMemoryTests
{
    [Fact]
    public void Find_OfVideosOfOtherLists_GivesTheirFeaturesInTheListsOrder()
    {
        var memory = new FeatureMemory();
        VideoEntry brief = new("/v9", 2, 1, "t.csv", 3);
        memory.Keep("net", Tables.Of(2, [1, 2, 3, 4], [0, 1]) with { Dropped = [brief] });
        memory.Keep("other", Tables.Of(2, [7, 7, 7, 7, 7, 7], [0, 0, 0]));
        VideoEntry[] videos = [Named(1, label: 5), brief with { Line = 8 }, Named(0, label: 4)];
        FeatureTable found = memory.Find("net", videos)!;
        found.Values.ShouldBe([3, 4, 1, 2]);
        found.Labels().ShouldBe([5, 4]);
        found.Dropped.ShouldBe([videos[1]]);
        memory.Find("net", [Named(2, 0)]).ShouldBeNull();
        memory.Find("net", [Named(1, 0) with { FrameCount = 31 }]).ShouldBeNull(); // another part of the folder
        memory.Find("other", [Named(2, 0)])!.Values.ShouldBe([7, 7]);
    }

    private static VideoEntry Named(int number, int label) => new($"/v{number}", 32, label, "u.csv", 1);
}
