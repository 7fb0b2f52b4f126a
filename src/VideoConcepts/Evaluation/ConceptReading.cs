using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>Some columns of what <see cref="ConceptReading"/> gives of a clip.</summary>
/// <param name="Kind"><c>static</c> or <c>dynamic</c>.</param>
/// <param name="Views">What is looked at: <c>clips</c>, <c>stills</c> or <c>differences</c>.</param>
/// <param name="First">Index of the first column.</param>
/// <param name="Concepts">K columns.</param>
public sealed record ConceptHead(string Kind, string Views, int First, int Concepts);

/// <summary>
/// Concepts of clips, read from each view that a model knows them from: the head of clips knows both kinds, the head of
/// static views the static ones, that of difference views the dynamic ones.
/// </summary>
internal sealed class ConceptReading
{
    /// <summary>Names of the kinds and of the views.</summary>
    public const string Static = "static", Dynamic = "dynamic", Clips = "clips", Stills = "stills",
        Changes = "differences";

    private readonly ConceptModel _model;
    private readonly string _difference;

    /// <param name="model">In evaluation mode.</param>
    /// <param name="difference">What its difference views show, one of <see cref="Models.Differences.Names"/>.</param>
    public ConceptReading(ConceptModel model, string difference)
    {
        (_model, _difference) = (model, difference);
        int k = model.Options.Concepts;
        Heads = [new(Static, Clips, 0, k), new(Dynamic, Clips, k, k), new(Static, Stills, 2 * k, k),
            new(Dynamic, Changes, 3 * k, k)];
    }

    /// <summary>Where in <see cref="Scores"/> each head's concepts are.</summary>
    public IReadOnlyList<ConceptHead> Heads { get; }

    /// <summary>Clips (N, 3, T, H, W), normalised → scores (N, 4K).</summary>
    public Tensor Scores(Tensor clips)
    {
        using var scope = NewDisposeScope();
        (BackboneOutput v, BackboneOutput s, BackboneOutput d) = Views(clips);
        return OfViews(v, s, d).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The same, and the features that they are made of, (N, 2, D): of clips and of difference views.
    /// </summary>
    public (Tensor Scores, Tensor Features) ScoresAndFeatures(Tensor clips)
    {
        using var scope = NewDisposeScope();
        (BackboneOutput v, BackboneOutput s, BackboneOutput d) = Views(clips);
        return (OfViews(v, s, d).MoveToOuterDisposeScope(), Features(v, d).MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The same, and the features of clips, of stills and of difference views, (N, D) each.
    /// </summary>
    public (Tensor Scores, Tensor Clips, Tensor Stills, Tensor Differences) ScoresAndViews(Tensor clips)
    {
        using var scope = NewDisposeScope();
        (BackboneOutput v, BackboneOutput s, BackboneOutput d) = Views(clips);
        return (OfViews(v, s, d).MoveToOuterDisposeScope(), v.Feat.MoveToOuterDisposeScope(),
            s.Feat.MoveToOuterDisposeScope(), d.Feat.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The same, and what tells why they are as they are: the unit vectors that I_vs and I_vd compare, and the
    /// deviation of each view at the input and after layers 2, 3 and 4. (N, 4K) scores, (N, 4, P) vectors of clips and
    /// stills, of clips and differences, (N, 3, 4) deviations of clips, stills and differences.
    /// </summary>
    public (Tensor Scores, Tensor Features, Tensor Vectors, Tensor Deviations) Diagnosis(Tensor clips)
    {
        using var scope = NewDisposeScope();
        (BackboneOutput v, BackboneOutput s, BackboneOutput d) = Views(clips);
        Tensor vectors = stack([Unit(_model.fvs, v), Unit(_model.fsv, s), Unit(_model.fvd, v), Unit(_model.fdv, d)], 1);
        Tensor deviations = stack([.. new[] { (clips, v), (Still(clips), s), (Changed(clips), d) }.Select(view =>
            stack([.. new[] { view.Item1, view.Item2.Low, view.Item2.Mid, view.Item2.Maps }
                .Select(x => x.to(float32).flatten(1).std(1))], 1))], 1);
        return (OfViews(v, s, d).MoveToOuterDisposeScope(), Features(v, d).MoveToOuterDisposeScope(),
            vectors.MoveToOuterDisposeScope(), deviations.MoveToOuterDisposeScope());
    }

    private static Tensor Features(BackboneOutput v, BackboneOutput d) => stack([v.Feat, d.Feat], 1).to(float32);

    private static Tensor Unit(nn.Module<Tensor, Tensor> head, BackboneOutput x) =>
        UnitVectors.Of(head.call(x.Feat));

    private Tensor OfViews(BackboneOutput v, BackboneOutput s, BackboneOutput d)
    {
        int k = _model.Options.Concepts;
        return cat([_model.ClipScores(v.Feat), _model.StillScores(s.Feat).narrow(1, 0, k),
            _model.DifferenceScores(d.Feat).narrow(1, k, k)], 1);
    }

    private (BackboneOutput V, BackboneOutput S, BackboneOutput D) Views(Tensor clips) =>
        (_model.backbone.call(clips), _model.backbone.call(Still(clips)), _model.OfDifferences(Changed(clips)));

    private static Tensor Still(Tensor clips) => ClipChanges.Frozen(clips);

    private Tensor Changed(Tensor clips) => Models.Differences.OfClips(clips, _difference);
}
