namespace VideoConcepts.Evaluation;

/// <summary>
/// What the leading concepts of videos tell of a factor where the other factors are known, so that a concept which
/// knows the camera is not taken for one of the state that cameras differ in.
/// <para>I(concept; factor | others) in nats, less E, its mean over 200 ways to deal the concepts out anew among videos
/// of the same other factors, which takes out what few videos have in common by chance (permutations within strata).
/// Source of the information: Cover, Thomas, "Elements of Information Theory", 2.5.</para>
/// </summary>
/// <param name="Given">The other factors.</param>
/// <param name="Information">I - E, in nats.</param>
/// <param name="Left">H(factor | others) - E, in nats: what there is to tell beyond chance.</param>
/// <param name="Share">(I - E) / (H - E), at most 1; the interval is the basic bootstrap of 200 draws of videos, the
/// control are the 200 dealings, whose mean is 0. All 0 where nothing is left to tell.</param>
public sealed record ConceptLeakage(IReadOnlyList<string> Given, double Information, double Left,
    ConceptEstimate Share)
{
    private const int Draws = 200;

    /// <param name="leading">The leading concept of each video.</param>
    /// <param name="factor">The class of each.</param>
    /// <param name="others">Names and classes of the other factors, at least one.</param>
    /// <param name="random">Draws videos, and deals concepts out.</param>
    /// <param name="stop">Stops between two draws.</param>
    internal static ConceptLeakage Of(int[] leading, int[] factor, IReadOnlyList<(string Name, int[] Labels)> others,
        ref RandomStream random, CancellationToken stop)
    {
        int[] given = others.Select(o => o.Labels).Aggregate(PlugInInformation.Pairs);
        int[] rows = PlugInInformation.Rows(leading);
        int[][] strata = [.. rows.GroupBy(row => given[row]).Select(group => group.ToArray())];
        var information = new PlugInInformation(rows.Length);
        double[] again = new double[Draws], dealt = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            stop.ThrowIfCancellationRequested();
            int[] taken = new int[rows.Length];
            for (int i = 0; i < rows.Length; i++) taken[i] = random.NextInt(0, rows.Length - 1);
            again[draw] = information.Information(leading, factor, given, taken);
            dealt[draw] = information.Information(Dealt(leading, strata, ref random), factor, given, rows);
        }
        double chance = dealt.Average(), found = information.Information(leading, factor, given, rows);
        double left = information.Entropy(factor, given, rows) - chance;
        double Share(double value) => left > 1e-9 ? (value - chance) / left : 0;
        return new([.. others.Select(o => o.Name)], found - chance, left, ConceptEstimate.Basic(Share(found),
            [.. again.Select(Share)], [.. dealt.Select(Share)]));
    }

    private static int[] Dealt(int[] leading, int[][] strata, ref RandomStream random)
    {
        var dealt = new int[leading.Length];
        foreach (int[] stratum in strata)
        {
            int[] order = random.NextPermutation(stratum.Length);
            for (int i = 0; i < order.Length; i++) dealt[stratum[i]] = leading[stratum[order[i]]];
        }
        return dealt;
    }
}
