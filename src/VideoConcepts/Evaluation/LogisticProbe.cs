using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Multinomial logistic regression on standardised features, for lists so small that the probe of
/// <see cref="LinearProbe"/> learns them by heart: all classes weigh the same, and the L2 penalty is chosen inside the
/// training list. What it minimises is scikit-learn's <c>LogisticRegression(class_weight="balanced")</c>: the sum of
/// w·CE over the videos, w = N / (C · videos of the class), and half the penalty (its 1/C) times the squared weights.
/// </summary>
public static class LogisticProbe
{
    /// <summary>The penalties to choose from, the strongest first.</summary>
    public static readonly IReadOnlyList<double> Penalties = [1e5, 1e4, 1e3, 100, 10];

    private const int MostSteps = 2000;
    private const double SmallGradient = 1e-8;

    /// <summary>Trains on one table and tests on another; both need labels.</summary>
    /// <param name="train">N rows.</param>
    /// <param name="test">As many features.</param>
    /// <param name="folds">The fold of each training row; the penalty is the one with the best mean class accuracy over
    /// all rows, each predicted without its fold; of equals the strongest. See <see cref="Folds"/>.</param>
    /// <param name="penalties">To choose from, the strongest first; null: <see cref="Penalties"/>.</param>
    /// <param name="progress">Told the number of fits done, of <see cref="Fits"/>.</param>
    /// <param name="stop">Stops between two fits.</param>
    /// <returns>The result, and the penalty.</returns>
    public static (LinearProbeResult Result, double Penalty) Run(FeatureTable train, FeatureTable test,
        IReadOnlyList<int> folds, IReadOnlyList<double>? penalties = null, IProgress<long>? progress = null,
        CancellationToken stop = default)
    {
        penalties ??= Penalties;
        if (train.Dimension != test.Dimension)
            throw new ArgumentException(
                $"{train.Dimension} features in training, {test.Dimension} in test.", nameof(test));
        if (folds.Distinct().Count() < 2)
            throw new BadInputException($"A probe needs at least 2 training videos; there are {train.Rows}.");
        int[] trainLabels = train.Labels(), testLabels = test.Labels();
        int classes = Math.Max(trainLabels.Max(), testLabels.DefaultIfEmpty(0).Max()) + 1;
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor x = Matrix(train), y = tensor(trainLabels, int64);
        long done = 0;
        double penalty = Choose();
        Fit fit = Fitted(x, y, classes, penalty, null);
        progress?.Report(++done);
        float[] scores = fit.Logits(Matrix(test)).to(float32).data<float>().ToArray();
        int[,] confusion = Metrics.Confusion(testLabels, Metrics.Predictions(scores, classes), classes);
        return (new LinearProbeResult(Metrics.TopK(scores, classes, testLabels, 1),
            Metrics.TopK(scores, classes, testLabels, 5), Metrics.MeanClassAccuracy(confusion), confusion,
            tensor(scores, [test.Rows, classes]).softmax(1).data<float>().ToArray(),
            Metrics.TopK(fit.Logits(x).to(float32).data<float>().ToArray(), classes, trainLabels, 1)), penalty);

        double Choose()
        {
            var predicted = penalties.Select(_ => new int[train.Rows]).ToArray();
            foreach (int fold in folds.Distinct())
            {
                using DisposeScope inner = NewDisposeScope();
                long[] left = [.. Rows(f => f != fold)], held = [.. Rows(f => f == fold)];
                Tensor learned = x[tensor(left)], labels = y[tensor(left)], asked = x[tensor(held)];
                Fit? before = null;
                for (int p = 0; p < penalties.Count; p++)
                {
                    stop.ThrowIfCancellationRequested();
                    before = Fitted(learned, labels, classes, penalties[p], before);
                    long[] answers = before.Logits(asked).argmax(1).data<long>().ToArray();
                    for (int i = 0; i < held.Length; i++) predicted[p][held[i]] = (int)answers[i];
                    progress?.Report(++done);
                }
            }
            double[] accuracies = [.. predicted.Select(answers =>
                Metrics.MeanClassAccuracy(Metrics.Confusion(trainLabels, answers, classes)))];
            return penalties[Array.IndexOf(accuracies, accuracies.Max())];
        }

        IEnumerable<long> Rows(Func<int, bool> isWanted) =>
            Enumerable.Range(0, train.Rows).Where(row => isWanted(folds[row])).Select(row => (long)row);
    }

