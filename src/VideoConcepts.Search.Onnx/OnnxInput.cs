using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VideoConcepts.Search;

/// <summary>What a model takes: as it is said, and where nothing is, as its file tells.</summary>
internal sealed record OnnxInput
{
    private const string Prefix = "videoconcepts.";
    private const string ImageNetMean = "0.485,0.456,0.406", ImageNetStd = "0.229,0.224,0.225";
    private const int UsualFrames = 8; // of pictures

    private static readonly string[] s_layouts = ["NTCHW", "NCTHW", "NTHWC", "NCHW", "NHWC"];

    private readonly string _file;
    private readonly IReadOnlyDictionary<string, string> _told;
    private readonly int[] _shape;

    /// <param name="file">The model.</param>
    /// <param name="session">Knows its inputs and what its maker says.</param>
    /// <param name="said">Goes before what the file tells.</param>
    /// <exception cref="BadInputException">It cannot be given moments, or not as it is said.</exception>
    public OnnxInput(string file, InferenceSession session, ModelInput said)
    {
        (_file, _told) = (file, session.ModelMetadata.CustomMetadataMap);
        if (session.InputMetadata.Count != 1)
            throw new BadInputException($"{file}: it has the inputs {string.Join(", ", session.InputMetadata.Keys)}; "
                + "one is given, the pixels.");
        (Name, NodeMetadata node) = session.InputMetadata.First();
        if (!node.IsTensor) throw new BadInputException($"{file}: its input {Name} is no tensor of pixels.");
        _shape = node.Dimensions;
        IsBytes = node.ElementDataType switch
        {
            TensorElementType.UInt8 => true,
            TensorElementType.Float => false,
            var other => throw new BadInputException($"{file}: its input {Name} is {other}; pixels are given as uint8 "
                + "or as float32."),
        };
        if (_shape.Length is not (4 or 5))
            throw new BadInputException($"{file}: its input {Name} has {_shape.Length} axes; clips have 5, pictures "
                + "4.");
        Layout = LayoutOf(said.Layout);
        Frames = FramesOf(said.Frames);
        Size = SizeOf(said.Size);
        Stride = Told("stride") ?? 1;
        if (IsBytes && (said.Mean ?? said.Std) is not null)
            throw new BadInputException($"‹{(said.Mean is null ? "std" : "mean")}› is not read: {file} takes pixels "
                + "as they are, uint8.");
        if (IsBytes) return;
        (Mean, Std) = (said.Mean ?? ImageNetMean, said.Std ?? ImageNetStd);
        Three("mean", Mean);
        if (Three("std", Std).Any(deviation => deviation <= 0))
            throw new BadInputException($"‹std› {Std}: give three numbers above 0.");
    }

    public string Name { get; }

    /// <summary>Order of the axes.</summary>
    public string Layout { get; }

    /// <summary>Whether frames are given one by one.</summary>
    public bool IsPictures => Layout.Length == 4;

    /// <summary>Whether pixels are given as they are.</summary>
    public bool IsBytes { get; }

    /// <summary>T.</summary>
    public int Frames { get; }

    /// <summary>H = W.</summary>
    public int Size { get; }

    public int Stride { get; }

    public string? Mean { get; }

    public string? Std { get; }

    /// <summary>Rows that the model takes at a time; null: any number.</summary>
    public int? Batch => Axis('N');

    /// <summary>Names of outputs that the file itself says are meant; null: it says nothing.</summary>
    public string? Outputs => _told.GetValueOrDefault(Prefix + "outputs");

    /// <summary>What its maker calls it, or null.</summary>
    public string? Net => _told.GetValueOrDefault(Prefix + "net");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(IsBytes ? "uint8" : "float32")}, {Layout}, {Frames} frames of {Size}×{Size} pixels, ")
        + (IsBytes ? "as they are" : $"mean {Mean}, deviation {Std}");

    private string LayoutOf(string? declared)
    {
        string[] fit = [.. s_layouts.Where(l => l.Length == _shape.Length && _shape[l.IndexOf('C')] == 3)];
        string? layout = declared ?? _told.GetValueOrDefault(Prefix + "layout") ?? (fit.Length == 1 ? fit[0] : null);
        if (layout is null)
            throw new BadInputException($"{_file}: its input {Name} is {Shape()}, which does not tell the order of its "
                + $"axes; give ‹layout›, one of {string.Join(", ", s_layouts)}.");
        if (!s_layouts.Contains(layout))
            throw new BadInputException($"‹layout› {layout}: choose among {string.Join(", ", s_layouts)}.");
        if (layout.Length != _shape.Length || _shape[layout.IndexOf('C')] is not (3 or <= 0))
            throw new BadInputException($"‹layout› {layout}: the input {Name} of {_file} is {Shape()}.");
        return layout;
    }

    private int FramesOf(int? declared)
    {
        int? own = IsPictures ? null : Axis('T');
        if (own is not null && declared is not null && own != declared)
            throw new BadInputException($"‹seq› {declared}: {_file} takes {own} frames; leave it out.");
        int frames = declared ?? own ?? Told("frames") ?? (IsPictures ? UsualFrames
            : throw new BadInputException($"{_file}: it does not tell how many frames it takes; give ‹seq›."));
        return frames is >= 2 and <= 512 ? frames
            : throw new BadInputException($"‹seq› {frames}: a moment has 2 to 512 frames.");
    }

    private int SizeOf(int? declared)
    {
        (int? height, int? width) = (Axis('H'), Axis('W'));
        if (height is not null && width is not null && height != width)
            throw new BadInputException($"{_file}: it takes frames of {height}×{width}; squares are given.");
        int? own = height ?? width;
        if (own is not null && declared is not null && own != declared)
            throw new BadInputException($"‹img_dim› {declared}: {_file} takes {own} pixels; leave it out.");
        int size = declared ?? own ?? Told("size") ?? throw new BadInputException(
            $"{_file}: it does not tell how large its frames are; give ‹img_dim›.");
        return size is >= 8 and <= 1024 ? size
            : throw new BadInputException($"‹img_dim› {size}: frames have 8 to 1024 pixels.");
    }

    private int? Axis(char axis) => _shape[Layout.IndexOf(axis)] is > 0 and var length ? length : null;

    private int? Told(string key) => _told.TryGetValue(Prefix + key, out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
        ? number : null;

    /// <summary>The numbers of red, green and blue.</summary>
    /// <exception cref="BadInputException">There are others.</exception>
    public static double[] Three(string option, string text)
    {
        double[] numbers = [.. text.Split(',').Select(part =>
            double.TryParse(part, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        return numbers.Length == 3 && numbers.All(double.IsFinite) ? numbers
            : throw new BadInputException($"‹{option}› {text}: give three numbers, such as {ImageNetMean}.");
    }

    private string Shape() => string.Join('×', _shape.Select(n => n > 0 ? $"{n}" : "any"));
}
