using System.Numerics.Tensors;
using VideoConcepts.Evaluation;
using VideoConcepts.Onnx;
using VideoConcepts.Onnx.Messages;
using VideoConcepts.Search;
using VideoConcepts.Tests.Support;
using static VideoConcepts.Tests.Search.TinyOnnx;

namespace VideoConcepts.Tests.Search;

/// <summary>Models of other makers get the pixels that they are meant to get, or one line says why not.</summary>
public sealed class OnnxMomentNetworkTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public OnnxMomentNetworkTests() => OnnxModels.Register();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("NTCHW", false, null)]
    [InlineData("NCTHW", false, null)]
    [InlineData("NTHWC", false, null)]
    [InlineData("NTCHW", true, null)]
    [InlineData("NTHWC", true, 2)]
    [InlineData("NCTHW", false, 5)]
    public void Describe_ClipsInAnyLayout_GivesTheMeansOfColoursAndOfFrames(string layout, bool bytes, int? batch)
    {
        using MomentNetwork network = Open(Write(_work["m.onnx"], layout, motion: true, bytes: bytes, batch: batch));
        (network.Frames, network.Size, network.LookSize, network.MotionSize, network.Concepts)
            .ShouldBe((Frames, Size, 3, Frames, 0));
        byte[][][] moments = [.. Enumerable.Range(1, 3).Select(seed => Moment(seed))];
        DescribedMoments described = network.Describe(moments, Size);
        for (int i = 0; i < moments.Length; i++)
        {
            double[][] means = Means(moments[i], bytes);
            double[] look = [.. Enumerable.Range(0, 3).Select(c => means.Average(frame => frame[c]))];
            Same(described.Features[(3 * i)..][..3], look);
            Same(described.Look[(3 * i)..][..3], Unit(look));
            Same(described.Motion[(Frames * i)..][..Frames], Unit([.. means.Select(frame => frame.Average())]));
        }
    }

    [Theory]
    [InlineData("NCHW", false, null)]
    [InlineData("NHWC", true, null)]
    [InlineData("NCHW", false, 1)]
    public void Describe_Pictures_GivesTheDirectionOfTheMeanOfUnitVectors(string layout, bool bytes, int? batch)
    {
        using MomentNetwork network = Open(Write(_work["m.onnx"], layout, bytes: bytes, batch: batch),
            new() { Frames = Frames });
        (network.Frames, network.LookSize, network.MotionSize).ShouldBe((Frames, 3, 0));
        byte[][] first = Moment(1), second = [.. first[2..], .. Moment(2)[..2]]; // they overlap
        DescribedMoments described = network.Describe([first, second], Size);
        described.Motion.ShouldBeEmpty();
        foreach ((int i, byte[][] moment) in new[] { first, second }.Index())
        {
            double[][] units = [.. Means(moment, bytes).Select(Unit)];
            Same(described.Look[(3 * i)..][..3],
                Unit([.. Enumerable.Range(0, 3).Select(c => units.Average(frame => frame[c]))]));
        }
    }

    [Fact]
    public void Open_OwnMeanAndDeviation_AreUsed()
    {
        using MomentNetwork network = Open(Write(_work["m.onnx"], "NTCHW"),
            new() { Mean = "0,0.5,0", Std = "1,2,0.5" });
        byte[][] moment = Moment(1);
        double[][] levels = Means(moment, bytes: true);
        double[] mean = [.. Enumerable.Range(0, 3).Select(c => levels.Average(frame => frame[c]) / 255)];
        Same(network.Describe([moment], Size).Features, [mean[0], (mean[1] - 0.5) / 2, mean[2] / 0.5]);
    }

    [Fact]
    public void Open_WhatTheFileSays_IsTakenWhereNothingIsDeclared()
    {
        string file = Write(_work["m.onnx"], "NTCHW", motion: true, bytes: true, free: "TCHW", change: model =>
        {
            model.Say("layout", "NTCHW");
            model.Say("frames", "4");
            model.Say("size", "16");
            model.Say("stride", "3");
            model.Say("outputs", "colours");
            model.Say("net", "s3d");
        });
        List<string> said = [];
        using (MomentNetwork network = Open(file, new(), said.Add))
            (network.Frames, network.Size, network.Stride, network.MotionSize, network.Net)
                .ShouldBe((4, 16, 3, 0, "s3d"));
        said.ShouldBe([$"{file}: uint8, NTCHW, 4 frames of 16×16 pixels, as they are, stride 3",
            $"{file}: colours tells how moments look (3 numbers), nothing how things move in them"]);
        using MomentNetwork declared = Open(file, new() { Size = 24, Outputs = "colours,frames" });
        (declared.Size, declared.MotionSize).ShouldBe((24, 4));
    }

    [Fact]
    public void Open_WhatCannotBeGivenMoments_SaysWhyInOneLine()
    {
        File.WriteAllText(_work["text.onnx"], "no model");
        Refused(_work["text.onnx"], null, "no ONNX file");
        Refused(_work["away.onnx"], null, "no such file");
        string clips = Write(_work["clips.onnx"], "NTCHW", motion: true), bytes = Write(_work["bytes.onnx"], "NTCHW",
            bytes: true);
        Refused(clips, new() { Frames = 8 }, "--seq 8: ", "takes 4 frames");
        Refused(clips, new() { Size = 32 }, "--img_dim 32: ", "takes 16 pixels");
        Refused(clips, new() { Layout = "NCTHW" }, "--layout NCTHW: ", "any×4×3×16×16");
        Refused(clips, new() { Layout = "NCHW" }, "--layout NCHW: ");
        Refused(clips, new() { Layout = "NTHCW" }, "--layout NTHCW: choose among NTCHW, ");
        Refused(Write(_work["colours.onnx"], "NCTHW"), new() { Layout = "NCHW" }, "--layout NCHW: ", "any×3×4×16×16");
        Refused(clips, new() { Outputs = "look" }, "--outputs look: ", "it has colours, frames");
        Refused(clips, new() { Outputs = "frames,frames" }, "--outputs frames,frames: ");
        Refused(clips, new() { Std = "1,0,1" }, "--std 1,0,1");
        Refused(clips, new() { Mean = "0.5,0.5" }, "--mean 0.5,0.5: give three numbers");
        Refused(bytes, new() { Mean = "0,0,0" }, "--mean is not read", "uint8");
        Refused(Write(_work["free.onnx"], "NTCHW", free: "C"), null, "any×4×any×16×16", "--layout");
        Refused(Write(_work["frames.onnx"], "NTCHW", free: "T"), null, "--seq");
        Refused(_work["frames.onnx"], new() { Frames = 1 }, "--seq 1: a moment has 2 to 512 frames");
        Refused(Write(_work["size.onnx"], "NTCHW", free: "HW"), null, "--img_dim");
        Refused(_work["size.onnx"], new() { Size = 7 }, "--img_dim 7: frames have 8 to 1024 pixels");
        Refused(Write(_work["whole.onnx"], "NTCHW", bytes: true, change: model => model.Graph.Input[0].Type.TensorType
            .ElemType = (int)TensorProto.Types.DataType.Int64), null, "its input pixels is Int64; pixels are given as "
            + "uint8");
        Refused(Write(_work["rank.onnx"], "NCW"), null, "3 axes");
        Refused(Write(_work["wide.onnx"], "NTCHW", change: model => model.Graph.Input[0].Type.TensorType.Shape.Dim[4]
            .DimValue = 24), null, "16×24; squares are given");
        Refused(Write(_work["two.onnx"], "NTCHW", change: model =>
        {
            ValueInfoProto other = model.Graph.Input[0].Clone();
            other.Name = "other";
            model.Graph.Input.Add(other);
        }), null, "pixels, other");
        Refused(Write(_work["rows.onnx"], "NTCHW", change: model =>
        {
            model.Graph.Node[0].Attribute[1].I = 1; // the axes stay
            model.Graph.Output[0].Type.TensorType.Shape = null;
        }), null, "its output colours is 1×1×3×1×1");
        Refused(Write(_work["nan.onnx"], "NTCHW", change: model => model.Graph.Node[0].OpType = "ReduceLogSum"),
            new() { Mean = "1,1,1" },
            "its output colours is not finite");
        Refused(clips, null, new EncoderOptions { Device = "cuda" }, "--device cuda: ");
        Refused(clips, null, new EncoderOptions { Precision = "full" }, "--precision full: ");
        Refused("world", new() { Frames = 4 }, "--seq is read with an ONNX model alone");
    }

    [Fact]
    public void Open_OutputsThatDescribeNoRows_AreRefused()
    {
        string three = Write(_work["three.onnx"], "NTCHW", motion: true, change: model =>
            Then(model, "third", new NodeProto { OpType = "Identity" }));
        Refused(three, null, "it has the outputs colours, frames, third; say with --outputs which one");
        Refused(three, new() { Outputs = "colours,frames,third" }, "--outputs colours,frames,third: give one");
        using (MomentNetwork network = Open(three, new() { Outputs = "third" })) network.LookSize.ShouldBe(3);

        Refused(Write(_work["integers.onnx"], "NTCHW", change: model => Then(model, "whole", new NodeProto
        {
            OpType = "Cast",
            Attribute = { GraphBuilder.Is("to", (long)TensorProto.Types.DataType.Int64) },
        }, TensorProto.Types.DataType.Int64)), new() { Outputs = "whole" }, "its output whole is no tensor of "
            + "float32");
        Refused(Write(_work["turned.onnx"], "NTCHW", change: model => Then(model, "turned",
            new NodeProto { OpType = "Transpose" })), new() { Outputs = "turned" },
            "its output turned is 3×1 for 1 clips");
        Refused(Write(_work["flat.onnx"], "NTCHW", change: model => Then(model, "flat", new NodeProto
        {
            OpType = "ReduceMean",
            Attribute = { GraphBuilder.Are("axes", [1]), GraphBuilder.Is("keepdims", 0L) },
        })), new() { Outputs = "flat" }, "its output flat is 1 for 1 clips");
    }

    // Another output, made of the colours.
    private static void Then(ModelProto model, string name, NodeProto node,
        TensorProto.Types.DataType type = TensorProto.Types.DataType.Float)
    {
        node.Input.Add("colours");
        node.Output.Add(name);
        model.Graph.Node.Add(node);
        model.Graph.Output.Add(new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new() { ElemType = (int)type } },
        });
    }

    private void Refused(string file, ModelInput? said, params string[] parts) =>
        Refused(file, said, new EncoderOptions(), parts);

    private void Refused(string file, ModelInput? said, EncoderOptions options, params string[] parts)
    {
        string line = Should.Throw<BadInputException>(() => MomentNetwork.Open(file, null, _work["l.db"],
            new NetworkRequest(options, said), new WorkContext()).Dispose(), file).Shown();
        foreach (string part in parts) line.ShouldContain(part);
        line.ShouldNotContain("\n");
    }

    private MomentNetwork Open(string file, ModelInput? said = null, Action<string>? say = null) =>
        OnnxMomentNetwork.Open(new(file, "", said ?? new(), null, say ?? (_ => { })));

    // Each frame and each colour has a level of its own, with noise about it.
    private static byte[][] Moment(int seed)
    {
        var random = RandomStream.For(seed);
        var frames = new byte[Frames][];
        for (int t = 0; t < Frames; t++)
        {
            frames[t] = new byte[3 * Size * Size];
            for (int c = 0; c < 3; c++)
            {
                double level = 20 + (random.NextDouble() * 200);
                for (int p = 0; p < Size * Size; p++)
                    frames[t][(c * Size * Size) + p] = (byte)(level + (random.NextDouble() * 30));
            }
        }
        return frames;
    }

    // Of each frame and colour, as the model gets them.
    private static double[][] Means(byte[][] moment, bool bytes) => [.. moment.Select(frame => Enumerable.Range(0, 3)
        .Select(c => frame.Skip(c * Size * Size).Take(Size * Size).Average(level => bytes ? level
            : ((level / 255.0) - Mean[c]) / Deviation[c])).ToArray())];

    private static double[] Unit(double[] vector)
    {
        double norm = Math.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / norm)];
    }

    private static void Same(float[] found, double[] expected)
    {
        found.Length.ShouldBe(expected.Length);
        foreach ((float a, double b) in found.Zip(expected)) ((double)a).ShouldBe(b, 1e-4 * Math.Max(1, Math.Abs(b)));
    }
}
