using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>A part of a backbone that gives relu(path(x) + shortcut(x)).</summary>
internal interface IResidualBlock
{
    /// <summary>What x passes, one after the other.</summary>
    IReadOnlyList<nn.Module<Tensor, Tensor>> Path { get; }

    /// <summary>Null: x as it is.</summary>
    nn.Module<Tensor, Tensor>? Shortcut { get; }
}
