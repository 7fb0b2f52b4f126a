using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>Shape of an R(2+1)D network. The defaults are the published net.</summary>
/// <param name="Blocks">Basic blocks per stage.</param>
/// <param name="Width">Channels of the first stage; the later ones have 2, 4 and 8 times as many.</param>
/// <param name="StemStride">Spatial stride of the stem.</param>
/// <param name="Factorised">False: whole 3-D convolutions in the same places, which is torchvision's r3d_18.</param>
internal sealed record R2Plus1DOptions(
    int Blocks = 1,
    int Width = 64,
    int StemStride = 2,
    Precision Precision = Precision.Full,
    bool Factorised = true);

/// <summary>
/// R(2+1)D: every 3-D convolution is a spatial one followed by a temporal one.
/// Tensor names are those of the published program and, with two blocks a stage, of torchvision.
/// Source: docs/method.md.
/// </summary>
internal sealed class R2Plus1D : Backbone
{
    public readonly Sequential stem, layer1, layer2, layer3, layer4;
    public readonly Linear fc; // a key of the published state_dict: unused, never updated
    private readonly int _width, _timeConvolutions;

    public R2Plus1D(R2Plus1DOptions options) : base(nameof(R2Plus1D))
    {
        (_width, Precision precision) = (options.Width, options.Precision);
        int w = _width, between = Math.Max(1, 45 * w / 64), s = options.StemStride;
        stem = !options.Factorised ? nn.Sequential(
            ("0", new Convolution(3, w, (3, 7, 7), (1, s, s), (1, 3, 3), precision)),
            ("1", new BatchNorm(w, rectifies: true)))
            : nn.Sequential(
            ("0", new Convolution(3, between, (1, 7, 7), (1, s, s), (0, 3, 3), precision)),
            ("1", new BatchNorm(between, rectifies: true)),
            ("3", new Convolution(between, w, (3, 1, 1), (1, 1, 1), (1, 0, 0), precision)),
            ("4", new BatchNorm(w, rectifies: true)));
        layer1 = Stage(w, w, 1, options);
        layer2 = Stage(w, 2 * w, 2, options);
        layer3 = Stage(2 * w, 4 * w, 2, options);
        layer4 = Stage(4 * w, 8 * w, 2, options);
        fc = nn.Linear(8 * w, 400, device: ShapesOnly.Device);
        _timeConvolutions = options.Factorised && precision == Precision.ChannelsLast ? 1 + (2 * options.Blocks) : 0;
        RegisterComponents();
    }

    protected override int TimeConvolutions => _timeConvolutions;

    public override int FeatureSize => 8 * _width;

    protected internal override IReadOnlyList<nn.Module<Tensor, Tensor>> Stem => [stem];

    protected internal override IReadOnlyList<Sequential> Stages => [layer1, layer2, layer3, layer4];

    private static Sequential Stage(int inputs, int outputs, int stride, R2Plus1DOptions options) =>
        nn.Sequential(Enumerable.Range(0, options.Blocks).Select(i => (i.ToString(),
            (nn.Module<Tensor, Tensor>)new Block(
                i == 0 ? inputs : outputs, outputs, i == 0 ? stride : 1, options))).ToArray());

    /// <summary>Two convolutions and a shortcut.</summary>
    private sealed class Block : nn.Module<Tensor, Tensor>, IResidualBlock, IRecomputes
    {
        public readonly Sequential conv1, conv2;
        public readonly Sequential? downsample;

        public Block(int inputs, int outputs, int stride, R2Plus1DOptions options) : base(nameof(Block))
        {
            Precision precision = options.Precision;
            // One width between the two halves for both convolutions, from the block's own inputs and outputs.
            int between = inputs * outputs * 27 / ((9 * inputs) + (3 * outputs));
            nn.Module<Tensor, Tensor> Conv(int from, int step) => options.Factorised
                ? Factorised(from, between, outputs, step, precision)
                : new Convolution(from, outputs, (3, 3, 3), (step, step, step), (1, 1, 1), precision);
            conv1 = nn.Sequential(("0", Conv(inputs, stride)), ("1", new BatchNorm(outputs, rectifies: true)));
            conv2 = nn.Sequential(("0", Conv(outputs, 1)), ("1", new BatchNorm(outputs)));
            downsample = stride == 1 && inputs == outputs ? null : Shortcut(inputs, outputs, stride, precision);
            RegisterComponents();
        }

        public IReadOnlyList<nn.Module<Tensor, Tensor>> Path => [conv1, conv2];

        nn.Module<Tensor, Tensor>? IResidualBlock.Shortcut => downsample;

        public bool Recompute { get; set; }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            Tensor shortcut = downsample is null ? x : downsample.call(x);
            // Not in place: of a view, which batch norm returns, a change in place is copied back and forth.
            return Part(conv2, Part(conv1, x)).add(shortcut).relu_().MoveToOuterDisposeScope();
        }

        // Each half alone: between its two convolutions the numbers are most.
        private Tensor Part(Sequential half, Tensor x) =>
            Recomputed.Run(Recompute && training, half.call, half.parameters(), x);

        private static Sequential Factorised(
            int inputs, int between, int outputs, int stride, Precision precision) => nn.Sequential(
            ("0", new Convolution(inputs, between, (1, 3, 3), (1, stride, stride), (0, 1, 1), precision)),
            ("1", new BatchNorm(between, rectifies: true)),
            ("3", new Convolution(between, outputs, (3, 1, 1), (stride, 1, 1), (1, 0, 0), precision)));
    }

    internal static Sequential Shortcut(int inputs, int outputs, int stride, Precision precision) => nn.Sequential(
        ("0", new Convolution(inputs, outputs, (1, 1, 1), (stride, stride, stride), (0, 0, 0), precision)),
        ("1", new BatchNorm(outputs)));
}
