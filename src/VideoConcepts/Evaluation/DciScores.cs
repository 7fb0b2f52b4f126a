namespace VideoConcepts.Evaluation;

/// <summary>
/// Disentanglement and completeness of codes, from how important each of D codes is for each of F factors. Source:
/// Eastwood, Williams, "A Framework for the Quantitative Evaluation of Disentangled Representations", ICLR 2018, with
/// importances of random forests; Locatello et al., "Challenging Common Assumptions in the Unsupervised Learning of
/// Disentangled Representations", ICML 2019, takes those of boosted trees.
/// </summary>
internal static class DciScores
{
    /// <summary>
    /// Of each code i 1 - H(P_i) / ln F, P_ij = R_ij / Σ_j R_ij: 1 if it matters for one factor alone, 0 if for all
    /// alike, or for none. (D).
    /// </summary>
    /// <param name="importances">R, (F, D), not negative.</param>
    public static double[] OfCodes(double[][] importances) =>
        [.. Enumerable.Range(0, importances[0].Length).Select(code =>
            Concentration([.. importances.Select(factor => factor[code])]))];

    /// <summary>Σ_i ρ_i (that of code i), ρ_i = Σ_j R_ij / Σ R.</summary>
    public static double Disentanglement(double[][] importances)
    {
        double all = importances.Sum(factor => factor.Sum());
        return all > 0
            ? OfCodes(importances).Select((d, code) => d * importances.Sum(factor => factor[code])).Sum() / all : 0;
    }

    /// <summary>Of a factor j 1 - H(Q_j) / ln D, Q_ij = R_ij / Σ_i R_ij: 1 if one code alone matters for it.</summary>
    /// <param name="importances">R of the factor, (D).</param>
    public static double Completeness(double[] importances) => Concentration(importances);

    private static double Concentration(double[] shares)
    {
        double all = shares.Sum();
        if (all <= 0) return 0;
        double entropy = -shares.Where(x => x > 0).Sum(x => x / all * Math.Log(x / all));
        return shares.Length > 1 ? Math.Clamp(1 - (entropy / Math.Log(shares.Length)), 0, 1) : 1;
    }
}
