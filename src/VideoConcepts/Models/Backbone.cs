using TorchSharp;
using TorchSharp.Modules;
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

    /// <summary>Where it computes.</summary>
    public Device Device => parameters().First().device;

    /// <summary>The type of its weights, and of the clips that it takes.</summary>
    public ScalarType Type => parameters().First().dtype;

    /// <summary>
    /// Motion excitation and pooling of the map after layer2 (N, C, t, h, w) → (N, C, steps, 1, 1); only of the
    /// multi-level method.
    /// </summary>
    public Sequential? melow { get; private set; }

    /// <summary>The same after layer3.</summary>
    public Sequential? memid { get; private set; }

    /// <summary>Adds them under these names to the state_dict.</summary>
    /// <param name="low">Channels after layer2.</param>
    /// <param name="lowSteps">Steps in time that remain of it.</param>
    /// <param name="mid">Channels after layer3.</param>
    /// <param name="midSteps">Steps in time that remain of it.</param>
    internal void AddMotionExcitation(int low, int lowSteps, int mid, int midSteps)
    {
        melow = nn.Sequential(("0", new MotionExcitation(low)), ("1", nn.AdaptiveAvgPool3d([lowSteps, 1, 1])));
        memid = nn.Sequential(("0", new MotionExcitation(mid)), ("1", nn.AdaptiveAvgPool3d([midSteps, 1, 1])));
        register_module(nameof(melow), melow);
        register_module(nameof(memid), memid);
    }

    /// <summary>
    /// In training, the stem and each block, or its parts, keep their input alone and compute the rest again in the
    /// backward pass.
    /// </summary>
    public bool Recompute
    {
        get;
        set
        {
            field = value;
            foreach (IRecomputes block in modules().OfType<IRecomputes>()) block.Recompute = value;
        }
    }

    /// <summary>What is before layer1, one after the other.</summary>
    protected internal abstract IReadOnlyList<nn.Module<Tensor, Tensor>> Stem { get; }

    /// <summary>layer1 … layer4.</summary>
    protected internal abstract IReadOnlyList<Sequential> Stages { get; }

    /// <summary>Clips (N, 3, T, H, W), normalised → features and maps.</summary>
    public override BackboneOutput forward(Tensor clips)
    {
        using var scope = NewDisposeScope();
        return FromLayer1(Layer1(clips), clips.dtype);
    }

    /// <summary>
    /// Clips, and stills, which are clips of one frame repeated: what <see cref="forward"/> gives of all of them, clips
    /// first, up to rounding, where each distinct frame is computed once up to layer1.
    /// </summary>
    /// <param name="clips">(N, 3, T, H, W), for which <see cref="ComputesStillsOnce"/>.</param>
    /// <param name="stills">(M, 3, H, W).</param>
    /// <returns>Of N + M clips.</returns>
    internal BackboneOutput Forward(Tensor clips, Tensor stills)
    {
        using var scope = NewDisposeScope();
        Tensor layer1;
        using (var packed = new PackedClips(clips.shape[0], clips.shape[2], stills.shape[0], TimeConvolutions))
            layer1 = packed.Unpack(Layer1(packed.Pack(clips, stills)));
        return FromLayer1(layer1, clips.dtype);
    }

    /// <summary>
    /// Whether it can, on this device and in this precision, and saves much of clips of so many frames.
    /// </summary>
    internal bool ComputesStillsOnce(long frames) => TimeConvolutions > 0 && PackedClips.Saves(frames, TimeConvolutions)
        && Device.type == DeviceType.CPU && (training || !is_grad_enabled());

    /// <summary>
    /// How many convolutions over time, each of three frames, a clip passes up to layer1; 0: frames cannot be packed.
    /// </summary>
    protected virtual int TimeConvolutions => 0;

    private Tensor Layer1(Tensor clips) => Stage(0, Part(
        x => Stem.Aggregate(x, (y, module) => module.call(y)), Stem.SelectMany(module => module.parameters()), clips));

    private BackboneOutput FromLayer1(Tensor layer1, ScalarType type)
    {
        Tensor low = Stage(1, layer1), mid = Stage(2, low);
        Tensor maps = Stage(3, mid).to(type); // back from bfloat16, if convolutions use it
        Tensor feat = maps.mean([2, 3, 4]);
        return new BackboneOutput(feat.MoveToOuterDisposeScope(), low.MoveToOuterDisposeScope(),
            mid.MoveToOuterDisposeScope(), maps.MoveToOuterDisposeScope());
    }

    private Tensor Stage(int number, Tensor x)
    {
        if (!Recompute) return Stages[number].call(x);
        foreach (nn.Module<Tensor, Tensor> block in Stages[number].children().Cast<nn.Module<Tensor, Tensor>>())
            x = block is IRecomputes ? block.call(x) : Part(block.call, block.parameters(), x);
        return x;
    }

    private Tensor Part(Func<Tensor, Tensor> part, IEnumerable<Parameter> parameters, Tensor x) =>
        Recomputed.Run(Recompute && training, part, parameters, x);
}
