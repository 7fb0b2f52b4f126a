namespace VideoConcepts.Search;

/// <summary>
/// How a model of another program takes moments and which of its outputs describe them: what the user says, or, in a
/// library's header, what is taken. Null: not said; the model's file tells, or the default is taken.
/// </summary>
public sealed record ModelInput
{
    /// <summary>T, frames of a moment.</summary>
    public int? Frames { get; init; }

    /// <summary>Height and width in pixels.</summary>
    public int? Size { get; init; }

    /// <summary>Order of the axes: NTCHW, NCTHW or NTHWC of clips; NCHW or NHWC of single frames, of which each is
    /// described and the mean taken.</summary>
    public string? Layout { get; init; }

    /// <summary>Mean of red, green and blue that is taken out, of pixels from 0 to 1, separated by commas; of float32
    /// inputs.</summary>
    public string? Mean { get; init; }

    /// <summary>Standard deviations that are divided by, likewise.</summary>
    public string? Std { get; init; }

    /// <summary>Names of the output that tells how a moment looks and, behind a comma, of the one that tells how things
    /// move in it, if there is one.</summary>
    public string? Outputs { get; init; }

    /// <summary>The same, but for what another one says.</summary>
    internal ModelInput With(ModelInput? other) => new()
    {
        Frames = other?.Frames ?? Frames,
        Size = other?.Size ?? Size,
        Layout = other?.Layout ?? Layout,
        Mean = other?.Mean ?? Mean,
        Std = other?.Std ?? Std,
        Outputs = other?.Outputs ?? Outputs,
    };

    /// <summary>The first option that is said; null: none is.</summary>
    internal string? Said => Options.FirstOrDefault(option => option.Value is not null).Name;

    /// <summary>By the names of the command line.</summary>
    internal IEnumerable<(string Name, object? Value)> Options =>
        [("seq", Frames), ("img_dim", Size), ("layout", Layout), ("mean", Mean), ("std", Std), ("outputs", Outputs)];
}
