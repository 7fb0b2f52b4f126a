using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>How good the concepts of a model are; two factors of the same videos are two splits.</summary>
public sealed record ConceptEvaluationOptions : ListEvaluationOptions
{
    /// <summary>Also says why concepts are dead or know the wrong factor.</summary>
    public bool Diagnose { get; init; }

    /// <summary>Further runs, such as of other seeds, whose concepts are paired with those of this one: folders of
    /// runs, or checkpoints.</summary>
    public IReadOnlyList<string> OtherRuns { get; init; } = [];
}

/// <summary>What the concepts of one head tell of one factor.</summary>
/// <param name="Head">Which concepts, read from which view.</param>
/// <param name="Factor">The factor's name, such as "appearance"; of a single list "labels".</param>
/// <param name="Figures">Of the concept that scores highest.</param>
/// <param name="Probe">Top-1 of a linear classifier on the scores, in [0, 1].</param>
/// <param name="Chance">One over the number of classes.</param>
/// <param name="Leads">Of the concept that stands out, when scores are standardised by the training list.</param>
/// <param name="Leakage">The same where the other factors are known; null of a single factor.</param>
public sealed record ConceptFactorFigures(ConceptHead Head, string Factor, ConceptFigures Figures, double Probe,
    double Chance, ConceptLeads Leads, ConceptLeakage? Leakage);

/// <summary>What an evaluation of concepts found.</summary>
/// <param name="Figures">For each head each factor.</param>
/// <param name="Videos">Videos that were measured on.</param>
/// <param name="FeatureSize">D, numbers in a feature.</param>
/// <param name="ClipRank">Effective rank of the features of clips, 1 to D.</param>
/// <param name="DifferenceRank">The same of difference views.</param>
/// <param name="Disentanglement">Whether concepts each stand for one factor: of each head, then of the two heads of
/// clips, and of those of stills and differences.</param>
/// <param name="Stability">Of each head, whether the other runs have the same concepts; none without other
/// runs.</param>
/// <param name="Diagnosis">Why, or null if that was not asked.</param>
/// <param name="ResultFile">The file of results, or null.</param>
public sealed record ConceptEvaluationResult(IReadOnlyList<ConceptFactorFigures> Figures, int Videos, int FeatureSize,
    double ClipRank, double DifferenceRank, IReadOnlyList<ConceptDisentanglement> Disentanglement,
    IReadOnlyList<ConceptStability> Stability, ModelDiagnosis? Diagnosis, string? ResultFile);

/// <summary>Usage, dead and duplicate concepts, purity and mutual information; which kind knows which factor.</summary>
public static class ConceptEvaluation
{
    /// <summary>Learns from the training list of each factor and measures on its test list.</summary>
    /// <param name="options">Model and lists.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="BadInputException">An option, a list or the checkpoint is wrong, or the model has no
    /// concepts.</exception>
    public static ConceptEvaluationResult Run(ConceptEvaluationOptions options, WorkContext? work = null,
        CancellationToken stop = default)
    {
        var session = new EvaluationSession(options, work);
        IReadOnlyList<EvaluationSplit> factors =
            session.Splits(options.TrainLists, options.TestLists, options.AllowOverlap, stop);
        using EvaluatedModel model = session.Open();
        ConceptModel concepts = OtherRuns.Concepts(model);
        using var others = new OtherRuns(session, model, options.OtherRuns);
        ResultFiles? results = session.Claim("evaluate concepts",
            [model.Source, .. others.Sources, .. factors.SelectMany(f => f.Sources)], classifies: false,
            [.. model.Inputs, .. others.Inputs, .. factors.SelectMany(f => f.Inputs)],
            ConceptFiles.TableName, ConceptFiles.PictureName);
        return new OfModel(options, session, model, concepts, others, factors, stop).Measure(results);
    }

