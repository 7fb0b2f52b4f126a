using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class RetrievalTests
{
    [Fact]
    public void Search_SetsFarApart_EachIsCentredByItsOwnMean()
    {
        // Around each set's own mean both look alike: right, left, up, down.
        FeatureTable query = Tables.Of(2, [101, 50, 99, 50, 100, 51, 100, 49]);
        FeatureTable gallery = Tables.Of(2, [-7, 0, -9, 0, -8, 1, -8, -1]);
        Neighbours found = Retrieval.Search(query, gallery, 2);
        found.Indices.Select(near => near[0]).ShouldBe([0, 1, 2, 3]);
        found.Cosines.ShouldAllBe(cosines => Math.Abs(cosines[0] - 1) < 1e-6 && Math.Abs(cosines[1]) < 1e-6);
    }

    [Fact]
    public void Search_EqualCosines_TakeTheSmallerIndexFirst()
    {
        float[] gallery = [1, 0, -1, 0, 1, 0, -1, 0, 2, 0, -2, 0];
        Retrieval.Search(Tables.Of(2, [1, 0, -1, 0]), Tables.Of(2, gallery), 4).Indices[0].ShouldBe([0, 2, 4, 1]);
    }

    [Fact]
    public void Recall_HandMade_CountsTheFirstHit()
    {
        int[][] near = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [1, 2, 3, 4, 0]];
        int[] gallery = [7, 8, 8, 8, 8];
        var values = Retrieval.Recall(new Neighbours(near, []), [7, 7, 9], gallery)
            .ToDictionary(v => v.Name, v => v.Value);
        values.Keys.ShouldBe(["R@1", "R@5"]); // of five videos, the ten nearest are all
        values["R@1"].ShouldBe(1 / 3.0);
        values["R@5"].ShouldBe(2 / 3.0);
    }

    [Theory]
    [InlineData(4, 1, 1)]
    [InlineData(5, 2, 5)]
    [InlineData(49, 4, 20)]
    [InlineData(50, 5, 50)]
    public void Recall_OfASmallGallery_LeavesOutWhatIsBeyondIt(int rows, int figures, int last)
    {
        string[] names = [.. Retrieval.Evaluate(Tables.Blobs(7, 4, 3, 1, 1), Tables.Blobs(rows, 4, 3, 1, 2))
            .Select(f => f.Name)];
        (names.Length, names[^1]).ShouldBe((figures, $"R@{last}"));
        (ListRules.MissingCutoffs(rows) is null).ShouldBe(figures == 5);
        if (rows == 5)
            ListRules.MissingCutoffs(rows)
                .ShouldBe("left out: R@10, R@20, R@50; a query searches among as few as 5 videos, and would find every "
                    + "one");
    }

    [Fact]
    public void Search_ManyRows_AgreesWithSortingEverything()
    {
        FeatureTable query = Tables.Blobs(77, 19, 5, 2, seed: 1), gallery = Tables.Blobs(203, 19, 5, 2, seed: 2);
        Neighbours found = Retrieval.Search(query, gallery, 50);
        float[] q = UnitRows.CentredUnit(query), g = UnitRows.CentredUnit(gallery);
        for (int row = 0; row < query.Rows; row++)
        {
            int[] all = [.. Enumerable.Range(0, gallery.Rows)
                .OrderByDescending(i => UnitRows.Dot(q.AsSpan(row * 19, 19), g.AsSpan(i * 19, 19))).Take(50)];
            found.Indices[row].ShouldBe(all);
        }
    }

    [Fact]
    public void SearchWithin_EveryRow_LeavesItselfOut()
    {
        FeatureTable table = Tables.Blobs(70, 8, 3, 1, seed: 1);
        Neighbours found = Retrieval.SearchWithin(table, 100);
        for (int row = 0; row < table.Rows; row++)
        {
            found.Indices[row].Length.ShouldBe(69);
            found.Indices[row].ShouldNotContain(row);
            found.Indices[row].Distinct().Count().ShouldBe(69);
        }
    }

    [Fact]
    public void Evaluate_ScaledAndShiftedFeatures_GiveTheSameRecall()
    {
        FeatureTable query = Tables.Blobs(60, 16, 6, 2, seed: 1), gallery = Tables.Blobs(120, 16, 6, 2, seed: 2);
        FeatureTable moved = query with { Values = [.. query.Values.Select(x => (4 * x) + 2)] };
        Retrieval.Evaluate(moved, gallery).ShouldBe(Retrieval.Evaluate(query, gallery));
    }

    [Fact]
    public void Evaluate_SeparatedClasses_FindsThem() =>
        Retrieval.Evaluate(Tables.Blobs(40, 16, 4, 40, 1), Tables.Blobs(40, 16, 4, 40, 2)).First().Value.ShouldBe(1);

    [Fact]
    public void Search_DifferentDimensions_Throws() =>
        Should.Throw<ArgumentException>(() => Retrieval.Search(Tables.Of(1, [1]), Tables.Of(2, [1, 2]), 1));
}
