using System.Reflection;
using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

/// <summary>A model that goes to another device or type leaves no tensor behind.</summary>
public sealed class MovingTests
{
    private static readonly TrainOptions Options = TinyRun.Model with { Cluster = 4, Thres = 0.05 };

    [Theory]
    [InlineData("concepts")]
    [InlineData("multilevel")]
    public void To_AnotherTypeOrDevice_TakesEveryTensorAlong(string method)
    {
        using IVideoModel model = TrainingRun.BuildModel(Options with { Method = method });
        Tensors(model).Count().ShouldBeGreaterThan(100);
        model.Module.to(float64);
        Tensors(model).Where(t => t.Tensor.is_floating_point())
            .ShouldAllBe(t => t.Tensor.dtype == ScalarType.Float64);
        model.Module.to(META);
        Tensors(model).ShouldAllBe(t => t.Tensor.device_type == DeviceType.META);
    }

    [Fact]
    public void Queue_OfMultiLevel_IsKeptBesideTheStateDict()
    {
        using IVideoModel model = TrainingRun.BuildModel(Options with { Method = "multilevel" });
        model.Module.state_dict().Keys.ShouldNotContain(key => key.Contains("queue"));
        model.ExtraState.Single().Value.shape.ShouldBe([6, 2, 4]);
    }

    /// <summary>Parameters, buffers, what is beside the state_dict, and every tensor that a field holds.</summary>
    private static IEnumerable<(string Name, Tensor Tensor)> Tensors(IVideoModel model)
    {
        foreach ((string name, Tensor tensor) in model.Module.state_dict()) yield return (name, tensor);
        foreach ((string name, Tensor tensor) in model.ExtraState) yield return (name, tensor);
        foreach ((string name, nn.Module module) in model.Module.named_modules().Append(("", model.Module)))
            foreach (FieldInfo field in module.GetType().GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                if (field.GetValue(module) is Tensor tensor) yield return ($"{name}.{field.Name}", tensor);
    }
}
