using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

/// <summary>What must not matter to a measure does not: the order of rows, the names of classes, the scale of scores.
/// </summary>
[Properties(Replay = "20261126,17", MaxTest = 150)]
public sealed class MetricsPropertyTests
{
    private const double Rounding = 1e-9; // of sums in another order

    /// <summary>Scores whose rows have no equal ones, (N, C), and new orders of rows and classes.</summary>
    private sealed record Case(int Classes, float[] Scores, int[] Labels, int[] Rows, int[] Names)
    {
        /// <summary>Row i is row Rows[i] of this.</summary>
        public Case Reordered() => this with
        {
            Scores = [.. Rows.SelectMany(row => Scores[(row * Classes)..((row + 1) * Classes)])],
            Labels = [.. Rows.Select(row => Labels[row])],
        };

        /// <summary>Class c is called Names[c].</summary>
        public Case Renamed()
        {
            var scores = new float[Scores.Length];
            for (int i = 0; i < scores.Length; i++)
                scores[(i / Classes * Classes) + Names[i % Classes]] = Scores[i];
            return this with { Scores = scores, Labels = [.. Labels.Select(label => Names[label])] };
        }

        /// <summary>A factor that loses no digit.</summary>
        public Case Scaled() => this with { Scores = [.. Scores.Select(score => score * 8)] };

        public int[] Predicted => Metrics.Predictions(Scores, Classes);

        public double Top(int k) => Metrics.TopK(Scores, Classes, Labels, k);

        public double MeanClass => Metrics.MeanClassAccuracy(Metrics.Confusion(Labels, Predicted, Classes));

        public ConceptFigures Concepts => ConceptQuality.Measure(Scores, Classes, Labels);
    }

    private static readonly Gen<Case> Cases =
        from rows in Gen.Choose(1, 25)
        from classes in Gen.Choose(2, 6)
        from scores in Gen.CollectToArray(Enumerable.Range(0, rows),
            _ => Gen.Shuffle(Enumerable.Range(-8, 17)).Select(order => order[..classes]))
        from labels in Gen.ArrayOf(Gen.Choose(0, classes - 1), rows)
        from order in Gen.Shuffle(Enumerable.Range(0, rows))
        from names in Gen.Shuffle(Enumerable.Range(0, classes))
        select new Case(classes, [.. scores.SelectMany(row => row).Select(score => score / 4f)], labels, order, names);

    private static Property Check(Action<Case> check) => Prop.ForAll(Cases.ToArbitrary(), check);

    [Property]
    public Property TopK_OfRowsInAnotherOrderOtherNamesOrAnotherScale_IsTheSame() => Check(c =>
    {
        for (int k = 1; k <= c.Classes; k++)
        {
            foreach (Case other in (Case[])[c.Reordered(), c.Renamed(), c.Scaled()]) other.Top(k).ShouldBe(c.Top(k));
            c.Top(k).ShouldBeGreaterThanOrEqualTo(c.Top(k - 1));
        }
        (c.Top(0), c.Top(c.Classes)).ShouldBe((0, 1));
        c.Top(1).ShouldBe(c.Predicted.Zip(c.Labels).Count(p => p.First == p.Second) / (double)c.Labels.Length);
    });

    [Property]
    public Property MeanClassAccuracy_OfRowsInAnotherOrderOtherNamesOrAnotherScale_IsTheSame() => Check(c =>
    {
        foreach (Case other in (Case[])[c.Reordered(), c.Renamed(), c.Scaled()])
            other.MeanClass.ShouldBe(c.MeanClass, Rounding);
        int[,] counts = Metrics.Confusion(c.Labels, c.Predicted, c.Classes),
            renamed = Metrics.Confusion(c.Renamed().Labels, c.Renamed().Predicted, c.Classes);
        for (int a = 0; a < c.Classes; a++)
            for (int b = 0; b < c.Classes; b++) renamed[c.Names[a], c.Names[b]].ShouldBe(counts[a, b]);
    });

    [Property]
    public Property Concepts_OfRowsInAnotherOrderOtherNamesOrAnotherScale_AreAsGood() => Check(c =>
    {
        ConceptFigures expected = c.Concepts;
        foreach (Case other in (Case[])[c.Reordered(), c.Renamed(), c.Scaled()])
        {
            ConceptFigures figures = other.Concepts;
            figures.Spread.ShouldBe(expected.Spread, Rounding);
            figures.Dead.ShouldBe(expected.Dead);
            figures.Purity!.Value.ShouldBe(expected.Purity!.Value, Rounding);
            figures.MutualInformation!.Value.ShouldBe(expected.MutualInformation!.Value, Rounding);
            figures.AdjustedInformation!.Value.ShouldBe(expected.AdjustedInformation!.Value, Rounding);
        }
        // of which of several alike counts as the first one, the number depends on the order of concepts
        foreach (Case other in (Case[])[c.Reordered(), c.Scaled()])
            other.Concepts.Duplicates.ShouldBe(expected.Duplicates);
    });

    [Property]
    public Property Information_OfTwoGroupings_IsSymmetricAndOneOfEqualOnes() => Check(c =>
    {
        int[] a = c.Labels, b = c.Predicted, renamed = [.. a.Select(label => 100 - c.Names[label])];
        double normalised = ConceptQuality.NormalizedMutualInformation(a, b);
        ConceptQuality.NormalizedMutualInformation(b, a).ShouldBe(normalised, Rounding);
        ConceptQuality.NormalizedMutualInformation(renamed, b).ShouldBe(normalised, Rounding);
        normalised.ShouldBeInRange(0, 1 + Rounding);
        ConceptQuality.NormalizedMutualInformation(a, renamed).ShouldBe(1, Rounding);

        ConceptQuality.Purity(b, a).ShouldBe(ConceptQuality.Purity(b, renamed));
        ConceptQuality.Purity(a, renamed).ShouldBe(1);

        double adjusted = ConceptQuality.AdjustedMutualInformation(a, b);
        ConceptQuality.AdjustedMutualInformation(b, a).ShouldBe(adjusted, Rounding);
        ConceptQuality.AdjustedMutualInformation(renamed, b).ShouldBe(adjusted, Rounding);
        // of groups of one row each, chance gives as much
        bool alone = a.Length > 1 && a.Distinct().Count() == a.Length;
        ConceptQuality.AdjustedMutualInformation(a, renamed).ShouldBe(alone ? 0 : 1, Rounding);
    });
}
