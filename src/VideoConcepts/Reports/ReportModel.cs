using VideoConcepts.Evaluation;

namespace VideoConcepts.Reports;

/// <summary>Everything that a report shows. Texts are plain; <see cref="Report"/> escapes them.</summary>
internal sealed record ReportModel
{
    public required string Title { get; init; }

    /// <summary>A sentence or two on what was trained on what; empty leaves it out.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Command, options, machine, time, seed, versions … in the order to show them.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    /// <summary>The sum that training minimises.</summary>
    public LossCurve? TotalLoss { get; init; }

    /// <summary>Its terms.</summary>
    public IReadOnlyList<LossCurve> LossTerms { get; init; } = [];

    /// <summary>Grouped by factor in the order of their first appearance.</summary>
    public IReadOnlyList<ReportResult> Results { get; init; } = [];

    /// <summary>What was learned, told without labels; null leaves it out.</summary>
    public ReportVerdict? Verdict { get; init; }

    public IReadOnlyList<ReportQuery> Queries { get; init; } = [];

    public IReadOnlyList<ReportConcept> Concepts { get; init; } = [];

    /// <summary>Whether the weights were trained; else the figures are those of random weights.</summary>
    public bool IsTrained { get; init; } = true;

    /// <summary>Null leaves the section out.</summary>
    public ReportTimeCues? TimeCues { get; init; }
}

/// <summary>A sentence on what was learned, and the figures behind it.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Good">Whether there is nothing to warn of.</param>
/// <param name="Details">A line each.</param>
internal sealed record ReportVerdict(string Text, bool Good, IReadOnlyList<string> Details);

/// <summary>A line such as ("seed", "0").</summary>
internal sealed record ReportFact(string Name, string Value);

/// <summary>A loss over training steps.</summary>
/// <param name="Name">Its name in the metrics file.</param>
/// <param name="Points">Points that are not finite are not drawn.</param>
/// <param name="Description">What it asks of the network, in a few words; empty leaves it out.</param>
internal sealed record LossCurve(string Name, IReadOnlyList<CurvePoint> Points, string Description = "");

/// <summary>A value at a step.</summary>
internal readonly record struct CurvePoint(double Step, double Value);

/// <summary>One measure of one factor, as shares in [0, 1].</summary>
/// <param name="Factor">What is to be told apart: class, shape, motion …</param>
/// <param name="Measure">linear probe, R@1 …</param>
/// <param name="Chance">What guessing gives; null where it is not known.</param>
/// <param name="RandomInitialisation">The same network before training; null where it was not measured.</param>
/// <param name="Trained">The network after training.</param>
internal sealed record ReportResult(
    string Factor, string Measure, double? Chance, double? RandomInitialisation, double Trained);

/// <summary>What a video is, in one factor, such as ("motion", "circle").</summary>
/// <param name="Factor">What is told apart.</param>
/// <param name="Class">What the class is called.</param>
/// <param name="Label">Its number; it makes two classes of one name different.</param>
internal readonly record struct FactorClass(string Factor, string Class, int Label = 0);

/// <summary>A video and its nearest neighbours, nearest first.</summary>
internal sealed record ReportQuery(
    FilmStrip Strip, string Name, IReadOnlyList<FactorClass> Classes, IReadOnlyList<ReportNeighbour> Neighbours);

/// <summary>A neighbour; it is right in a factor where it has the query's class.</summary>
/// <param name="Strip">Its frames.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Classes">Its class in every factor of the query.</param>
/// <param name="Cosine">Its similarity to the query, in [-1, 1].</param>
internal sealed record ReportNeighbour(
    FilmStrip Strip, string Name, IReadOnlyList<FactorClass> Classes, double Cosine);

/// <summary>A concept and the clips that activate it most.</summary>
internal sealed record ReportConcept(
    ConceptKind Kind, int Index, double Usage, double Selectivity, IReadOnlyList<ReportClip> Clips);

/// <summary>A clip with a short caption, such as its class; the caption may be empty.</summary>
internal sealed record ReportClip(FilmStrip Strip, string Caption, double Score);

/// <summary>How well forward is told from backward, and where.</summary>
/// <param name="Accuracy">Share of right answers on clips and reversed clips of videos that were not trained
/// on.</param>
/// <param name="Clips">Their number, reversed ones not counted.</param>
/// <param name="Inside">Mean share of the map's mass in the objects' boxes, share of the area, number of clips; null
/// without boxes.</param>
/// <param name="Shown">Sample clips.</param>
internal sealed record ReportTimeCues(
    double Accuracy,
    int Clips,
    (double Mass, double Area, int Clips)? Inside,
    IReadOnlyList<ReportCue> Shown);

/// <summary>A clip without and with its map; the caption may be empty.</summary>
internal sealed record ReportCue(FilmStrip Plain, FilmStrip Map, string Caption);
