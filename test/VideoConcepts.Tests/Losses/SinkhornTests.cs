using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Losses;

public sealed class SinkhornTests
{
    private const double Inf = double.PositiveInfinity;

    [Fact]
    public void Assign_AnyScores_GivesRowsThatSumToOne()
    {
        using var scope = NewDisposeScope();
        Numbers(Sinkhorn.Assign(Scores(7, 5)).sum(1)).ShouldAllBe(s => Math.Abs(s - 1) < 1e-12);
    }

    [Fact]
    public void Assign_ManyIterations_SharesTheMassEquallyBetweenConcepts()
    {
        using var scope = NewDisposeScope();
        Numbers(Sinkhorn.Assign(Scores(20, 5), iterations: 500).sum([0L])).ShouldAllBe(s => Math.Abs(s - 4) < 1e-6);
    }

    [Fact]
    public void Assign_ModerateScores_FollowsThePublishedSteps()
    {
        using var scope = NewDisposeScope();
        double[] actual = Numbers(Sinkhorn.Assign(Scores(6, 4)));
        double[,] expected = Naive(Scores(6, 4));
        for (int r = 0; r < 6; r++)
            for (int c = 0; c < 4; c++) actual[(r * 4) + c].ShouldBe(expected[r, c], 1e-12);
    }

    [Fact]
    public void Assign_OneRow_IsUniform()
    {
        using var scope = NewDisposeScope();
        Numbers(Sinkhorn.Assign(Scores(1, 4))).ShouldAllBe(p => Math.Abs(p - 0.25) < 1e-12);
    }

    [Fact]
    public void Assign_OneConcept_TakesAll()
    {
        using var scope = NewDisposeScope();
        Numbers(Sinkhorn.Assign(Scores(5, 1))).ShouldAllBe(p => p == 1);
    }

    [Fact]
    public void Assign_InfiniteScores_StaysFinite()
    {
        double[][] cases =
        [
            [Inf, 0, 0, 0, 1, 2], [-Inf, 0, 0, 0, 1, 2], [Inf, -Inf, Inf, 0, -Inf, 2], [Inf, Inf, Inf, Inf, Inf, Inf],
            [-Inf, -Inf, -Inf, -Inf, -Inf, -Inf], [-Inf, -Inf, -Inf, 0, 1, 2],
            [-Inf, 1, 2, -Inf, 3, 4], [1e308, -1e308, 0, 0, 0, 0],
        ];
        foreach (double[] scores in cases)
        {
            using var scope = NewDisposeScope();
            double[] rows = Numbers(Sinkhorn.Assign(tensor(scores, 2, 3)));
            rows.ShouldAllBe(p => p >= 0 && p <= 1);
            rows.Chunk(3).ShouldAllBe(r => Math.Abs(r.Sum() - 1) < 1e-9);
        }
    }

    [Fact]
    public void Assign_OneInfiniteScore_AssignsItsRowToItsConcept()
    {
        using var scope = NewDisposeScope();
        Numbers(Sinkhorn.Assign(tensor([Inf, 0, 0, 0, 1, 2], 2, 3)))[0].ShouldBe(1, 1e-6);
    }

    [Fact]
    public void Assign_ScoresFarApart_DoesNotUnderflow()
    {
        using var scope = NewDisposeScope();
        Tensor scores = tensor([500f, 0, 0, 0, 0, 0], 2, 3); // exp(-10000) is 0
        scores.dtype.ShouldBe(ScalarType.Float32);
        Numbers(Sinkhorn.Assign(scores).to(ScalarType.Float64)).ShouldAllBe(p => double.IsFinite(p));
    }

    [Fact]
    public void Assign_RowsInAnotherOrder_GivesTheSameTargets()
    {
        using var scope = NewDisposeScope();
        Tensor order = tensor([3L, 0, 4, 1, 2]), scores = Scores(5, 4);
        Tensor difference =
            Sinkhorn.Assign(scores.index_select(0, order)) - Sinkhorn.Assign(scores).index_select(0, order);
        difference.abs().max().ToDouble().ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void Assign_ScoresWithGradient_GivesTargetsWithoutIt()
    {
        using var scope = NewDisposeScope();
        Sinkhorn.Assign(Scores(3, 4).requires_grad_(true)).requires_grad.ShouldBeFalse();
    }

    private static Tensor Scores(long rows, long concepts) => ReferenceFill.Input("scores", 3, 0.5, [rows, concepts]);

    private static double[] Numbers(Tensor x) => x.contiguous().data<double>().ToArray();

    // Word for word from the spec: exponentials, then rows to 1/C and columns to 1/R in turn.
    private static double[,] Naive(Tensor scores)
    {
        int rows = (int)scores.shape[0], concepts = (int)scores.shape[1];
        double max = scores.max().ToDouble() / 0.05;
        var q = new double[rows, concepts];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < concepts; c++) q[r, c] = Math.Exp((scores[r, c].ToDouble() / 0.05) - max);
        for (int i = 0; i < 3; i++)
        {
            for (int c = 0; c < concepts; c++) Scale(rows, (r, f) => q[r, c] *= f, r => q[r, c], 1.0 / concepts);
            for (int r = 0; r < rows; r++) Scale(concepts, (c, f) => q[r, c] *= f, c => q[r, c], 1.0 / rows);
        }
        for (int r = 0; r < rows; r++) Scale(concepts, (c, f) => q[r, c] *= f, c => q[r, c], 1);
        return q;
    }

    private static void Scale(int count, Action<int, double> multiply, Func<int, double> get, double sum)
    {
        double factor = sum / Enumerable.Range(0, count).Sum(get);
        for (int i = 0; i < count; i++) multiply(i, factor);
    }
}
