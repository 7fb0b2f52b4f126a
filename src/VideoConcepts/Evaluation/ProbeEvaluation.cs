using System.Text.Json.Nodes;

namespace VideoConcepts.Evaluation;

/// <summary>The classifier of a probe on features.</summary>
public enum ProbeClassifier
{
    /// <summary>A linear layer trained by SGD, as CoCLR does.</summary>
    Sgd,

    /// <summary>Logistic regression: classes weigh the same, the penalty is chosen inside the training list.</summary>
    Logistic,

    /// <summary>The class of the most similar training video.</summary>
    Nearest,
}

/// <summary>A probe on features of the frozen backbone.</summary>
public sealed record ProbeOptions : FeatureEvaluationOptions
{
    /// <summary>What tells the classes apart.</summary>
    public ProbeClassifier Classifier { get; init; }
}

/// <summary>A classifier on features that are computed once: how much of the labels they hold.</summary>
public static class ProbeEvaluation
{
    /// <summary>Learns from the training list of each split and tests on its test list.</summary>
    /// <param name="options">Model, lists and classifier.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <returns>top-1, top-5, mean class and train top-1 of chance, random weights and the model.</returns>
    /// <exception cref="BadInputException">An option, a list or the checkpoint is wrong.</exception>
    public static EvaluationResult Run(ProbeOptions options, WorkContext? work = null, CancellationToken stop = default)
    {
        FeatureViews.Checked(options.View);
        var session = new EvaluationSession(options, work);
        IReadOnlyList<EvaluationSplit> splits =
            session.Splits(options.TrainLists, options.TestLists, options.AllowOverlap, stop);
        using EvaluatedModel model = session.Open();
        SplitResults? results = session.Claim("evaluate probe", model, splits, classifies: true);
        return session.ForEachSplit(splits, results,
            split => new OfSplit(options, session, model, splits, split, stop).Measure());
    }

    /// <summary>One split.</summary>
    private sealed class OfSplit(ProbeOptions options, EvaluationSession session, EvaluatedModel model,
        IReadOnlyList<EvaluationSplit> splits, EvaluationSplit split, CancellationToken stop)
    {
        private readonly FeatureProbe _probe = new(options.Classifier, options.Seed, session, splits, split, stop);

        public Measurement Measure()
        {
            var table = new FigureTable(_probe.Name);
            int classes = ListRules.Classes(split.Train, split.Test);
            table.Add(FigureTable.Chance,
                [.. Chance.Classification(classes), ("train top-1", Chance.TopK(classes, 1))]);
            if (options.CompareRandom && model.File is not null && FeatureViews.NeedsNetwork(options.View))
            {
                using EvaluatedModel untrained = session.Random(model.Options);
                table.Add(FigureTable.RandomWeights, Classify(untrained).Result.Values());
            }
            (LinearProbeResult result, FeatureTable train, FeatureTable test) = Classify(model);
            table.Add(model.File is null ? FigureTable.RandomWeights : FigureTable.Model, result.Values());
            JsonObject json = session.Describe(model, split, [.. train.Dropped, .. test.Dropped]);
            json["view"] = options.View;
            json["probe"] = _probe.Settings();
            return new(table, json, ClassificationResult.Of(new VideoScores(result.Probabilities,
                result.Confusion.GetLength(0), test.Videos, test.Dropped)));
        }

        private (LinearProbeResult Result, FeatureTable Train, FeatureTable Test) Classify(EvaluatedModel of)
        {
            string? kept = EvaluationSession.Kept(options);
            FeatureTable train = session.Features(of, split.Train, options.View, "train features", kept, stop);
            FeatureTable test = session.Features(of, split.Test, options.View, "test features", kept, stop);
            return (_probe.Run(of.Name, train, test), train, test);
        }
    }
}
