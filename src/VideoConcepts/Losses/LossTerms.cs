using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>One term of an objective, a scalar tensor that enters the total with a weight.</summary>
/// <param name="Name">As the log has it.</param>
/// <param name="Value">A scalar; what is of the whole batch, on every process.</param>
/// <param name="Weight">In the total.</param>
public readonly record struct LossTerm(string Name, Tensor Value, double Weight = 1)
{
    /// <summary>A scalar that is logged beside the terms and learned nothing from.</summary>
    public static LossTerm Watched(string name, Tensor value) => new(name, value.detach(), 0);
}

/// <summary>The named terms of one step, in the order in which they are added up.</summary>
public sealed record LossTerms(IReadOnlyList<LossTerm> Terms)
{
    /// <summary>Σ weight · value, a scalar with gradient.</summary>
    public Tensor Total()
    {
        using var scope = NewDisposeScope();
        return Terms.Select(t => t.Weight == 1 ? t.Value : t.Value * t.Weight)
            .Aggregate((a, b) => a + b).MoveToOuterDisposeScope();
    }
}
