using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>Ten videos of moments of two kinds in turn; the second half of a row says nothing.</summary>
public sealed class MomentProbeTests : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly AnalysisLibrary _made;

    public MomentProbeTests()
    {
        _made = new AnalysisLibrary(_work["l.db"]);
        for (int v = 0; v < 10; v++) _made.Add($"{v}.mp4", [.. Enumerable.Range(0, 8).Select(i => i % 2)]);
    }

    public void Dispose()
    {
        _made.Dispose();
        _work.Dispose();
    }

    [Fact]
    public void Train_OnSomeOfAKind_RanksTheOthersOfItFirst()
    {
        MomentProbe probe = Train(AnalysisLibrary.Look, [0, 8, 16, 24, 32, 40]); // one each of six videos
        var ranked = Enumerable.Range(0, 80).OrderByDescending(i => probe.Scores[i]).ToArray();
        ranked.Take(40).ShouldAllBe(i => i % 2 == 0);
        // tagged moments and those that look the same cannot be told apart: chance is 6 of 80, and 6 of the 40
        probe.HeldOut!.Videos.ShouldBe(6);
        probe.HeldOut.Chance.ShouldBe(6 / 80.0, 1e-6);
        probe.HeldOut.Precision.ShouldBeGreaterThan(1.5 * probe.HeldOut.Chance);
    }

    [Fact]
    public void Train_OnAllOfAKind_FindsItInVideosThatItHasNotSeen() =>
        Train(AnalysisLibrary.Look, [.. Enumerable.Range(0, 40).Select(i => 2 * i)])
            .HeldOut!.Precision.ShouldBe(1, 1e-6);

    [Fact]
    public void Train_OnFewVideos_DoesNotSayHowWellItWorks() =>
        Train(AnalysisLibrary.Look, [0, 8, 16, 24]).HeldOut.ShouldBeNull();

    private MomentProbe Train(int columns, int[] tagged)
    {
        using MomentLibrary library = _made.Open();
        MomentMatrix matrix = MomentMatrix.Load(library.Store, stop: TestContext.Current.CancellationToken);
        return MomentProbe.Train(matrix, (0, columns), [.. Enumerable.Range(0, 80).Select(i => i / 8)], tagged, [],
            TestContext.Current.CancellationToken);
    }
}
