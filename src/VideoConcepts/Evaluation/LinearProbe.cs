using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>
/// How a linear classifier is trained on stored features. The defaults are CoCLR's 'probe on stored features', on
/// features that are L2-normalised.
/// </summary>
public sealed record LinearProbeOptions
{
    /// <summary>Of SGD.</summary>
    public double LearningRate { get; init; } = 1.0;

    /// <summary>Of SGD, 0 to below 1.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Added to the gradient of every parameter.</summary>
    public double WeightDecay { get; init; } = 1e-3;

    /// <summary>Rows per step, 2 or more.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Passes over the rows.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>
    /// Ours: a list so small that <see cref="Epochs"/> give fewer SGD steps gets more epochs, with the decay in
    /// proportion; 100 epochs of a single batch do not converge. 0 keeps the epochs as they are.
    /// </summary>
    public int MinimumSteps { get; init; } = 400;

    /// <summary>Epochs from which the learning rate is a tenth of what it was.</summary>
    public IReadOnlyList<int> Decay { get; init; } = [60, 80];

    /// <summary>L2-normalise every feature first.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>A trained BatchNorm1d before the linear layer.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>Of the initial weights and the order of the rows.</summary>
    public long Seed { get; init; }

    /// <exception cref="BadInputException">A number is out of range; the message names it.</exception>
    public LinearProbeOptions Validated()
    {
        if (!(LearningRate > 0))
            throw new BadInputException($"The probe's learning rate is {LearningRate}: give a number above 0.");
        if (!(Momentum is >= 0 and < 1))
            throw new BadInputException($"The probe's momentum is {Momentum}: give a number from 0 to below 1.");
        if (!(WeightDecay >= 0))
            throw new BadInputException($"The probe's weight decay is {WeightDecay}: give 0 or more.");
        if (BatchSize < 2) throw new BadInputException($"The probe's batch size is {BatchSize}: give 2 or more.");
        if (Epochs < 1) throw new BadInputException($"The probe's number of epochs is {Epochs}: give 1 or more.");
        return this;
    }
}

/// <summary>What a probe found on the test set.</summary>
/// <param name="Top1">Share of rows, in [0, 1].</param>
/// <param name="Top5">Share of rows whose class is among the five best.</param>
/// <param name="MeanClassAccuracy">Mean over the classes that occur.</param>
/// <param name="Confusion">Counts; row = true class, column = predicted class.</param>
/// <param name="Probabilities">Row-major (N, C).</param>
/// <param name="TrainTop1">Top-1 on the training rows, to tell a poor feature from a poor fit.</param>
public sealed record LinearProbeResult(
    double Top1, double Top5, double MeanClassAccuracy, int[,] Confusion, float[] Probabilities, double TrainTop1)
{
    /// <summary>The figures by name; without top-5 where there are no more than five classes.</summary>
    public IEnumerable<(string Name, double Value)> Values() =>
        [.. ClassificationResult.Named(Confusion.GetLength(0), Top1, Top5, MeanClassAccuracy),
            ("train top-1", TrainTop1)];
}

/// <summary>
/// Linear classification of frozen features: one feature per video, [L2] → [BatchNorm] → Linear with weights
/// N(0, 0.01) and bias 0, SGD, cross-entropy. The result is a function of the tables, the options and the seed.
/// </summary>
public static class LinearProbe
{
    // N rows, D features, C classes.

    // Below this N·D·C a step takes less than its threads need to meet, many times less on a busy machine.
    private const long SmallProblem = 1 << 24;

    /// <summary>Trains on one table and tests on another; both need labels.</summary>
    /// <exception cref="ArithmeticException">The loss is no longer finite.</exception>
    public static LinearProbeResult Run(FeatureTable train, FeatureTable test, LinearProbeOptions options)
    {
        if (train.Dimension != test.Dimension)
            throw new ArgumentException(
                $"{train.Dimension} features in training, {test.Dimension} in test.", nameof(test));
        return Run(train, train.Labels(), test, test.Labels(), options);
    }

