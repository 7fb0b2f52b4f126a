using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class FeatureTableTests
{
    // About their mean, 0; seen from the first: cosines 0.6, -0.6 and -1.
    private readonly FeatureTable _table = Tables.Of(2, [2, 1, 2, -1, -2, 1, -2, -1]);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(int.MaxValue, 3)]
    public void Nearest_OfARow_AreTheOthersTheMostSimilarFirst(int count, int found)
    {
        IReadOnlyList<(VideoEntry Video, float Cosine)> near = _table.Nearest(0, count);
        near.Select(n => n.Video).ShouldBe([.. _table.Videos.Skip(1).Take(found)]);
        near.Select(n => n.Cosine).ShouldBe([.. ((float[])[0.6f, -0.6f, -1]).Take(found)], 1e-6f);
    }

    [Fact]
    public void Nearest_OfTheOnlyRow_IsNone() => Tables.Of(2, [1, 2]).Nearest(0, 5).ShouldBeEmpty();

    [Theory]
    [InlineData(-1, 1, "row")]
    [InlineData(4, 1, "row")]
    [InlineData(0, 0, "count")]
    [InlineData(0, -1, "count")]
    public void Nearest_OfNoRowOrNone_IsRefusedByName(int row, int count, string name) =>
        Should.Throw<ArgumentOutOfRangeException>(() => _table.Nearest(row, count)).ParamName.ShouldBe(name);
}
