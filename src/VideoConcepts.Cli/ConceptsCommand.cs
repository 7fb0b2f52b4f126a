using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Cli;

/// <summary>evaluate concepts: usage, dead and duplicate concepts, purity and mutual information; with two factors, which kind knows which.</summary>
internal static class ConceptsCommand
{
    public static Command Create()
    {
        var command = new Command("concepts", "How good the static and dynamic concepts are; with lists of two factors (appearance, motion), which kind of concept knows which factor.");
        var inputs = new EvaluationInputs(command, spread: true);
        var train = new Option<string>("--train_csv", "--train-csv") { Description = "labelled list to learn from; two factors of the same videos: appearance.csv,motion.csv", Required = true, HelpName = "file" };
        var test = new Option<string>("--test_csv", "--test-csv") { Description = "labelled list to measure on, of as many factors", Required = true, HelpName = "file" };
        Option<string?> output = EvaluationInputs.Output("folder for result.json");
        Option<bool> overlap = EvaluationInputs.AllowOverlap();
        var diagnose = new Option<bool>("--diagnose")
        {
            Description = "also say why concepts are dead or know the wrong factor: whether difference views are "
                + "empty, clips follow them, or what all clips share decides",
        };
        foreach (Option option in (Option[])[train, test, overlap, diagnose, output]) command.Options.Add(option);
        inputs.SetAction(command, (parsed, stop) =>
        {
            IReadOnlyList<Split> factors = inputs.Splits(parsed, parsed.GetRequiredValue(train),
                parsed.GetRequiredValue(test), parsed.GetValue(overlap), stop);
            using EvaluatedModel model = inputs.Open(parsed);
            ResultFiles? results = inputs.Claim(parsed, output, "evaluate concepts",
                [model.Source, .. factors.SelectMany(f => f.Sources)], classifies: false,
                [.. model.Inputs, .. factors.SelectMany(f => f.Inputs)]);
            Run(parsed, inputs, factors, model, results, parsed.GetValue(diagnose), stop);
        });
        return command;
    }

    private static void Run(ParseResult parsed, EvaluationInputs inputs, IReadOnlyList<Split> factors,
        EvaluatedModel model, ResultFiles? results, bool diagnose, CancellationToken stop)
    {
        if (model.Model is not ConceptModel concepts) throw new BadInputException($"{model.Name}: a model without concepts; give a run of train --method concepts.");
        FeatureExtractor extractor = inputs.Extractor(parsed, inputs.Clips(parsed, model.Options));
        var reading = new ConceptReading(concepts, model.Options.Difference);
        VideoScores Scores(string title, VideoList list, Func<Tensor, Tensor> network) => EvaluationInputs.Track(title,
            extractor, list, progress => VideoScores.Of(extractor, list.Videos, network, softmaxFirst: false, progress,
            stop), scores => scores.Dropped);
        VideoScores train = Scores("train scores", factors[0].Train, reading.Scores);
        VideoScores test = Scores("test scores", factors[0].Test, diagnose ? Diagnosis : Measured);
        JsonObject json = inputs.Describe(parsed, model, factors[0], [.. train.Dropped, .. test.Dropped]);
        Dictionary<Split, string> names = Names(factors);
        Quality(reading, factors, names, train, test, json);
        Screen.Print(Screen.Track("how sure", reading.Heads.Count * factors.Count * (long)ConceptLeads.Draws, bar =>
            Leads(reading, factors, names, train, test, inputs.Seed(parsed), json,
                new InlineProgress<long>(n => bar(n, "")), stop)));
        Screen.Print("standardised: each concept's scores less their mean over the training list, in deviations: the "
            + "concept that stands out leads;");
        Screen.Print("low, high: 95 % interval of AMI, by drawing videos anew; shuffled: what AMI stays below for 95 % "
            + "of labels dealt out at random");
        int from = reading.Heads.Sum(h => h.Concepts), width = concepts.backbone.FeatureSize;
        json["effective_rank"] = SayRank(test, from, width);
        if (diagnose)
            json["diagnosis"] = DiagnosisTables.Print(reading, test, from + (2 * width), [.. factors.Select(f =>
                (names[f], (IReadOnlyList<int>)FactorEvaluation.Classes(Columns(test, 0, 1), f.Test)))]);
        if (results is null) return;
        results.Write(json);
        Screen.Print(Path.Combine(results.Folder, ResultFiles.ResultName));

        Tensor Measured(Tensor clips)
        {
            (Tensor scores, Tensor features) = reading.ScoresAndFeatures(clips);
            return cat([scores, features.flatten(1)], 1);
        }

        Tensor Diagnosis(Tensor clips)
        {
            (Tensor scores, Tensor features, Tensor vectors, Tensor deviations) = reading.Diagnosis(clips);
            return cat([scores, features.flatten(1), vectors.flatten(1), deviations.flatten(1)], 1);
        }
    }

    private static JsonObject SayRank(VideoScores test, int from, int width)
    {
        double clips = EffectiveRank.Of(test.Columns(from, width), width);
        double differences = EffectiveRank.Of(test.Columns(from + width, width), width);
        Screen.Print(string.Create(CultureInfo.InvariantCulture, $"features of {test.Videos.Count} videos, "
            + $"{width} numbers: effective rank {clips:F1} of clips, {differences:F1} of difference views"));
        return new JsonObject { [ConceptReading.Clips] = clips, [ConceptReading.Changes] = differences };
    }

