using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Losses;

// B videos, P views that should agree, C concepts.
public sealed class ConceptAlignmentTests
{
    [Fact]
    public void Loss_WithQueue_HasTheGradientOfItsValueWithConstantTargets()
    {
        using var scope = NewDisposeScope();
        Tensor queue = Queue(), targets = ConceptAlignment.Targets(Scores(), queue);
        ((Func<Tensor, Tensor>)(x => ConceptAlignment.Loss(x, queue)))
            .ShouldHaveGradientOf(Scores(), x => ConceptAlignment.Predict(x, targets));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Loss_OfPViews_IsTheMeanOverOrderedPairs(int views)
    {
        using var scope = NewDisposeScope();
        Tensor scores = Scores(views), queue = Queue(views);
        double sum = 0;
        for (int k = 0; k < views; k++)
        {
            for (int i = 0; i < views; i++)
            {
                if (i == k) continue;
                Tensor target =
                    Sinkhorn.Assign(cat([scores.select(1, i), queue.select(1, i)])).narrow(0, 0, scores.shape[0]);
                sum -= (target * nn.functional.log_softmax(scores.select(1, k) / 0.1, -1)).sum(1).mean().ToDouble();
            }
        }
        ConceptAlignment.Loss(scores, queue).ToDouble().ShouldBe(sum / (views * (views - 1)), 1e-10);
    }

    /// <summary>Of four views the last two teach: all pairs (teacher, view) but a teacher with itself.</summary>
    [Fact]
    public void Predict_WithPupils_TakesTheTargetsOfTheOthersAlone()
    {
        using var scope = NewDisposeScope();
        Tensor scores = Scores(4), targets = ConceptAlignment.Targets(scores, Queue(4));
        double sum = 0;
        for (int k = 0; k < 4; k++)
        {
            int[] teachers = [.. new[] { 2, 3 }.Where(i => i != k)];
            foreach (int i in teachers)
                sum -= (targets.select(1, i) * nn.functional.log_softmax(scores.select(1, k) / 0.1, -1))
                    .sum(1).mean().ToDouble() / teachers.Length;
        }
        ConceptAlignment.Predict(scores, targets, pupils: 2).ToDouble().ShouldBe(sum / 4, 1e-10);
    }

    [Fact]
    public void Loss_ViewsThatAgree_IsLowerThanThatOfViewsThatDoNot()
    {
        using var scope = NewDisposeScope();
        Tensor agreeing =
            nn.functional.one_hot(arange(5, ScalarType.Int64), 5).to(ScalarType.Float64).unsqueeze(1).repeat(1, 4, 1);
        Tensor disagreeing = stack([.. Enumerable.Range(0, 4).Select(i => agreeing.select(1, i).roll(i, 0))], 1);
        double lowest = ConceptAlignment.Loss(agreeing, null).ToDouble();
        lowest.ShouldBeLessThan(0.01);
        ConceptAlignment.Loss(disagreeing, null).ToDouble().ShouldBeGreaterThan(lowest + 1);
        ConceptAlignment.Loss(Scores(), null).ToDouble().ShouldBeGreaterThan(lowest);
    }

    [Fact]
    public void Loss_VideosInAnotherOrder_IsTheSame()
    {
        using var scope = NewDisposeScope();
        Tensor moved = Scores().index_select(0, tensor([2L, 0, 3, 1]));
        ConceptAlignment.Loss(moved, Queue()).ToDouble()
            .ShouldBe(ConceptAlignment.Loss(Scores(), Queue()).ToDouble(), 1e-10);
    }

    [Fact]
    public void Loss_WithQueue_DiffersFromThatOfTheBatchAlone()
    {
        using var scope = NewDisposeScope();
        Math.Abs((ConceptAlignment.Loss(Scores(), Queue()) - ConceptAlignment.Loss(Scores(), null)).ToDouble())
            .ShouldBeGreaterThan(1e-3);
    }

    private static Tensor Scores(long views = 4) => ReferenceFill.Input("scores", 1, 1, [4, views, 5]);

    private static Tensor Queue(long views = 4) => ReferenceFill.Input("queue", 1, 1, [6, views, 5]);
}
