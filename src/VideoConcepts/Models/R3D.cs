using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// 3D ResNet of depth 10, 18, 34 (basic blocks) or 50 (bottlenecks). Tensor names are those of the published
/// program. Source: docs/method.md.
/// </summary>
internal sealed class R3D : Backbone
{
    public readonly Convolution conv1;
    public readonly BatchNorm bn1;
    public readonly Sequential layer1, layer2, layer3, layer4;
    public readonly Linear fc; // a key of the published state_dict: unused, never updated
    private readonly MaxPool3d _pool = nn.MaxPool3d([1, 3, 3], [1, 2, 2], [0, 1, 1]);
    private readonly int _features;

    /// <exception cref="ArgumentOutOfRangeException">The depth is not 10, 18, 34 or 50.</exception>
    public R3D(int depth, Precision precision = Precision.Full) : base(nameof(R3D))
    {
        int[] blocks = depth switch
        {
            10 => [1, 1, 1, 1],
            18 => [2, 2, 2, 2],
            34 or 50 => [3, 4, 6, 3],
            _ => throw new ArgumentOutOfRangeException(
                nameof(depth), depth, "3D ResNet comes in depths 10, 18, 34 and 50."),
        };
        int expansion = depth == 50 ? 4 : 1;
        conv1 = new Convolution(3, 64, (7, 7, 7), (1, 2, 2), (3, 3, 3), precision);
        bn1 = new BatchNorm(64, rectifies: true);
        layer1 = Stage(64, 64, expansion, 1, blocks[0], precision);
        layer2 = Stage(64 * expansion, 128, expansion, 2, blocks[1], precision);
        layer3 = Stage(128 * expansion, 256, expansion, 2, blocks[2], precision);
        layer4 = Stage(256 * expansion, 512, expansion, 2, blocks[3], precision);
        _features = 512 * expansion;
        fc = nn.Linear(_features, 400, device: ShapesOnly.Device);
        RegisterComponents();
    }

    public override int FeatureSize => _features;

    protected internal override IReadOnlyList<nn.Module<Tensor, Tensor>> Stem => [conv1, bn1, _pool];

    protected internal override IReadOnlyList<Sequential> Stages => [layer1, layer2, layer3, layer4];

    private static Sequential Stage(
        int inputs, int width, int expansion, int stride, int blocks, Precision precision) =>
        nn.Sequential(Enumerable.Range(0, blocks).Select(i =>
        {
            (int from, int step) = i == 0 ? (inputs, stride) : (width * expansion, 1);
            nn.Module<Tensor, Tensor> block = expansion == 1
                ? new BasicBlock(from, width, step, precision) : new Bottleneck(from, width, step, precision);
            return (i.ToString(), block);
        }).ToArray());

    private static Sequential? ShortcutOrNull(int inputs, int outputs, int stride, Precision precision) =>
        stride == 1 && inputs == outputs ? null : R2Plus1D.Shortcut(inputs, outputs, stride, precision);

    private sealed class BasicBlock : nn.Module<Tensor, Tensor>, IResidualBlock
    {
        public readonly Convolution conv1, conv2;
        public readonly BatchNorm bn1, bn2;
        public readonly Sequential? downsample;

        public BasicBlock(int inputs, int outputs, int stride, Precision precision) : base(nameof(BasicBlock))
        {
            conv1 = new Convolution(inputs, outputs, (3, 3, 3), (stride, stride, stride), (1, 1, 1), precision);
            bn1 = new BatchNorm(outputs, rectifies: true);
            conv2 = new Convolution(outputs, outputs, (3, 3, 3), (1, 1, 1), (1, 1, 1), precision);
            bn2 = new BatchNorm(outputs);
            downsample = ShortcutOrNull(inputs, outputs, stride, precision);
            RegisterComponents();
        }

        public IReadOnlyList<nn.Module<Tensor, Tensor>> Path => [conv1, bn1, conv2, bn2];

        public nn.Module<Tensor, Tensor>? Shortcut => downsample;

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            Tensor shortcut = downsample is null ? x : downsample.call(x);
            Tensor y = bn1.call(conv1.call(x));
            return bn2.call(conv2.call(y)).add(shortcut).relu_().MoveToOuterDisposeScope();
        }
    }

    private sealed class Bottleneck : nn.Module<Tensor, Tensor>, IResidualBlock
    {
        public readonly Convolution conv1, conv2, conv3;
        public readonly BatchNorm bn1, bn2, bn3;
        public readonly Sequential? downsample;

        public Bottleneck(int inputs, int width, int stride, Precision precision) : base(nameof(Bottleneck))
        {
            conv1 = new Convolution(inputs, width, (1, 1, 1), (1, 1, 1), (0, 0, 0), precision);
            bn1 = new BatchNorm(width, rectifies: true);
            conv2 = new Convolution(width, width, (3, 3, 3), (stride, stride, stride), (1, 1, 1), precision);
            bn2 = new BatchNorm(width, rectifies: true);
            conv3 = new Convolution(width, 4 * width, (1, 1, 1), (1, 1, 1), (0, 0, 0), precision);
            bn3 = new BatchNorm(4 * width);
            downsample = ShortcutOrNull(inputs, 4 * width, stride, precision);
            RegisterComponents();
        }

        public IReadOnlyList<nn.Module<Tensor, Tensor>> Path => [conv1, bn1, conv2, bn2, conv3, bn3];

        public nn.Module<Tensor, Tensor>? Shortcut => downsample;

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            Tensor shortcut = downsample is null ? x : downsample.call(x);
            Tensor y = bn2.call(conv2.call(bn1.call(conv1.call(x))));
            return bn3.call(conv3.call(y)).add(shortcut).relu_().MoveToOuterDisposeScope();
        }
    }
}