    /// <summary>As above, with classes that are not the list's own, such as one of two factors.</summary>
    public static LinearProbeResult Run(
        FeatureTable train, int[] trainLabels, FeatureTable test, int[] testLabels, LinearProbeOptions options)
    {
        options.Validated();
        if (train.Rows < 2)
            throw new BadInputException($"A probe needs at least 2 training videos; there are {train.Rows}.");
        int classes = Math.Max(trainLabels.Max(), testLabels.DefaultIfEmpty(0).Max()) + 1;
        // Their scores are tables too.
        foreach (FeatureTable table in (FeatureTable[])[train, test]) FeatureTable.Length(table.Videos, classes);
        using LinearClassifier classifier = Train(train, trainLabels, classes, options);
        using DisposeScope scope = NewDisposeScope();
        using var noGradient = no_grad();
        // Ranks come from the logits: probabilities of a confident classifier are often equal, namely 0.
        Tensor logits = classifier.Logits(test);
        float[] scores = logits.data<float>().ToArray();
        float[] trainScores = classifier.Logits(train).data<float>().ToArray();
        int[,] confusion = Metrics.Confusion(testLabels, Metrics.Predictions(scores, classes), classes);
        return new LinearProbeResult(
            Metrics.TopK(scores, classes, testLabels, 1),
            Metrics.TopK(scores, classes, testLabels, 5),
            Metrics.MeanClassAccuracy(confusion),
            confusion,
            logits.softmax(1).data<float>().ToArray(),
            Metrics.TopK(trainScores, classes, trainLabels, 1));
    }

    /// <summary>Trains a classifier on features of labelled videos; the caller disposes it.</summary>
    /// <param name="train">Features, one row per video, of a labelled list.</param>
    /// <param name="options">How; null: CoCLR's numbers, on standardised features.</param>
    /// <exception cref="BadInputException">The list has no labels or fewer than two videos, or an option is out of
    /// range.</exception>
    /// <exception cref="ArithmeticException">The loss is no longer finite.</exception>
    public static LinearClassifier Train(FeatureTable train, LinearProbeOptions? options = null)
    {
        options = (options ?? new LinearProbeOptions { BatchNorm = true }).Validated();
        int[] labels = train.Labels();
        if (train.Rows < 2)
            throw new BadInputException($"A probe needs at least 2 training videos; there are {train.Rows}.");
        return Train(train, labels, labels.Max() + 1, options);
    }

    private static LinearClassifier Train(FeatureTable train, int[] labels, int classes, LinearProbeOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = LinearClassifier.Matrix(train, options.Normalize), y = tensor(labels, int64);
        var random = RandomStream.For(options.Seed);
        var weights = new float[classes * train.Dimension];
        for (int i = 0; i < weights.Length; i++) weights[i] = (float)(0.01 * random.NextNormal());
        Linear linear = nn.Linear(train.Dimension, classes);
        BatchNorm1d? norm = options.BatchNorm ? nn.BatchNorm1d(train.Dimension) : null;
        using (no_grad())
        {
            linear.weight!.copy_(tensor(weights, [classes, train.Dimension]));
            linear.bias!.zero_();
        }
        var classifier = new LinearClassifier(linear, norm, options.Normalize, classes);
        bool small = train.Rows * (long)train.Dimension * classes < SmallProblem;
        int threads = get_num_threads();
        try
        {
            if (small) set_num_threads(1);
            Train(linear, norm, x, y, options, ref random);
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
        finally
        {
            set_num_threads(threads);
        }
        return classifier;
    }

    private static void Train(
        Linear linear, BatchNorm1d? norm, Tensor x, Tensor y, LinearProbeOptions options, ref RandomStream random)
    {
        int rows = (int)x.shape[0];
        // A last batch of one row has no batch statistics; it joins the batch before it.
        int steps = Math.Max(1, (rows + options.BatchSize - 2) / options.BatchSize);
        int epochs = Math.Max(options.Epochs, (options.MinimumSteps + steps - 1) / steps);
        IEnumerable<Parameter> parameters = [.. linear.parameters(), .. norm?.parameters() ?? []];
        using var optimizer = optim.SGD(
            parameters, options.LearningRate, momentum: options.Momentum, weight_decay: options.WeightDecay);
        norm?.train();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            using CollectionPause pause = CollectionPause.Begin();
            double reached = epoch * (double)options.Epochs / epochs;
            optimizer.ParamGroups.Single().LearningRate =
                options.LearningRate * Math.Pow(0.1, options.Decay.Count(from => reached >= from));
            int[] order = random.NextPermutation(rows);
            for (int step = 0; step < steps; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                int start = step * options.BatchSize, end = step == steps - 1 ? rows : start + options.BatchSize;
                Tensor index = tensor(order.AsSpan(start, end - start).ToArray(), int64);
                Tensor loss = nn.functional.cross_entropy(LinearClassifier.Logits(linear, norm, x[index]),
                    y[index]);
                if (!float.IsFinite(loss.ToSingle()))
                    throw new ArithmeticException(
                        $"The probe's loss is not finite in epoch {epoch}; lower its learning rate.");
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }

        norm?.eval();
    }
}
