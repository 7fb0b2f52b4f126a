using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

public sealed class DuplicateMomentsTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Find_PartOfOneVideoInAnother_IsOneStretchAtItsTimes()
    {
        int[] shared = [.. Enumerable.Range(100, 10)];
        DuplicateResult found = Find(made => made.Add("a.mp4", [1, 2, 3, .. shared, 4])
            .Add("b.mp4", [.. Enumerable.Range(200, 20), .. shared]).Add("c.mp4", [.. Enumerable.Range(300, 12)]));
        DuplicateGroup group = found.Groups.ShouldHaveSingleItem();
        DuplicateStretch stretch = group.Stretches.ShouldHaveSingleItem();
        (stretch.A.Video.Path, stretch.A.Start, stretch.A.End).ShouldBe(("a.mp4", 3, 14));
        (stretch.B.Video.Path, stretch.B.Start, stretch.B.End).ShouldBe(("b.mp4", 20, 31));
        (stretch.Shift, stretch.Moments).ShouldBe((17, 10));
        stretch.Similarity.ShouldBe(1, 0.01);
        group.Parts.Select(part => part.Video.Path).ShouldBe(["a.mp4", "b.mp4"]);
        found.Compared.ShouldBe(14 + 30 + 12);
    }

    [Fact]
    public void Find_ThreeCopies_AreOneGroup_AndTwoOthersAnother()
    {
        int[] one = [.. Enumerable.Range(100, 8)], two = [.. Enumerable.Range(200, 9)];
        DuplicateResult found = Find(made => made.Add("a.mp4", one).Add("b.mp4", [7, 8, .. one]).Add("c.mp4", one)
            .Add("d.mp4", two).Add("e.mp4", two));
        found.Groups.Select(group => string.Join(' ', group.Parts.Select(part => part.Video.Path)))
            .ShouldBe(["d.mp4 e.mp4", "a.mp4 b.mp4 c.mp4"]); // longest first
    }

    [Fact]
    public void Find_TheSameWithinOneVideoAlone_IsNone() =>
        Find(made => made.Add("a.mp4", [.. Enumerable.Range(1, 9), .. Enumerable.Range(1, 9)])
            .Add("b.mp4", [.. Enumerable.Range(50, 9)])).Groups.ShouldBeEmpty();

    [Fact]
    public void Find_TooFewMoments_CountOnlyWhereTheVideoHasNoMore()
    {
        DuplicateResult found = Find(made => made.Add("a.mp4", 1, 2, 3, 4, 5, 6, 7, 8)
            .Add("b.mp4", 1, 2, 3, 54, 55, 56, 57, 58)
            .Add("c.mp4", 6, 7, 8));
        found.Groups.ShouldHaveSingleItem().Parts.Select(part => part.Video.Path).ShouldBe(["a.mp4", "c.mp4"]);
    }

    // Longer than a product has rows: it is compared in several parts.
    [Fact]
    public void Find_InALongVideo_FindsThePartAcrossTheProductsEdge()
    {
        int[] all = [.. Enumerable.Range(1000, 2500)];
        DuplicateResult found = Find(made => made.Add("long.mp4", all).Add("cut.mp4", all[2040..2060]));
        DuplicateStretch stretch = found.Groups.ShouldHaveSingleItem().Stretches.ShouldHaveSingleItem();
        (stretch.A.Start, stretch.A.End, stretch.Moments).ShouldBe((2040, 2061, 20));
    }

    [Fact]
    public void Find_OfOneVideo_IsNone() => Find(made => made.Add("a.mp4", 1, 2, 3)).Groups.ShouldBeEmpty();

    [Theory]
    [InlineData(0)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Find_WithAThresholdOutOfRange_IsRefused(double threshold) =>
        Should.Throw<BadInputException>(() => Find(made => made.Add("a.mp4", 1), new() { Threshold = threshold }))
            .Message.ShouldContain("Threshold");

    private DuplicateResult Find(Action<AnalysisLibrary> fill, DuplicateOptions? options = null)
    {
        using var made = new AnalysisLibrary(_work["l.db"]);
        fill(made);
        using MomentLibrary library = made.Open();
        return DuplicateMoments.Find(library, options, TestContext.Current.CancellationToken);
    }
}
