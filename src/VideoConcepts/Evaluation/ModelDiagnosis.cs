using System.Text.Json.Nodes;

namespace VideoConcepts.Evaluation;

/// <summary>Why concepts are dead or know the wrong factor, from a trained model alone.</summary>
public sealed class ModelDiagnosis
{
    // Below these shares a finding is told; they are rules of thumb.
    private const double Empty = 0.1, Behind = 0.3, Biased = 0.2;

    private static readonly string[] s_views =
        [ConceptReading.Clips, ConceptReading.Stills, ConceptReading.Changes];

    private ModelDiagnosis(double[,] deviations, double look, double motion,
        IReadOnlyList<(ConceptHead, HeadDiagnosis)> heads, IReadOnlyList<string> factors)
    {
        Deviations = deviations;
        FollowsStills = look;
        FollowsDifferences = motion;
        Heads = heads;
        Factors = factors;
    }

    /// <summary>Where <see cref="Deviations"/> are taken: the input and the outputs of three layers.</summary>
    public static IReadOnlyList<string> Layers { get; } = ["input", "layer2", "layer3", "layer4"];

    /// <summary>What is looked at: clips, stills and differences.</summary>
    public static IReadOnlyList<string> Views => s_views;

    /// <summary>Mean deviation of each view (row) at each layer (column).</summary>
    public double[,] Deviations { get; }

    /// <summary>Share of videos whose own static view is the nearest of all; in [0, 1].</summary>
    public double FollowsStills { get; }

    /// <summary>The same of difference views.</summary>
    public double FollowsDifferences { get; }

    /// <summary>How the concepts of each head are used.</summary>
    public IReadOnlyList<(ConceptHead Head, HeadDiagnosis Found)> Heads { get; }

    /// <summary>Names of the factors, in the order of <see cref="HeadDiagnosis.Information"/>.</summary>
    public IReadOnlyList<string> Factors { get; }

    /// <summary>Deviation of difference views beside that of clips, at the input; 1 where clips have none.</summary>
    private double Fullness => Deviations[0, 0] > 0 ? Deviations[2, 0] / Deviations[0, 0] : 1;

    /// <param name="reading">Where the columns of each head are.</param>
    /// <param name="test">Scores, features, vectors and deviations side by side.</param>
    /// <param name="first">The column of the first vector.</param>
    /// <param name="factors">Name and classes of each factor.</param>
    internal static ModelDiagnosis Of(ConceptReading reading, VideoScores test, int first,
        IReadOnlyList<(string Name, IReadOnlyList<int> Labels)> factors)
    {
        int columns = s_views.Length * Layers.Count;
        int length = (test.Classes - first - columns) / 4;
        float[] Vectors(int i) => test.Columns(first + (i * length), length);
        float[] spread = test.Columns(test.Classes - columns, columns);
        var deviations = new double[s_views.Length, Layers.Count];
        for (int c = 0; c < columns; c++)
            deviations[c / Layers.Count, c % Layers.Count] = Enumerable.Range(0, test.Videos.Count)
                .Average(row => (double)spread[(row * columns) + c]);
        return new ModelDiagnosis(deviations, ConceptDiagnosis.Follows(Vectors(0), Vectors(1), length),
            ConceptDiagnosis.Follows(Vectors(2), Vectors(3), length),
            [.. reading.Heads.Select(head => (head, ConceptDiagnosis.Of(test.Columns(head.First, head.Concepts),
                head.Concepts, [.. factors.Select(f => f.Labels)])))],
            [.. factors.Select(f => f.Name)]);
    }

    /// <summary>What it comes to, in words; none where nothing is wrong.</summary>
    public IEnumerable<string> Findings() => KeyedFindings().Select(OptionKeys.AsProperties);

    /// <summary>The same with the keys of options, for the command line.</summary>
    internal IEnumerable<string> KeyedFindings()
    {
        if (Fullness < Empty)
            yield return $"difference views are nearly empty beside clips ({FigureText.Number(Fullness, 2)} of their "
                + "deviation): give train ‹rate_min›, a higher ‹rate›, or ‹difference› compressed";
        if (FollowsDifferences < Behind * FollowsStills)
            yield return "clips do not follow the difference views: read motion from these (‹view›), and see train "
                + "‹own_targets›";
        foreach ((ConceptHead head, HeadDiagnosis found) in Heads)
            if (found.Dead - found.CentredDead > Biased * head.Concepts)
                yield return $"what all clips have in common hides {found.Dead - found.CentredDead} {head.Kind} "
                    + $"concepts read from {head.Views}";
    }

    internal JsonObject Json()
    {
        JsonObject json = new() { ["follows_stills"] = FollowsStills, ["follows_differences"] = FollowsDifferences };
        for (int v = 0; v < s_views.Length; v++)
            json[$"deviation_{s_views[v]}"] = new JsonObject(Layers.Select((layer, i) =>
                KeyValuePair.Create(layer, (JsonNode?)Deviations[v, i])));
        foreach ((ConceptHead head, HeadDiagnosis found) in Heads)
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
            new(Factors.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)values[i])));
    }
}
