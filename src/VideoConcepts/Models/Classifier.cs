using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>The head of a classifier.</summary>
/// <param name="Classes">C.</param>
/// <param name="Frozen">The backbone is not trained, and stays in evaluation mode.</param>
/// <param name="Normalize">L2-normalise the feature first.</param>
/// <param name="BatchNorm">A trained BatchNorm before the linear layer.</param>
/// <param name="Dropout">Probability before the linear layer.</param>
public sealed record ClassifierOptions(int Classes, bool Frozen, bool Normalize, bool BatchNorm, double Dropout)
{
    /// <summary>How it is tested unless told otherwise: windows of a video, spread evenly; null: all.</summary>
    public int? TestWindows { get; init; }

    /// <summary>Likewise: windows are averaged before the softmax, not after.</summary>
    public bool TestMeanOfLogits { get; init; }

    /// <summary>What decides the training alone.</summary>
    internal ClassifierOptions OfTraining => this with { TestWindows = null, TestMeanOfLogits = false };
}

/// <summary>
/// Backbone → [L2] → [BatchNorm1d] → [dropout] → Linear: clips (N, 3, T, H, W) → logits (N, C).
/// Source: docs/evaluation.md.
/// </summary>
public sealed class Classifier : nn.Module<Tensor, Tensor>, IVideoModel
{
    /// <summary>The network below the classifier.</summary>
    public readonly Backbone backbone;
    internal readonly BatchNorm? final_bn;
    /// <summary>The linear layer, D → C.</summary>
    public readonly Linear final_fc;
    private readonly ClassifierOptions _options;

    /// <summary>Builds it with an undefined linear layer.</summary>
    public Classifier(Backbone backbone, ClassifierOptions options) : base(nameof(Classifier))
    {
        (this.backbone, _options) = (backbone, options);
        final_bn = options.BatchNorm ? new BatchNorm(backbone.FeatureSize) : null;
        final_fc = nn.Linear(backbone.FeatureSize, options.Classes, device: ShapesOnly.Device);
        RegisterComponents();
        if (options.Frozen)
            foreach (Parameter p in backbone.parameters()) p.requires_grad = false;
    }

    /// <summary>
    /// Decides what dropout drops in the next forward pass in training mode; a function of the step, so that a run can
    /// go on.
    /// </summary>
    public ulong DropoutSeed { get; set; }

    Backbone IVideoModel.Backbone => backbone;

    nn.Module IVideoModel.Module => this;

    int IVideoModel.QueueFilled { get => 0; set { } }

    /// <summary>Clips (N, 3, T, H, W), normalised → logits (N, C).</summary>
    public override Tensor forward(Tensor clips)
    {
        using var scope = NewDisposeScope();
        Tensor feat = Features(clips);
        if (_options.Normalize) feat = UnitVectors.Of(feat);
        if (final_bn is not null) feat = final_bn.call(feat);
        if (training && _options.Dropout > 0) feat = Drop(feat);
        return final_fc.call(feat).MoveToOuterDisposeScope();
    }

    private Tensor Drop(Tensor feat)
    {
        using var generator = new Generator(DropoutSeed, CPU);
        Tensor kept = rand(feat.shape, generator: generator).ge(_options.Dropout).to(feat.dtype).to(feat.device);
        return feat * (kept / (1 - _options.Dropout));
    }

    private Tensor Features(Tensor clips)
    {
        if (!_options.Frozen) return backbone.call(clips).Feat;
        using var noGrad = no_grad();
        return backbone.call(clips).Feat;
    }
}
