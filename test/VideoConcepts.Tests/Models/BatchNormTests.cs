using TorchSharp;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

public sealed class BatchNormTests
{
    /// <summary>
    /// Two parts that hold the same are a batch of twice the rows: the sum over parts is twice one's own.
    /// </summary>
    [Theory]
    [InlineData(new long[] { 5, 3 })]
    [InlineData(new long[] { 1, 3 })] // a part of one value a channel
    [InlineData(new long[] { 4, 3, 5 })]
    [InlineData(new long[] { 2, 3, 2, 4, 4 })]
    public void Forward_OfTwoEqualParts_EqualsTheBatchOfBoth(long[] shape)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        Tensor x = randn(shape, float64) + 3, dy = randn(shape, float64);
        (Tensor y, Tensor[] gradients, Tensor[] running) Run(Tensor input, Tensor wanted, bool parts)
        {
            using var norm = new BatchNorm(3);
            norm.to(float64);
            using (no_grad()) norm.weight.copy_(tensor([0.5, -1.5, 2.0]));
            norm.train();
            Tensor leaf = input.detach().requires_grad_(true);
            using var shared = parts ? new BatchNorm.SharedStatistics(part => part * 2, 2) : null;
            Tensor y = norm.call(leaf);
            (y * wanted).sum().backward();
            return (
                y.detach(),
                [leaf.grad!.clone(), norm.weight.grad!.clone(), norm.bias.grad!.clone()],
                [norm.running_mean.clone(), norm.running_var.clone()]);
        }
        var whole = Run(cat([x, x]), cat([dy, dy]), parts: false);
        var part = Run(x, dy, parts: true);
        Far(part.y, whole.y.narrow(0, 0, shape[0])).ShouldBeLessThan(1e-12);
        Far(part.gradients[0], whole.gradients[0].narrow(0, 0, shape[0])).ShouldBeLessThan(1e-10);
        // Each part's own; the processes' mean is taken later.
        for (int i = 1; i < 3; i++) Far(part.gradients[i] * 2, whole.gradients[i]).ShouldBeLessThan(1e-12);
        for (int i = 0; i < 2; i++) Far(part.running[i], whole.running[i]).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void Forward_OfPartsInBfloat16_IsNearThatInFloat32()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor x = randn([2, 3, 2, 4, 4]) + 3, dy = randn([2, 3, 2, 4, 4]);
        (Tensor, Tensor) Run(ScalarType type)
        {
            using var norm = new BatchNorm(3);
            norm.train();
            using var shared = new BatchNorm.SharedStatistics(part => part * 2, 2);
            Tensor leaf = x.to(type).detach().requires_grad_(true), y = norm.call(leaf);
            y.dtype.ShouldBe(type);
            (y * dy.to(type)).sum().backward();
            return (y.detach().to(float32), leaf.grad!.to(float32));
        }
        ((Tensor y, Tensor g), (Tensor y16, Tensor g16)) = (Run(ScalarType.Float32), Run(ScalarType.BFloat16));
        Far(y16, y).ShouldBeLessThan(0.05);
        Far(g16, g).ShouldBeLessThan(0.05);
    }

    private static double Far(Tensor a, Tensor b) => (a - b).abs().max().ToDouble();

    /// <summary>Difference views move statistics of their own, and are judged by them.</summary>
    [Theory]
    [InlineData(true)] // by the kernel of channels-last
    [InlineData(false)]
    public void Forward_OfDifferenceViews_KeepsTheirOwnStatistics(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using var norm = new BatchNorm(8);
        norm.AddDifferenceStatistics();
        Tensor Batch(double mean)
        {
            Tensor x = randn([4, 8, 2, 3, 3]) + mean;
            return channelsLast ? x.permute(0, 2, 3, 4, 1).contiguous().permute(0, 4, 1, 2, 3) : x;
        }
        norm.train();
        norm.call(Batch(10));
        Tensor mean = norm.running_mean.clone();
        using (new BatchNorm.DifferenceStatistics()) norm.call(Batch(-10));
        norm.running_mean.Equals(mean).ShouldBeTrue();
        norm.get_buffer("difference_mean")!.mean().ToDouble().ShouldBe(-1, 0.2);
        norm.state_dict().Keys.ShouldContain("difference_var");
        norm.eval();
        Tensor same = Batch(0);
        Tensor plain = norm.call(same), own;
        using (new BatchNorm.DifferenceStatistics()) own = norm.call(same);
        (own - plain).mean().ToDouble().ShouldBeGreaterThan(1);
        norm.to(float64);
        using (new BatchNorm.DifferenceStatistics()) norm.call(same.to(float64)).dtype.ShouldBe(float64);
    }
}