    /// <summary>How many times <see cref="Run"/> fits, the final value of its progress.</summary>
    public static long Fits(IReadOnlyList<int> folds) => (folds.Distinct().Count() * (long)Penalties.Count) + 1;

    private static Tensor Matrix(FeatureTable table) =>
        RowTensor.Of(table.Values, [table.Rows, table.Dimension]).to(float64);

    /// <summary>
    /// Nesterov's accelerated gradient steps, begun anew where they lead uphill, until the gradient is small.
    /// </summary>
    /// <param name="x">(N, D), float64.</param>
    /// <param name="y">(N), classes.</param>
    /// <param name="classes">C.</param>
    /// <param name="penalty">Of the squared weights; the bias has none.</param>
    /// <param name="from">Where to begin: a fit of the same rows; null: zero.</param>
    private static Fit Fitted(Tensor x, Tensor y, int classes, double penalty, Fit? from)
    {
        using DisposeScope scope = NewDisposeScope();
        long n = x.shape[0];
        Tensor mean = from?.Mean ?? x.mean([0]);
        Tensor deviation = from?.Deviation ?? (x - mean).square().mean([0]).sqrt().clamp_min(1e-12);
        Tensor z = cat([(x - mean) / deviation, ones([n, 1], dtype: float64)], 1);
        Tensor one = nn.functional.one_hot(y, classes).to(float64), counts = one.sum([0]);
        Tensor share = one.matmul(1 / counts.clamp_min(1)) / (counts > 0).sum(); // w / N of each row
        Tensor shrink = cat([full([x.shape[1], 1], penalty / n, dtype: float64), zeros([1, 1], dtype: float64)]);
        double step = 1 / ((0.5 * LargestEigenvalue(z * share.sqrt().unsqueeze(1))) + (penalty / n));
        Tensor w = from?.Weights.alias() ?? zeros([z.shape[1], classes], dtype: float64), ahead = w.alias();
        double momentum = 1;
        for (int i = 0; i < MostSteps; i++)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor gradient = z.t().matmul((z.matmul(ahead).softmax(1) - one) * share.unsqueeze(1)) + (shrink * ahead);
            if (gradient.abs().max().ToDouble() < SmallGradient) break;
            Tensor next = ahead - (step * gradient);
            bool uphill = (gradient * (next - w)).sum().ToDouble() > 0;
            double faster = uphill ? 1 : (1 + Math.Sqrt(1 + (4 * momentum * momentum))) / 2;
            Tensor further = uphill ? next.alias() : next + ((momentum - 1) / faster * (next - w));
            (Tensor before, Tensor beforeAhead) = (w, ahead);
            (w, ahead, momentum) = (next.MoveToOuterDisposeScope(), further.MoveToOuterDisposeScope(), faster);
            before.Dispose();
            beforeAhead.Dispose();
        }
        return new Fit(mean.MoveToOuterDisposeScope(), deviation.MoveToOuterDisposeScope(),
            w.MoveToOuterDisposeScope());
    }

    // Of z' z, a little above it.
    private static double LargestEigenvalue(Tensor z) => 1.001 * linalg.matrix_norm(z, 2).square().ToDouble();

    private sealed record Fit(Tensor Mean, Tensor Deviation, Tensor Weights)
    {
        public Tensor Logits(Tensor x)
        {
            long d = x.shape[1];
            return ((x - Mean) / Deviation).matmul(Weights.narrow(0, 0, d)) + Weights[d];
        }
    }
}
