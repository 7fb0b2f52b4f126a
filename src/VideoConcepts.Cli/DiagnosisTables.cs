using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Evaluation;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>What <c>evaluate concepts --diagnose</c> prints.</summary>
internal static class DiagnosisTables
{
    // Below these shares a finding is printed; they are rules of thumb.
    private const double Empty = 0.1, Behind = 0.3, Biased = 0.2;

    private static readonly string[] Layers = ["input", "layer2", "layer3", "layer4"];

    private static readonly string[] Views = [ConceptReading.Clips, ConceptReading.Stills, ConceptReading.Changes];

    /// <summary>Two tables and what they say.</summary>
    /// <param name="reading">Where the columns of each head are.</param>
    /// <param name="test">Scores, features, vectors and deviations side by side.</param>
    /// <param name="first">The column of the first vector.</param>
    /// <param name="factors">Name and classes of each factor.</param>
    public static JsonObject Print(ConceptReading reading, VideoScores test, int first,
        IReadOnlyList<(string Name, IReadOnlyList<int> Labels)> factors)
    {
        int deviations = Views.Length * Layers.Length;
        int length = (test.Classes - first - deviations) / 4;
        float[] Vectors(int i) => test.Columns(first + (i * length), length);
        float[] spread = test.Columns(test.Classes - deviations, deviations);
        double[] means = [.. Enumerable.Range(0, deviations).Select(c =>
            Enumerable.Range(0, test.Videos.Count).Average(row => (double)spread[(row * deviations) + c]))];
        (double look, double motion) = (ConceptDiagnosis.Follows(Vectors(0), Vectors(1), length),
            ConceptDiagnosis.Follows(Vectors(2), Vectors(3), length));
        HeadDiagnosis[] heads = [.. reading.Heads.Select(h => ConceptDiagnosis.Of(test.Columns(h.First, h.Concepts),
            h.Concepts, [.. factors.Select(f => f.Labels)]))];
        PrintViews(means);
        PrintHeads(reading, heads, factors);
        double empty = means[0] > 0 ? means[2 * Layers.Length] / means[0] : 1; // of grey clips nothing can be said
        string chance = Percent(1.0 / test.Videos.Count);
        Screen.Print($"a clip's own static view is the nearest of all for {Percent(look)} of the videos, its own "
            + $"difference view for {Percent(motion)} (chance {chance})");
        foreach (string finding in Findings(empty, look, motion, reading, heads)) Screen.Print($"=> {finding}");
        return Json(means, look, motion, reading, heads, factors);
    }

    private static IEnumerable<string> Findings(double empty, double look, double motion, ConceptReading reading,
        HeadDiagnosis[] heads)
    {
        if (empty < Empty)
            yield return $"difference views are nearly empty beside clips ({Number(empty)} of their deviation): give "
                + "train --rate_min, a higher --rate, or --difference compressed";
        if (motion < Behind * look)
            yield return "clips do not follow the difference views: read motion from these (--view), and see train "
                + "--own_targets";
        foreach ((ConceptHead head, HeadDiagnosis found) in reading.Heads.Zip(heads))
            if (found.Dead - found.CentredDead > Biased * head.Concepts)
                yield return $"what all clips have in common hides {found.Dead - found.CentredDead} {head.Kind} "
                    + $"concepts read from {head.Views}";
    }

    private static void PrintViews(double[] means)
    {
        var table = new TextTable(["deviation of"], Layers);
        for (int v = 0; v < Views.Length; v++)
            table.AddRow([Views[v], .. Layers.Select((_, i) => Number(means[(v * Layers.Length) + i]))]);
        Screen.Print(table);
    }

    private static void PrintHeads(ConceptReading reading, HeadDiagnosis[] heads,
        IReadOnlyList<(string Name, IReadOnlyList<int> Labels)> factors)
    {
        var use = new TextTable(["concepts", "read from"], ["dead", "dead, less mean", "targets", "predicted"]);
        var information = new TextTable(["concepts", "read from", "factor"], ["AMI", "AMI, less mean"]);
        foreach ((ConceptHead head, HeadDiagnosis found) in reading.Heads.Zip(heads))
        {
            use.AddRow(head.Kind, head.Views, Whole(found.Dead), Whole(found.CentredDead), Number(found.Targets),
                Number(found.Predictions));
            for (int i = 0; i < factors.Count; i++)
                information.AddRow(head.Kind, head.Views, factors[i].Name, Number(found.Information[i]),
                    Number(found.CentredInformation[i]));
        }
        Screen.Print(use);
        Screen.Print(information);
        Screen.Print("less mean: each concept's mean over the list is taken out first; targets, predicted: entropy of "
            + "the assignment and of the prediction, 1 if all concepts alike");
    }

    private static JsonObject Json(double[] means, double look, double motion, ConceptReading reading,
        HeadDiagnosis[] heads, IReadOnlyList<(string Name, IReadOnlyList<int> Labels)> factors)
    {
        JsonObject json = new() { ["follows_stills"] = look, ["follows_differences"] = motion };
        for (int v = 0; v < Views.Length; v++)
            json[$"deviation_{Views[v]}"] = new JsonObject(Layers.Select((layer, i) =>
                KeyValuePair.Create(layer, (JsonNode?)means[(v * Layers.Length) + i])));
        foreach ((ConceptHead head, HeadDiagnosis found) in reading.Heads.Zip(heads))
            json[$"{head.Kind}_{head.Views}"] = new JsonObject
            {
                ["dead"] = found.Dead,
                ["dead_centred"] = found.CentredDead,
                ["target_entropy"] = found.Targets,
                ["prediction_entropy"] = found.Predictions,
                ["adjusted_mutual_information"] = PerFactor(found.Information),
                ["adjusted_mutual_information_centred"] = PerFactor(found.CentredInformation),
            };
        return json;

        JsonObject PerFactor(IReadOnlyList<double> values) =>
            new(factors.Select((f, i) => KeyValuePair.Create(f.Name, (JsonNode?)values[i])));
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => FigureText.Number(value, 2);

    private static string Percent(double share) => FigureText.Percent(share);
}
