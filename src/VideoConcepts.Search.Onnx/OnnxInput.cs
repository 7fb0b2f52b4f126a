using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VideoConcepts.Search;

/// <summary>How moments become what an ONNX model takes: the order of the axes, and the type of the numbers.</summary>
internal sealed class OnnxInput
{
    private const string ImageNetMean = "0.485,0.456,0.406", ImageNetStd = "0.229,0.224,0.225";
    private const int Pictures = 3; // axes of a picture

    private readonly float[] _levels = new float[Pictures * 256]; // of each channel, what a level becomes

    private OnnxInput(string name, ModelInput taken, bool isBytes, int? rows)
    {
        (Name, Taken, IsBytes, Rows) = (name, taken, isBytes, rows);
        if (isBytes) return;
        (float[] mean, float[] std) = (Three("mean", taken.Mean!), Three("std", taken.Std!));
        if (std.Any(s => s <= 0)) throw new BadInputException($"‹std› {taken.Std}: give three numbers above 0.");
        for (int i = 0; i < _levels.Length; i++) _levels[i] = ((i % 256 / 255f) - mean[i / 256]) / std[i / 256];
    }

    public string Name { get; }

    /// <summary>All of it said.</summary>
    public ModelInput Taken { get; }

    /// <summary>Whether it takes pixels as they are.</summary>
    public bool IsBytes { get; }

    /// <summary>How many rows it takes at once; null: any number.</summary>
    public int? Rows { get; }

    /// <summary>Whether it describes single frames.</summary>
    public bool IsOfFrames => Taken.Layout!.Length == 4;

    /// <summary>What a model takes, by its file and by what is said; both may not contradict.</summary>
    /// <exception cref="BadInputException">It takes something else than clips or pictures, or it is not clear what.
    /// </exception>
    public static OnnxInput Of(string file, InferenceSession session, ModelInput said)
    {
        if (session.InputNames.Count != 1)
            throw new BadInputException($"{file}: it takes {session.InputNames.Count} inputs "
                + $"({string.Join(", ", session.InputNames)}); a model here takes the frames of a moment alone.");
        string name = session.InputNames[0];
        NodeMetadata node = session.InputMetadata[name];
        bool isBytes = node.ElementDataType == TensorElementType.UInt8;
        if (!isBytes && node.ElementDataType != TensorElementType.Float)
            throw new BadInputException(
                $"{file}: its input {name} is of {node.ElementDataType}; a model here takes float32 or uint8.");
        if (isBytes && (said.Mean ?? said.Std) is not null)
            throw new BadInputException($"‹{(said.Mean is null ? "std" : "mean")}›: {file} takes pixels as they are; "
                + "leave it out.");
        IReadOnlyDictionary<string, string> told = session.ModelMetadata.CustomMetadataMap;
        int[] shape = node.Dimensions;
        string layout = said.Layout ?? told.GetValueOrDefault("videoconcepts.layout") ?? Likely(shape);
        if (layout is not ("NTCHW" or "NCTHW" or "NTHWC" or "NCHW" or "NHWC"))
            throw new BadInputException($"‹layout› {layout}: choose NTCHW, NCTHW, NTHWC, NCHW or NHWC.");
        if (layout.Length != shape.Length || At('C') is not (Pictures or <= 0))
            throw new BadInputException($"{file}: its input {name} is ({string.Join(", ", shape)}), which is not "
                + $"{layout} of three channels; say with ‹layout› what it is.");
        int? size = Positive(At('H'));
        if (size is not null && Positive(At('W')) is { } width && width != size)
            throw new BadInputException($"{file}: its input {name} is {At('H')}×{width} pixels; pictures here are as "
                + "wide as high.");
        return new OnnxInput(name, new ModelInput
        {
            Layout = layout,
            Frames = Agreed("seq", said.Frames, layout.Contains('T') ? Positive(At('T')) : null,
                Number("videoconcepts.frames")),
            Size = Agreed("img_dim", said.Size, size ?? Positive(At('W')), Number("videoconcepts.size")),
            Mean = isBytes ? null : said.Mean ?? ImageNetMean,
            Std = isBytes ? null : said.Std ?? ImageNetStd,
        }, isBytes, Positive(shape[0]));

        int At(char axis) => shape[layout.IndexOf(axis, StringComparison.Ordinal)];

        int? Number(string key) =>
            int.TryParse(told.GetValueOrDefault(key), CultureInfo.InvariantCulture, out int number) ? number : null;

        int Agreed(string option, int? asked, int? isFixed, int? otherwise) => asked is { } a && isFixed is { } f && a != f
            ? throw new BadInputException($"‹{option}› {a}: {file} takes {f}; leave it out.")
            : asked ?? isFixed ?? otherwise ?? throw new BadInputException(
                $"{file}: it takes any number here; say with ‹{option}› how many {(option == "seq" ? "frames a moment" : "pixels a side")} shall have.");
    }

    /// <summary>Frames (3, H, W) of moments → numbers in the model's order.</summary>
    /// <param name="moments">T frames each.</param>
    public OrtValue Of(IReadOnlyList<byte[][]> moments)
    {
        int frames = moments[0].Length, size = Taken.Size!.Value, count = moments.Count * frames;
        int area = size * size;
        long rows = IsOfFrames ? count : moments.Count;
        long[] shape = [.. Taken.Layout!.Select(axis => axis switch
        {
            'N' => rows,
            'T' => frames,
            'C' => Pictures,
            _ => size,
        })];
        if (IsBytes) return OrtValue.CreateTensorValueFromMemory(Laid(moments, frames, area, (_, level) => level), shape);
        return OrtValue.CreateTensorValueFromMemory(
            Laid(moments, frames, area, (channel, level) => _levels[(channel * 256) + level]), shape);
    }

    private T[] Laid<T>(IReadOnlyList<byte[][]> moments, int frames, int area, Func<int, byte, T> number)
    {
        var numbers = new T[moments.Count * frames * Pictures * area];
        bool last = Taken.Layout!.EndsWith('C'), time = Taken.Layout == "NCTHW";
        Parallel.For(0, moments.Count * frames, f =>
        {
            (int n, int t) = (f / frames, f % frames);
            byte[] frame = moments[n][t];
            for (int c = 0; c < Pictures; c++)
            {
                int from = time ? ((n * Pictures * frames) + (c * frames) + t) * area
                    : (f * Pictures * area) + (last ? c : c * area);
                int step = last ? Pictures : 1;
                for (int i = 0; i < area; i++) numbers[from + (i * step)] = number(c, frame[(c * area) + i]);
            }
        });
        return numbers;
    }

    // Where three channels are, if that is clear.
    private static string Likely(int[] shape) => shape switch
    {
        [_, _, Pictures, _, _] => "NTCHW",
        [_, Pictures, _, _, _] => "NCTHW",
        [_, _, _, _, Pictures] => "NTHWC",
        [_, Pictures, _, _] => "NCHW",
        [_, _, _, Pictures] => "NHWC",
        { Length: 5 } => "NCTHW",
        _ => "NCHW",
    };

    private static int? Positive(int size) => size > 0 ? size : null;

    private static float[] Three(string option, string text)
    {
        float[] numbers = [.. text.Split(',').Select(part =>
            float.TryParse(part, CultureInfo.InvariantCulture, out float number) ? number : float.NaN)];
        return numbers.Length == Pictures && numbers.All(float.IsFinite) ? numbers
            : throw new BadInputException($"‹{option}› {text}: give three numbers, such as {ImageNetMean}.");
    }
}
