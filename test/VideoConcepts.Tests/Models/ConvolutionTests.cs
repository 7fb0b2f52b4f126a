using TorchSharp;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

public sealed class ConvolutionTests
{
    // kernel, stride and padding along time, and along height and width: spatial, temporal, both, a shortcut
    public static TheoryData<int, int, int, int, int, int> Kernels => new()
    {
        { 1, 1, 0, 3, 1, 1 }, { 1, 1, 0, 7, 4, 3 }, { 1, 1, 0, 7, 2, 3 }, { 1, 1, 0, 3, 2, 1 },
        { 3, 1, 1, 1, 1, 0 }, { 3, 2, 1, 1, 1, 0 },
        { 3, 1, 1, 3, 1, 1 }, { 3, 2, 1, 3, 2, 1 }, { 7, 1, 3, 7, 2, 3 },
        { 1, 2, 0, 1, 2, 0 }, { 1, 1, 0, 1, 1, 0 }, { 3, 1, 0, 1, 2, 0 },
    };

    [Theory]
    [MemberData(nameof(Kernels))]
    public void ChannelsLast_AnyKernel_GivesValuesAndGradientsOfTheFullConvolution(
        int kT, int sT, int pT, int k, int s, int p)
    {
        using var scope = NewDisposeScope();
        Tensor expected = Run(Precision.Full, out Tensor weightGradient, out Tensor inputGradient);
        Tensor actual = Run(Precision.ChannelsLast, out Tensor weightGradientLast, out Tensor inputGradientLast);
        actual.shape.ShouldBe(expected.shape);
        foreach ((Tensor a, Tensor b) in ((Tensor, Tensor)[])[(actual, expected),
            (weightGradientLast, weightGradient), (inputGradientLast, inputGradient)])
        {
            (a - b).abs().max().ToDouble().ShouldBeLessThan(1e-10);
        }

        Tensor Run(Precision precision, out Tensor weightGrad, out Tensor inputGrad)
        {
            var convolution = new Convolution(5, 7, (kT, k, k), (sT, s, s), (pT, p, p), precision);
            Initialization.Fill(convolution, 1);
            convolution.to(float64);
            Tensor input = randn([2, 5, 4, 9, 8], float64, generator: new Generator(3)).requires_grad_();
            Tensor output = convolution.call(input);
            (output * output).sum().backward();
            (weightGrad, inputGrad) = (convolution.weight.grad!, input.grad!);
            return output;
        }
    }

    /// <summary>Channels-last 3-D kernels of oneDNN gave gradients that were 2 % off.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Full_InFloat32_GivesValuesAndGradientsOfFloat64(int kT, int sT, int pT, int k, int s, int p)
    {
        using var scope = NewDisposeScope();
        (Tensor value, Tensor weight, Tensor input) expected = Run(float64), actual = Run(float32);
        foreach ((Tensor a, Tensor b) in ((Tensor, Tensor)[])[(actual.value, expected.value),
            (actual.weight, expected.weight), (actual.input, expected.input)])
        {
            ((a.to(float64) - b).norm() / b.norm()).ToDouble().ShouldBeLessThan(2e-6);
        }

        (Tensor, Tensor, Tensor) Run(ScalarType type)
        {
            var convolution = new Convolution(24, 40, (kT, k, k), (sT, s, s), (pT, p, p), Precision.Full);
            Initialization.Fill(convolution, 1);
            convolution.to(type);
            Tensor input =
                randn([2, 24, 4, 9, 8], float64, generator: new Generator(3)).to(type).detach().requires_grad_();
            Tensor output = convolution.call(input);
            output.backward([randn(output.shape, float64, generator: new Generator(4)).to(type)]);
            return (output, convolution.weight.grad!, input.grad!);
        }
    }

