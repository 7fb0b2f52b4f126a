using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

public sealed class ConceptReadingsTests : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Of_Moments_AreReadByTheConceptThatStandsOut()
    {
        // 0.5 where a moment is of the concept, else 0.1: of six moments one is of 3, two of 1, three of 0
        int[] of = [0, 1, 0, 3, 1, 0];
        using AnalysisLibrary made = new AnalysisLibrary(_work["l.db"])
            .Add("a.mp4", [.. of], VideoKind.File, i => of[i]);
        using MomentLibrary library = made.Open();
        ConceptReadings read = ConceptReadings.Of(library.Store, Stop);
        read.Looks.Select(c => (int)c).ShouldBe(of);
        read.Motions.Select(c => (int)c).ShouldBe(of);
        // the rarer, the more it stands out: z of one of n is sqrt(n - 1)
        read.LookStrengths[3].ShouldBe((float)Math.Sqrt(5), 1e-3);
        read.MotionStrengths[0].ShouldBe(1, 1e-3);
        read.Strengths(library.Store, isDynamic: true, 3, Stop).Select(z => Math.Round(z, 2)).ShouldBe(
            [-0.45, -0.45, -0.45, 2.24, -0.45, -0.45]);
        read.Strengths(library.Store, isDynamic: false, 2, Stop).ShouldAllBe(z => z == 0); // one that never changes
    }
}
