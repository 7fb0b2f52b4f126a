using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>How many concepts are in use: each clip counts for the concept that it scores highest.</summary>
internal static class ConceptUsage
{
    private const string Used = "used_", Spread = "spread_";

    /// <summary>Whether a name is one of these figures'.</summary>
    public static bool IsName(string name) =>
        name.StartsWith(Used, StringComparison.Ordinal) || name.StartsWith(Spread, StringComparison.Ordinal);

    /// <summary>
    /// used: share of the concepts that lead for at least one clip; spread: entropy of how often they lead, over its
    /// largest value ln K (1: all lead equally often, 0: one leads always).
    /// </summary>
    /// <param name="scores">(…, K).</param>
    /// <param name="kind">Ends the names.</param>
    public static IEnumerable<KeyValuePair<string, double>> Of(Tensor scores, string kind)
    {
        int concepts = (int)scores.shape[^1];
        var leads = new long[concepts];
        foreach (long c in scores.argmax(-1).flatten().cpu().data<long>()) leads[c]++;
        double clips = leads.Sum();
        double entropy = -leads.Where(n => n > 0).Sum(n => n / clips * Math.Log(n / clips));
        yield return new(Used + kind, leads.Count(n => n > 0) / (double)concepts);
        yield return new(Spread + kind, concepts > 1 ? entropy / Math.Log(concepts) : 1);
    }
}
