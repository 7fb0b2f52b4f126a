using System.CommandLine;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>How an ONNX model takes moments, where its file does not tell.</summary>
internal sealed class ModelInputOptionSet
{
    private readonly Option<int?> _seq = new("--seq")
    {
        Description = "of an .onnx model: frames of a moment (default: as the file tells; of pictures 8)",
        HelpName = "n",
    };
    private readonly Option<int?> _imgDim = new("--img_dim", "--img-dim")
    {
        Description = "of an .onnx model: height and width of frames in pixels (default: as the file tells)",
        HelpName = "n",
    };
    private readonly Option<string?> _mean = new("--mean")
    {
        Description = "of an .onnx model: subtracted from the colours, which are 0 to 1 (default: ImageNet's, "
            + "0.485,0.456,0.406)",
        HelpName = "r,g,b",
    };
    private readonly Option<string?> _std = new("--std")
    {
        Description = "of an .onnx model: what they are divided by then (default: ImageNet's, 0.229,0.224,0.225)",
        HelpName = "r,g,b",
    };
    private readonly Option<string?> _layout = new("--layout")
    {
        Description = "of an .onnx model: order of its axes, of clips NTCHW, NCTHW or NTHWC, of pictures NCHW or NHWC "
            + "(default: as the file tells)",
        HelpName = "axes",
    };
    private readonly Option<string?> _outputs = new("--outputs")
    {
        Description = "of an .onnx model: the output that tells how moments look, and after a comma the one that tells "
            + "how things move in them (default: its one or two outputs)",
        HelpName = "look[,motion]",
    };

    public ModelInputOptionSet(Command command)
    {
        foreach (Option option in (Option[])[_seq, _imgDim, _mean, _std, _layout, _outputs])
            command.Options.Add(option);
    }

    /// <summary>What is said.</summary>
    public ModelInput Of(ParseResult parsed) => new()
    {
        Frames = parsed.GetValue(_seq),
        Size = parsed.GetValue(_imgDim),
        Layout = parsed.GetValue(_layout)?.ToUpperInvariant(),
        Mean = Listed(parsed, _mean),
        Std = Listed(parsed, _std),
        Outputs = Listed(parsed, _outputs),
    };

    private static string? Listed(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option)?.Replace(" ", "", StringComparison.Ordinal);
}
