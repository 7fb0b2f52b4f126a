using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>What a backbone returns for N clips.</summary>
/// <param name="Feat">Global average pool of <paramref name="Maps"/>, (N, D).</param>
/// <param name="Low">After layer2, (N, D/4, t2, h2, w2).</param>
/// <param name="Mid">After layer3, (N, D/2, t3, h3, w3).</param>
/// <param name="Maps">After layer4, (N, D, t, h, w).</param>
public sealed record BackboneOutput(Tensor Feat, Tensor Low, Tensor Mid, Tensor Maps);

/// <summary>
/// A 3-D convolutional network of a stem and four stages. Input (N, 3, T, H, W), normalised; any T, H and W that
/// leave at least one position after the strides.
/// </summary>
public abstract class Backbone(string name) : nn.Module<Tensor, BackboneOutput>(name)
{
    /// <summary>D, the number of features.</summary>
    public abstract int FeatureSize { get; }

    /// <summary>Everything before layer1.</summary>
    protected abstract Tensor Stem(Tensor clips);

    /// <summary>layer1 … layer4.</summary>
    protected abstract IReadOnlyList<nn.Module<Tensor, Tensor>> Stages { get; }

    public override BackboneOutput forward(Tensor clips)
    {
        using var scope = NewDisposeScope();
        Tensor low = Stages[1].call(Stages[0].call(Stem(clips)));
        Tensor mid = Stages[2].call(low);
        Tensor maps = Stages[3].call(mid).to(clips.dtype); // back from bfloat16, if convolutions use it
        Tensor feat = maps.mean([2, 3, 4]);
        return new BackboneOutput(feat.MoveToOuterDisposeScope(), low.MoveToOuterDisposeScope(),
            mid.MoveToOuterDisposeScope(), maps.MoveToOuterDisposeScope());
    }
}
