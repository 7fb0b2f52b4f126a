using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace VideoConcepts.Models;

/// <summary>A block that decides itself which of its parts are computed again.</summary>
internal interface IRecomputes
{
    bool Recompute { set; }
}

/// <summary>
/// A part of a network that keeps its input alone and computes the rest again when gradients are asked for: less
/// memory, more time, the same numbers. Batch norms remember the first pass only.
/// </summary>
internal sealed class Recomputed : SingleTensorFunction<Recomputed>
{
    private const string Part = "part", Parameters = "parameters", Shared = "shared",
        Packed = "packed", Input = "input", Wanted = "wanted";

    public override string Name => nameof(Recomputed);

    /// <param name="again">Whether it is to be computed again; else, and where no gradient is wanted, once as
    /// always.</param>
    /// <param name="part">Deterministic.</param>
    /// <param name="parameters">All that <paramref name="part"/> learns.</param>
    /// <param name="x">Its input.</param>
    public static Tensor Run(bool again, Func<Tensor, Tensor> part, IEnumerable<Parameter> parameters, Tensor x)
    {
        if (!again || !is_grad_enabled()) return part(x);
        Parameter[] learned = [.. parameters.Where(p => p.requires_grad)];
        return KeptForBackward.IsWanted([x, .. learned]) ? apply([x, part, learned, .. learned]) : part(x);
    }

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var (x, part) = ((Tensor)vars[0], (Func<Tensor, Tensor>)vars[1]);
        ctx.save_data(Input, new KeptForBackward(x));
        ctx.save_data(Wanted, x.requires_grad);
        ctx.save_data(Part, part);
        ctx.save_data(Parameters, vars[2]);
        ctx.save_data(Shared, (object?)BatchNorm.SharedStatistics.Current ?? "");
        ctx.save_data(Packed, (object?)PackedClips.Current ?? "");
        using var noGrad = no_grad();
        return Once(part, x.detach());
    }

    // Nothing in between is held any longer than the gradients need it.
    private static Tensor Once(Func<Tensor, Tensor> part, Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return part(x).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        var part = (Func<Tensor, Tensor>)ctx.get_data(Part);
        var parameters = (Parameter[])ctx.get_data(Parameters);
        bool ofInput = (bool)ctx.get_data(Wanted);
        using Tensor x = ((KeptForBackward)ctx.get_data(Input)).Take().requires_grad_(ofInput);
        Tensor[] wanted = ofInput ? [x, .. parameters] : [.. parameters];
        IList<Tensor> gradients;
        using (enable_grad())
        using (new BatchNorm.Again(
            ctx.get_data(Shared) as BatchNorm.SharedStatistics, ctx.get_data(Packed) as PackedClips))
            gradients = grad([Once(part, x)], wanted, [grad_output]);
        foreach (Tensor gradient in gradients) gradient.MoveToOuterDisposeScope();
        IEnumerable<Tensor> learned = gradients.TakeLast(parameters.Length);
        return [ofInput ? gradients[0] : null!, null!, null!, .. learned];
    }
}
