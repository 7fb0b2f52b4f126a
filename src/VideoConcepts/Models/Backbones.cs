namespace VideoConcepts.Models;

/// <summary>Backbones by the name that <c>--net</c> takes.</summary>
public static class Backbones
{
    private static readonly (string Name, Func<Precision, Backbone> Create)[] Known =
    [
        ("r2plus1d", p => new R2Plus1D(new R2Plus1DOptions(Precision: p))),
        ("r2plus1d-18", p => new R2Plus1D(new R2Plus1DOptions(Blocks: 2, Precision: p))),
        ("r2plus1d-tiny", p => new R2Plus1D(new R2Plus1DOptions(Width: 16, StemStride: 4, Precision: p))),
        ("r3d-18-torchvision", p => new R2Plus1D(new R2Plus1DOptions(Blocks: 2, Precision: p, Factorised: false))),
        ("r3d-10", p => new R3D(10, p)),
        ("r3d-18", p => new R3D(18, p)),
        ("r3d-34", p => new R3D(34, p)),
        ("r3d-50", p => new R3D(50, p)),
    ];

    /// <summary>The names, the published net first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(k => k.Name)];

    /// <summary>
    /// Builds a backbone with undefined weights; <see cref="Initialization"/> or a state_dict fills them.
    /// </summary>
    /// <exception cref="BadInputException">No net has this name.</exception>
    public static Backbone Create(string name, Precision precision = Precision.Full) =>
        Known.FirstOrDefault(k => k.Name == name).Create?.Invoke(precision)
        ?? throw new BadInputException($"‹net› {name}: no such net; choose one of {string.Join(", ", Names)}.");

    /// <summary>
    /// The smallest height and width, in pixels, that leave more than one position for the last stage's batch norm:
    /// twice the product of the strides would be comfortable, this is what still computes.
    /// </summary>
    public static int SmallestInput(string name) => name is "r3d-10" or "r3d-18" or "r3d-34" or "r3d-50" ? 32 : 16;
}
