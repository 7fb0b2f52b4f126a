using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

[Properties(Replay = "20261126,19", MaxTest = 60)]
public sealed class RetrievalPropertyTests
{
    private sealed record Side(float[][] Rows, int[] Labels, int[] Order)
    {
        public FeatureTable Table => Of(Rows, Labels);

        /// <summary>Row i is row Order[i] of the table.</summary>
        public FeatureTable Reordered => Of([.. Order.Select(i => Rows[i])], [.. Order.Select(i => Labels[i])]);

        private static FeatureTable Of(float[][] rows, int[] labels) =>
            Tables.Of(rows[0].Length, [.. rows.SelectMany(row => row)], labels);
    }

    private sealed record Case(Side Query, Side Gallery, int Count, int[] Names);

    // Whole numbers: their sums are the same in any order, and so are means and cosines to the last bit.
    private static Gen<Side> Sides(int most, int dimension) =>
        from rows in Gen.Choose(1, most)
        from values in Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(-9, 9).Select(n => (float)n), dimension), rows)
        from labels in Gen.ArrayOf(Gen.Choose(0, 4), rows)
        from order in Gen.Shuffle(Enumerable.Range(0, rows))
        select new Side(values, labels, order);

    private static readonly Gen<Case> Cases =
        from dimension in Gen.Choose(1, 20)
        from query in Sides(12, dimension)
        from gallery in Sides(60, dimension)
        from count in Gen.Choose(1, 60)
        from names in Gen.Shuffle(Enumerable.Range(0, 5))
        select new Case(query, gallery, count, names);

    private static Property Check(Action<Case> check) => Prop.ForAll(Cases.ToArbitrary(), check);

    [Property]
    public Property Search_OfAGalleryInAnotherOrder_FindsTheSameRows() => Check(c =>
    {
        Neighbours found = Retrieval.Search(c.Query.Table, c.Gallery.Table, c.Count),
            again = Retrieval.Search(c.Query.Table, c.Gallery.Reordered, c.Count);
        for (int q = 0; q < found.Indices.Length; q++)
        {
            float[] cosines = found.Cosines[q];
            cosines.Length.ShouldBe(Math.Min(c.Count, c.Gallery.Labels.Length));
            again.Cosines[q].ShouldBe(cosines);
            for (int i = 1; i < cosines.Length; i++) cosines[i].ShouldBeLessThanOrEqualTo(cosines[i - 1]);
            found.Indices[q].Distinct().Count().ShouldBe(cosines.Length);
            // Which of several equal ones comes first, or is left out at the end, depends on the order.
            for (int i = 0; i < cosines.Length; i++)
                if (cosines[i] > cosines[^1] && cosines.Count(x => x == cosines[i]) == 1)
                    c.Gallery.Order[again.Indices[q][i]].ShouldBe(found.Indices[q][i]);
        }
    });

    [Property]
    public Property Search_OfQueriesInAnotherOrder_FindsTheSameForEach() => Check(c =>
    {
        Neighbours found = Retrieval.Search(c.Query.Table, c.Gallery.Table, c.Count),
            again = Retrieval.Search(c.Query.Reordered, c.Gallery.Table, c.Count);
        for (int q = 0; q < found.Indices.Length; q++)
        {
            again.Indices[q].ShouldBe(found.Indices[c.Query.Order[q]]);
            again.Cosines[q].ShouldBe(found.Cosines[c.Query.Order[q]]);
        }
    });

    [Property]
    public Property Recall_OfOtherNamesOrAnotherScale_IsTheSameAndGrows() => Check(c =>
    {
        (string Name, double Value)[] expected = [.. Retrieval.Evaluate(c.Query.Table, c.Gallery.Table)];
        for (int i = 1; i < expected.Length; i++)
            expected[i].Value.ShouldBeGreaterThanOrEqualTo(expected[i - 1].Value);
        foreach ((_, double value) in expected) value.ShouldBeInRange(0, 1);
        Side Renamed(Side side) => side with { Labels = [.. side.Labels.Select(label => c.Names[label])] };
        Side Scaled(Side side) => side with { Rows = [.. side.Rows.Select(row => row.Select(x => x * 4).ToArray())] };
        Retrieval.Evaluate(Renamed(c.Query).Table, Renamed(c.Gallery).Table).ShouldBe(expected);
        Retrieval.Evaluate(Scaled(c.Query).Table, Scaled(c.Gallery).Table).ShouldBe(expected);
        Retrieval.Evaluate(c.Query.Reordered, c.Gallery.Table).ShouldBe(expected);
    });
}
