using VideoConcepts.Reports;

namespace VideoConcepts.Tests.Reports;

public sealed class EvenRowsTests
{
    [Theory]
    [InlineData(20, 6, new[] { 1, 5, 8, 11, 15, 18 })]
    [InlineData(6, 6, new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(2, 6, new[] { 0, 1 })]
    [InlineData(7, 1, new[] { 3 })]
    [InlineData(0, 6, new int[0])]
    public void Of_Places_AreTheMiddlesOfEqualParts(int length, int count, int[] places) =>
        EvenRows.Of(length, count).ShouldBe(places);

    [Fact]
    public void Of_AVeryLongList_StaysInIt() => EvenRows.Of(int.MaxValue, 2).ShouldBe([536870911, 1610612735]);

    [Fact]
    public void OfClasses_ListSortedByClass_TakesAllClassesInTurn()
    {
        int?[] labels = [.. Enumerable.Range(0, 40).Select(row => (int?)(row / 10))];
        // six of four classes: two each of classes 0 and 1, from the middles of the halves of their ten rows
        EvenRows.OfClasses(labels, 6).ShouldBe([2, 12, 25, 35, 7, 17]);
    }

    [Fact]
    public void OfClasses_WithoutLabels_SpreadsOverTheList() =>
        EvenRows.OfClasses(new int?[20], 6).ShouldBe([1, 5, 8, 11, 15, 18]);

    [Fact]
    public void OfClasses_MoreClassesThanRows_SpreadsOverTheClasses()
    {
        int?[] labels = [.. Enumerable.Range(0, 300).Select(row => (int?)(row / 3))];
        // classes 25 and 75 of 100, each by its middle row
        EvenRows.OfClasses(labels, 2).ShouldBe([76, 226]);
    }

    [Fact]
    public void OfClasses_OneLargeClass_FillsUpWhatSmallOnesLack() =>
        EvenRows.OfClasses([0, 0, 0, 0, 0, 0, 5, 2], 6).ShouldBe([0, 7, 6, 2, 3, 5]);

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void OfClasses_NoMoreRowsThanWanted_TakesEachOnce(int count) =>
        EvenRows.OfClasses([1, 0, 1], count).Order().ShouldBe([0, 1, 2]);
}