    /// <summary>Off the CPU libtorch's own kernels compute; here they are given the same operands.</summary>
    [Theory]
    [InlineData(Precision.Full, false)]
    [InlineData(Precision.ChannelsLast, true)]
    [InlineData(Precision.Bfloat16, true)]
    public void Operands_OffTheCpu_LieChannelsLastUnlessFull(Precision precision, bool last)
    {
        using var scope = NewDisposeScope();
        using var convolution = new Convolution(3, 8, (3, 3, 3), (1, 2, 2), (1, 1, 1), precision);
        nn.init.normal_(convolution.weight);
        Tensor input = randn([2, 3, 4, 8, 8]);
        (Tensor x, Tensor w) = convolution.Operands(input, float64);
        foreach ((Tensor laid, Tensor from) in ((Tensor, Tensor)[])[(x, input), (w, convolution.weight)])
        {
            laid.dtype.ShouldBe(ScalarType.Float64);
            (laid.stride()[1] == 1).ShouldBe(last);
            laid.to(float32).allclose(from, 0, 0).ShouldBeTrue();
        }
    }

    /// <summary>
    /// The 3-D kernels of oneDNN now and then gave NaN here: few positions, a kernel that reaches over both ends.
    /// </summary>
    [Fact]
    public void Bfloat16_FewPositionsInTime_GradientStaysFinite()
    {
        var convolution = new Convolution(115, 64, (3, 1, 1), (1, 1, 1), (1, 0, 0), Precision.Bfloat16);
        Initialization.Fill(convolution, 1);
        using var generator = new Generator(5);
        for (int step = 0; step < 40; step++)
        {
            using var scope = NewDisposeScope();
            convolution.call(randn([48, 115, 2, 2, 2], generator: generator)).square().sum().backward();
            convolution.weight.grad!.isfinite().all().item<bool>().ShouldBeTrue();
            convolution.weight.grad = null;
        }
    }

    /// <summary>
    /// oneDNN read past an odd number of output channels; freed memory is filled with NaN here to make that show.
    /// </summary>
    [Fact]
    public void Bfloat16_OddNumberOfOutputs_InputGradientStaysFinite()
    {
        var convolution = new Convolution(64, 115, (1, 3, 3), (1, 1, 1), (0, 1, 1), Precision.Bfloat16);
        Initialization.Fill(convolution, 1);
        using var generator = new Generator(5);
        for (int step = 0; step < 40; step++)
        {
            using var scope = NewDisposeScope();
            for (int i = 0; i < 80; i++) _ = full([1L << (6 + (i % 16))], double.NaN);
            Tensor input = randn([48, 64, 2, 2, 2], generator: generator).requires_grad_();
            for (int i = 0; i < 80; i++) full([1L << (6 + (i % 16))], double.NaN).Dispose();
            convolution.call(input).square().sum().backward();
            input.grad!.isfinite().all().item<bool>().ShouldBeTrue();
        }
    }

    /// <summary>
    /// The same for float32: the contiguous 3-D kernels gave NaN for this shape in two runs of three.
    /// </summary>
    [Fact]
    public void Full_InFloat32BesideFreedNaN_StaysFinite()
    {
        var convolution = new Convolution(36, 16, (3, 1, 1), (1, 1, 1), (1, 0, 0), Precision.Full);
        Initialization.Fill(convolution, 1);
        using var generator = new Generator(5);
        for (int step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            Tensor input = randn([48, 36, 8, 8, 8], generator: generator).requires_grad_();
            for (int i = 0; i < 160; i++) full([1L << (6 + (i % 16))], double.NaN).Dispose();
            Tensor output = convolution.call(input);
            output.square().sum().backward();
            foreach (Tensor t in (Tensor[])[output, input.grad!, convolution.weight.grad!])
                t.isfinite().all().item<bool>().ShouldBeTrue();
        }
    }

    [Fact]
    public void Bfloat16_OfUnitInput_IsWithinOnePercentOfFull()
    {
        using var scope = NewDisposeScope();
        Tensor input = randn([2, 16, 4, 8, 8], generator: new Generator(3));
        Tensor Run(Precision precision)
        {
            var convolution = new Convolution(16, 32, (1, 3, 3), (1, 1, 1), (0, 1, 1), precision);
            Initialization.Fill(convolution, 1);
            return convolution.call(input).to(float32);
        }

        Tensor full = Run(Precision.Full);
        ((Run(Precision.Bfloat16) - full).norm() / full.norm()).ToDouble().ShouldBeLessThan(0.01);
    }
}
