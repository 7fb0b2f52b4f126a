namespace VideoConcepts.Evaluation;

/// <summary>How far the concepts of one head, or of two, each stand for one factor.</summary>
/// <param name="Name">Such as "static clips"; of the two heads "clips", or "stills and differences".</param>
/// <param name="Heads">The heads whose concepts are the codes.</param>
/// <param name="Bins">Bins of equally many videos that mutual information counts in.</param>
/// <param name="Factors">What is said of each factor.</param>
/// <param name="Disentanglement">DCI disentanglement; null of a single factor, which every code then stands for.
/// </param>
/// <param name="Concepts">What is said of each concept, in the order of the heads.</param>
public sealed record ConceptDisentanglement(string Name, IReadOnlyList<ConceptHead> Heads, int Bins,
    IReadOnlyList<FactorDisentanglement> Factors, ConceptEstimate? Disentanglement,
    IReadOnlyList<ConceptRole> Concepts);

/// <summary>How well a set of concepts sets one factor apart.</summary>
/// <param name="Factor">Its name.</param>
/// <param name="Gap">MIG, the mutual information gap.</param>
/// <param name="Predictability">SAP, separated attribute predictability.</param>
/// <param name="Completeness">DCI completeness.</param>
/// <param name="Informativeness">DCI informativeness: test accuracy of the forest, in [0, 1].</param>
/// <param name="Depth">Depth of its trees.</param>
public sealed record FactorDisentanglement(string Factor, ConceptEstimate Gap, ConceptEstimate Predictability,
    ConceptEstimate Completeness, ConceptEstimate Informativeness, int Depth);

/// <summary>What one concept stands for.</summary>
/// <param name="Head">Its head.</param>
/// <param name="Index">Its number there, from 0.</param>
/// <param name="Information">Its mutual information with each factor over the factor's entropy, in [0, 1].</param>
/// <param name="Importance">Its importance for each factor; all concepts together have 1.</param>
/// <param name="Disentanglement">1 if it matters for one factor alone; null of a single factor.</param>
public sealed record ConceptRole(ConceptHead Head, int Index, IReadOnlyList<double> Information,
    IReadOnlyList<double> Importance, double? Disentanglement);