    /// <summary>A row for each head and factor.</summary>
    private static void Quality(ConceptReading reading, IReadOnlyList<Split> factors, Dictionary<Split, string> names,
        VideoScores train, VideoScores test, JsonObject json)
    {
        OrderedDictionary<string, double> chances = [];
        var quality = new TextTable(["concepts", "read from", "factor"],
            ["spread", "dead", "twins", "purity", "NMI", "AMI", "probe"]);
        foreach (ConceptHead head in reading.Heads)
        {
            JsonObject ofHead = [];
            foreach (Split factor in factors)
            {
                string name = names[factor];
                FeatureTable a = Columns(train, head.First, head.Concepts);
                FeatureTable b = Columns(test, head.First, head.Concepts);
                int[] aLabels = FactorEvaluation.Classes(a, factor.Train), bLabels = FactorEvaluation.Classes(b, factor.Test);
                ConceptFigures figures = ConceptQuality.Measure(b.Values, head.Concepts, bLabels);
                double probe = LinearProbe.Run(a, aLabels, b, bLabels,
                    new LinearProbeOptions { Normalize = false, BatchNorm = true }).Top1;
                double chance = chances[name] = 1.0 / (aLabels.Max() + 1);
                quality.AddRow(head.Kind, head.Views, name, Number(figures.Spread),
                    figures.Dead.ToString(CultureInfo.InvariantCulture),
                    figures.Duplicates.ToString(CultureInfo.InvariantCulture), Number(figures.Purity!.Value),
                    Number(figures.MutualInformation!.Value), Number(figures.AdjustedInformation!.Value),
                    Percent(probe));
                ofHead[name] = new JsonObject
                {
                    ["spread"] = figures.Spread,
                    ["dead"] = figures.Dead,
                    ["duplicates"] = figures.Duplicates,
                    ["purity"] = figures.Purity,
                    ["normalized_mutual_information"] = figures.MutualInformation,
                    ["adjusted_mutual_information"] = figures.AdjustedInformation,
                    ["probe"] = probe,
                    ["chance"] = chance,
                };
            }
            // the figures of clips stand where they have always stood
            json[head.Views == ConceptReading.Clips ? head.Kind : $"{head.Kind}_{head.Views}"] = ofHead;
        }
        Screen.Print(quality);
        Screen.Print(
            "read from: the head of clips knows both kinds, static views (stills) and difference views have heads of "
            + "their own;");
        Screen.Print(
            "spread: entropy of how often each concept leads, 1 if all alike; dead: lead for no video; twins: score "
            + "like an earlier one;");
        Screen.Print(
            "purity, NMI: the leading concept against the labels; AMI: NMI less what chance gives; probe: linear "
            + "classifier on the scores, chance "
            + $"{string.Join(", ", chances.Select(c => $"{c.Key} {Percent(c.Value)}"))}");
    }

    /// <summary>The same by the concept that stands out, and how sure it is.</summary>
    private static TextTable Leads(ConceptReading reading, IReadOnlyList<Split> factors,
        Dictionary<Split, string> names, VideoScores train, VideoScores test, long seed, JsonObject json,
        IProgress<long> progress, CancellationToken stop)
    {
        long done = 0;
        var table = new TextTable(["standardised", "read from", "factor"],
            ["spread", "dead", "purity", "AMI", "low", "high", "shuffled"]);
        foreach (ConceptHead head in reading.Heads)
        {
            FeatureTable a = Columns(train, head.First, head.Concepts), b = Columns(test, head.First, head.Concepts);
            int[] leading = Metrics.Predictions(ConceptLeads.Standardised(b.Values, a.Values, head.Concepts),
                head.Concepts);
            JsonObject ofHead = [];
            foreach (Split factor in factors)
            {
                RandomStream random = RandomStream.For(seed, head.First);
                ConceptLeads found = ConceptLeads.Of(leading, head.Concepts, FactorEvaluation.Classes(b, factor.Test),
                    ref random, new InlineProgress<long>(n => progress.Report(done + n)), stop);
                done += ConceptLeads.Draws;
                table.AddRow(head.Kind, head.Views, names[factor], Number(found.Spread),
                    found.Dead.ToString(CultureInfo.InvariantCulture), Number(found.Purity), Number(found.Information),
                    Number(found.Low), Number(found.High), Number(found.Shuffled));
                ofHead[names[factor]] = JsonSerializer.SerializeToNode(found, RecipeFile.Json);
            }
            json[$"{head.Kind}_{head.Views}_standardised"] = ofHead;
        }
        return table;
    }

    /// <summary>
    /// What a factor is called: its list's name up to the first underline or dash, the whole where two begin alike.
    /// </summary>
    private static Dictionary<Split, string> Names(IReadOnlyList<Split> factors)
    {
        if (factors.Count == 1) return new() { [factors[0]] = "labels" };
        string[] beginnings = [.. factors.Select(f => f.Name.Split('_', '-')[0])];
        bool differ = beginnings.All(b => b.Length > 0)
            && beginnings.Distinct(StringComparer.Ordinal).Count() == factors.Count;
        return factors.Select((factor, i) => (factor, differ ? beginnings[i] : factor.Name)).ToDictionary();
    }

    /// <summary>The scores of one kind of concept.</summary>
    private static FeatureTable Columns(VideoScores scores, int from, int count) =>
        new(scores.Columns(from, count), count, scores.Videos, scores.Dropped);

    private static string Number(double value) => FigureText.Number(value, 2);

    private static string Percent(double share) => FigureText.Percent(share);
}
