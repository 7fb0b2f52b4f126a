using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

/// <summary>Batch norm with channels last in memory, as the CPU computes it, beside PyTorch's.</summary>
[Collection(nameof(SerialTests))] // the number of threads is the process's
public sealed class FusedBatchNormTests
{
    private sealed record Result(Tensor Y, Tensor X, Tensor Weight, Tensor Bias, Tensor Mean, Tensor Variance)
    {
        public IEnumerable<(string, Tensor)> Parts =>
            [("y", Y), ("dx", X), ("dw", Weight), ("db", Bias), ("running_mean", Mean), ("running_var", Variance)];
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(11, true)] // a vector that ends with the last channel overlaps the one before
    [InlineData(45, false)]
    [InlineData(144, true)]
    public void Forward_WithChannelsLast_EqualsPyTorchs(int channels, bool rectifies)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        Tensor x = (randn([2, channels, 3, 7, 5], float64) * 3) + 100, dy = randn([2, channels, 3, 7, 5], float64);
        BatchNormKernel<double>.Takes(Last(x)).ShouldBeTrue();
        BatchNormKernel<double>.Takes(x).ShouldBeFalse();
        (Result ours, Result theirs) = (Run(Last(x), dy, rectifies), Run(x, dy, rectifies));
        foreach (((string name, Tensor own), (_, Tensor expected)) in ours.Parts.Zip(theirs.Parts))
            Far(own, expected).ShouldBeLessThan(1e-10, name);
        (ours.Y < 0).any().ToBoolean().ShouldBe(!rectifies);
    }

    [Fact]
    public void Forward_InFloat32_IsAsNearToFloat64AsItsNumbers()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        Tensor x = (randn([4, 24, 4, 32, 32]) * 3) + 100, dy = randn([4, 24, 4, 32, 32]);
        (Result single, Result exact) = (Run(Last(x), dy, false), Run(x.to(float64), dy.to(float64), false));
        Far(single.Y.to(float64), exact.Y).ShouldBeLessThan(2e-5); // of numbers near 100, whose spacing is 8e-6
        Far(single.X.to(float64), exact.X).ShouldBeLessThan(1e-6);
        Far(single.Weight.to(float64), exact.Weight).ShouldBeLessThan(2e-3); // sums of 16384
        Far(single.Bias.to(float64), exact.Bias).ShouldBeLessThan(2e-3);
    }

    [Fact]
    public void Forward_WithOneThreadOrTwo_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(8);
        Tensor x = Last(randn([4, 24, 4, 32, 32])), dy = randn([4, 24, 4, 32, 32]);
        int before = get_num_threads();
        try
        {
            Result[] results = [.. new[] { 1, 2, 3 }.Select(threads =>
            {
                set_num_threads(threads);
                return Run(x, dy, true);
            })];
            foreach (Result other in results[1..])
                foreach (((string name, Tensor own), (_, Tensor first)) in other.Parts.Zip(results[0].Parts))
                    own.eq(first).all().ToBoolean().ShouldBeTrue(name);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Forward_OfWhatIsNotANumber_KeepsIt()
    {
        using var scope = NewDisposeScope();
        using var norm = new BatchNorm(8, rectifies: true);
        norm.eval();
        using var noGrad = no_grad();
        Tensor x = Last(zeros([1, 8, 1, 1, 3]));
        x[0, 3, 0, 0, 1] = float.NaN;
        x[0, 2, 0, 0, 2] = float.NegativeInfinity;
        Tensor y = norm.call(x);
        y.isnan().sum().ToInt64().ShouldBe(1);
        y[0, 3, 0, 0, 1].isnan().ToBoolean().ShouldBeTrue();
        y[0, 2, 0, 0, 2].ToSingle().ShouldBe(0);
    }

    [Fact]
    public void Takes_OffTheCpu_Nothing()
    {
        using var scope = NewDisposeScope();
        Tensor x = Last(empty([2, 8, 1, 2, 3]));
        BatchNormKernel<float>.Takes(x).ShouldBeTrue();
        BatchNormKernel<float>.Takes(Last(empty([2, 8, 1, 2, 3], device: new Device(DeviceType.META)))).ShouldBeFalse();
    }

    [Fact]
    public void Forward_InEvaluation_EqualsPyTorchs()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(9);
        using var norm = new BatchNorm(11, rectifies: true);
        using var noGrad = no_grad();
        foreach (Tensor t in (Tensor[])[norm.running_mean, norm.weight, norm.bias]) t.copy_(randn(11));
        norm.running_var.copy_(rand(11) + 0.1);
        norm.eval();
        Tensor x = randn([2, 11, 3, 4, 5]);
        Far(norm.call(Last(x)), norm.call(x)).ShouldBeLessThan(1e-5);
    }

    private static Result Run(Tensor x, Tensor dy, bool rectifies)
    {
        using var norm = new BatchNorm(x.shape[1], rectifies);
        norm.to(x.dtype);
        using (no_grad())
        {
            norm.weight.copy_(linspace(-1, 2, x.shape[1]));
            norm.bias.copy_(linspace(1, -1, x.shape[1]));
        }
        Tensor leaf = x.detach().requires_grad_(true), y = norm.call(leaf);
        y.backward([dy]);
        return new Result(y.detach(), leaf.grad!, norm.weight.grad!.clone(), norm.bias.grad!.clone(),
            norm.running_mean.clone(), norm.running_var.clone());
    }

    private static Tensor Last(Tensor x) => x.permute(0, 2, 3, 4, 1).contiguous().permute(0, 4, 1, 2, 3);

    private static double Far(Tensor a, Tensor b) => (a - b).abs().max().ToDouble();
}
