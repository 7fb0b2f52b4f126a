using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>Three kinds of moments, far from each other, are three groups in the plane.</summary>
public sealed class MomentMapTests : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly WorkFolder _work = new();
    private readonly AnalysisLibrary _library;

    public MomentMapTests()
    {
        _library = new AnalysisLibrary(_work["library.db"]);
        for (int v = 0; v < 9; v++) _library.Add($"{v}.mp4", [.. Enumerable.Repeat(v % 3, 20)]);
    }

    public void Dispose()
    {
        _library.Dispose();
        _work.Dispose();
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(60)] // two thirds are placed beside those
    public void Of_KindsOfMoments_KeepsThemTogether(int most)
    {
        using MomentLibrary library = _library.Open();
        MapLayout map = MomentMap.Of(library, 0, stop: Stop, most: most);
        (map.Places.Length, map.Embedded).ShouldBe((2 * 180, Math.Min(most, 180)));
        map.Places.ShouldAllBe(place => Math.Abs(place) <= 105);
        (double X, double Y)[] centres = [.. Enumerable.Range(0, 3)
            .Select(kind => (Mean(map, kind, 0), Mean(map, kind, 1)))];
        for (int i = 0; i < 180; i++)
        {
            int nearest = Enumerable.Range(0, 3).MinBy(kind => Math.Pow(map.Places[2 * i] - centres[kind].X, 2)
                + Math.Pow(map.Places[(2 * i) + 1] - centres[kind].Y, 2));
            nearest.ShouldBe(i / 20 % 3);
        }
        MomentMap.Of(library, 0, stop: Stop, most: most).Places.ShouldBe(map.Places); // the same each time
    }

    [Fact]
    public void Of_FewMoments_HasAPlaceForEach()
    {
        using AnalysisLibrary few = new AnalysisLibrary(_work["few.db"]).Add("a.mp4", 1, 2);
        using MomentLibrary library = few.Open();
        MomentMap.Of(library, 0.5, stop: Stop).Places.Length.ShouldBe(4);
    }

    private static double Mean(MapLayout map, int kind, int axis) => Enumerable.Range(0, 180)
        .Where(i => i / 20 % 3 == kind).Average(i => map.Places[(2 * i) + axis]);
}