    private sealed class OfModel(ConceptEvaluationOptions options, EvaluationSession session, EvaluatedModel model,
        ConceptModel concepts, OtherRuns others, IReadOnlyList<EvaluationSplit> factors, CancellationToken stop)
    {
        private readonly ConceptReading _reading = new(concepts, model.Options.Difference);
        private readonly Dictionary<EvaluationSplit, string> _names = Names(factors);

        public ConceptEvaluationResult Measure(ResultFiles? results)
        {
            FeatureExtractor extractor = session.Extractor(session.Clips(model.Options));
            VideoScores train = Scores("train scores", factors[0].Train, _reading.Scores);
            VideoScores test = Scores("test scores", factors[0].Test, options.Diagnose ? Diagnosis : Measured);
            IReadOnlyList<ConceptStability> stability = others.Count == 0 ? []
                : others.Compare(session, _reading, test, factors[0].Test, options.Seed, stop);
            IReadOnlyList<ConceptFactorFigures> figures = session.Work.Track("how sure",
                _reading.Heads.Count * factors.Count * (long)ConceptLeads.Draws, bar => Figures(train, test, bar));
            IReadOnlyList<ConceptDisentanglement> disentanglement = Disentanglement(train, test);
            int from = _reading.Heads.Sum(h => h.Concepts), width = concepts.backbone.FeatureSize;
            double clips = EffectiveRank.Of(test.Columns(from, width), width);
            double differences = EffectiveRank.Of(test.Columns(from + width, width), width);
            ModelDiagnosis? diagnosis = options.Diagnose
                ? ModelDiagnosis.Of(_reading, test, from + (2 * width), [.. factors.Select(f =>
                    (_names[f], (IReadOnlyList<int>)FactorEvaluation.Classes(Columns(test, 0, 1), f.Test)))]) : null;
            JsonObject json = session.Describe(model, factors[0], [.. train.Dropped, .. test.Dropped]);
            ConceptJson.Add(json, figures, disentanglement, stability, [model.Name, .. others.Names]);
            json["effective_rank"] = new JsonObject
            {
                [ConceptReading.Clips] = clips,
                [ConceptReading.Changes] = differences,
            };
            if (diagnosis is not null) json["diagnosis"] = diagnosis.Json();
            results?.Write(json, null, ConceptFiles.Of([.. disentanglement.Where(d => d.Heads.Count > 1)],
                head => figures.First(f => f.Head == head).Leads.Shares));
            return new(figures, test.Videos.Count, width, clips, differences, disentanglement, stability, diagnosis,
                results?.ResultFile);

            VideoScores Scores(string part, VideoList list, Func<Tensor, Tensor> network) => session.Track(part,
                extractor, list, progress => VideoScores.Of(extractor, list.Videos, network, softmaxFirst: false,
                progress, stop), scores => scores.Dropped);
        }

        private List<ConceptFactorFigures> Figures(VideoScores train, VideoScores test, Action<double, string> bar)
        {
            List<ConceptFactorFigures> figures = [];
            foreach (ConceptHead head in _reading.Heads)
            {
                FeatureTable learned = Columns(train, head.First, head.Concepts);
                FeatureTable asked = Columns(test, head.First, head.Concepts);
                int[] leading = Metrics.Predictions(
                    ConceptLeads.Standardised(asked.Values, learned.Values, head.Concepts), head.Concepts);
                (string Name, int[] Labels)[] all =
                    [.. factors.Select(f => (_names[f], FactorEvaluation.Classes(asked, f.Test)))];
                for (int f = 0; f < all.Length; f++)
                {
                    long done = (long)ConceptLeads.Draws * figures.Count;
                    int[] learnedLabels = FactorEvaluation.Classes(learned, factors[f].Train), labels = all[f].Labels;
                    double probe = LinearProbe.Run(learned, learnedLabels, asked, labels,
                        new LinearProbeOptions { Normalize = false, BatchNorm = true }).Top1;
                    RandomStream random = RandomStream.For(options.Seed, head.First);
                    ConceptLeads leads = ConceptLeads.Of(leading, head.Concepts, labels, ref random,
                        new InlineProgress<long>(n => bar(done + n, "")), stop);
                    ConceptLeakage? leakage = all.Length == 1 ? null
                        : ConceptLeakage.Of(leading, labels, [.. all[..f], .. all[(f + 1)..]], ref random, stop);
                    figures.Add(new(head, all[f].Name, ConceptQuality.Measure(asked.Values, head.Concepts, labels),
                        probe, 1.0 / (learnedLabels.Max() + 1), leads, leakage));
                }
            }
            return figures;
        }

        // Of each head, then of the two heads that together know both kinds.
        private List<ConceptDisentanglement> Disentanglement(VideoScores train, VideoScores test)
        {
            ConceptFactor[] all = [.. factors.Select(f => new ConceptFactor(_names[f],
                FactorEvaluation.Classes(Columns(train, 0, 1), f.Train),
                FactorEvaluation.Classes(Columns(test, 0, 1), f.Test)))];
            IReadOnlyList<ConceptHead> heads = _reading.Heads;
            (string Name, ConceptHead[] Heads)[] sets =
                [.. heads.Select(head => ($"{head.Kind} {head.Views}", (ConceptHead[])[head])),
                    ("clips", [heads[0], heads[1]]), ("stills and differences", [heads[2], heads[3]])];
            long trees = (long)DisentanglementMeasure.TreesOfAFactor * all.Length;
            return session.Work.Track("disentanglement", trees * sets.Length, bar =>
            {
                List<ConceptDisentanglement> found = [];
                foreach ((string name, ConceptHead[] of) in sets)
                {
                    long done = trees * found.Count;
                    var measure = new DisentanglementMeasure(ConceptCodes.Of(train, of), ConceptCodes.Of(test, of), all,
                        options.Seed, grown => bar(done += grown, name), stop);
                    found.Add(measure.Of(name, of));
                }
                return found;
            });
        }

        private Tensor Measured(Tensor clips)
        {
            (Tensor scores, Tensor features) = _reading.ScoresAndFeatures(clips);
            return cat([scores, features.flatten(1)], 1);
        }

        private Tensor Diagnosis(Tensor clips)
        {
            (Tensor scores, Tensor features, Tensor vectors, Tensor deviations) = _reading.Diagnosis(clips);
            return cat([scores, features.flatten(1), vectors.flatten(1), deviations.flatten(1)], 1);
        }
    }

    private static Dictionary<EvaluationSplit, string> Names(IReadOnlyList<EvaluationSplit> factors) =>
        factors.Zip(ListNames.Factors([.. factors.Select(f => f.Name)])).ToDictionary();

    /// <summary>The scores of one kind of concept.</summary>
    private static FeatureTable Columns(VideoScores scores, int from, int count) =>
        new(scores.Columns(from, count), count, scores.Videos, scores.Dropped);
}
