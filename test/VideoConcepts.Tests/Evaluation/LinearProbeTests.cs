using TorchSharp;
using VideoConcepts.Evaluation;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Evaluation;

public sealed class LinearProbeTests
{
    private static readonly FeatureTable Train = Tables.Blobs(384, 128, 8, 3.5, seed: 1);
    private static readonly FeatureTable Test = Tables.Blobs(2000, 128, 8, 3.5, seed: 2);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Run_SmallSet_IsWithinAPointOfConvergedRegression(bool normalize, bool batchNorm)
    {
        var options = new LinearProbeOptions { Normalize = normalize, BatchNorm = batchNorm };
        LinearProbeResult result = LinearProbe.Run(Train, Test, options);
        double converged = ConvergedRegression(normalize, batchNorm, options.WeightDecay);
        result.Top1.ShouldBe(converged, 0.01);
    }

    [Fact]
    public void Run_SameSeed_GivesTheSameBits()
    {
        var options = new LinearProbeOptions { BatchSize = 100, Epochs = 3, MinimumSteps = 0, Seed = 5 };
        float[] first = LinearProbe.Run(Train, Test, options).Probabilities;
        LinearProbe.Run(Train, Test, options).Probabilities.ShouldBe(first);
        LinearProbe.Run(Train, Test, options with { Seed = 6 }).Probabilities.ShouldNotBe(first);
    }

    [Fact]
    public void Run_Result_AgreesWithItself()
    {
        LinearProbeResult result = LinearProbe.Run(Train, Test, new LinearProbeOptions());
        result.Top5.ShouldBeGreaterThan(result.Top1);
        result.Confusion.Cast<int>().Sum().ShouldBe(2000);
        Enumerable.Range(0, 8).Sum(c => result.Confusion[c, c]).ShouldBe((int)Math.Round(result.Top1 * 2000));
        result.Values().Select(v => v.Name).ShouldBe(["top-1", "top-5", "mean class", "train top-1"]);
    }

    [Fact]
    public void Run_ClassOnlyInTheTest_IsNeverRight()
    {
        FeatureTable train = Tables.Of(2, [1, 0, 1, 0.1f, 0, 1, 0.1f, 1], [0, 0, 1, 1]);
        FeatureTable test = Tables.Of(2, [1, 0, 0, 1, -1, -1], [0, 1, 3]);
        LinearProbeResult result = LinearProbe.Run(train, test, new LinearProbeOptions());
        result.Top1.ShouldBe(2 / 3.0);
        result.Confusion.GetLength(0).ShouldBe(4);
    }

    [Theory]
    [InlineData(9)] // two batches of 4 would leave one row without batch statistics
    [InlineData(8)]
    [InlineData(3)]
    public void Run_AnyLastBatch_Trains(int rows) =>
        LinearProbe.Run(Tables.Blobs(rows, 4, 2, 5, 1), Test4, new LinearProbeOptions { BatchSize = 4, Epochs = 2 })
            .Top1.ShouldBeInRange(0, 1);

    private static FeatureTable Test4 => Tables.Blobs(10, 4, 2, 5, 2);

    [Fact]
    public void Run_Twice_LeavesNoTensors()
    {
        var options = new LinearProbeOptions { Epochs = 3, MinimumSteps = 0 };
        LinearProbe.Run(Train, Test, options);
        DisposeScopeManager.Statistics.Reset();
        LinearProbe.Run(Train, Test, options);
        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBeLessThanOrEqualTo(0);
    }

    [Fact]
    public void Options_OutOfRange_SaysWhich() =>
        Should.Throw<BadInputException>(() => new LinearProbeOptions { LearningRate = 0 }.Validated())
            .Message.ShouldContain("learning rate");

    /// <summary>Multinomial logistic regression with weight decay by thousands of full-batch steps.</summary>
    private static double ConvergedRegression(bool normalize, bool standardize, double decay)
    {
        int threads = get_num_threads();
        set_num_threads(1); // matrices this small wait for their threads more than they compute
        try
        {
            return Converge(normalize, standardize, decay);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static double Converge(bool normalize, bool standardize, double decay)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Load(FeatureTable table) => normalize
            ? nn.functional.normalize(tensor(table.Values, [table.Rows, 128]), dim: 1)
            : tensor(table.Values, [table.Rows, 128]);
        Tensor x = Load(Train), test = Load(Test);
        if (standardize)
        {
            Tensor mean = x.mean([0L]), deviation = x.std(0, false) + 1e-5;
            (x, test) = ((x - mean) / deviation, (test - mean) / deviation);
        }

        Tensor y = nn.functional.one_hot(tensor(Train.Labels(), int64), 8).to(float32);
        Tensor w = zeros(129, 8), momentum = zeros(129, 8);
        (x, test) = (cat([x, ones(x.shape[0], 1)], 1), cat([test, ones(test.shape[0], 1)], 1));
        double rate = 1 / (0.5 * linalg.svdvals(x)[0].pow(2).ToSingle() / Train.Rows);
        for (int i = 0; i < 1500; i++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor gradient = (x.t().mm(x.mm(w).softmax(1) - y) / Train.Rows) + (decay * w);
            momentum.mul_(0.9).add_(gradient);
            w.sub_(momentum * rate);
        }

        return test.mm(w).argmax(1).eq(tensor(Test.Labels(), int64)).to(float32).mean().ToSingle();
    }
}
