using System.Diagnostics;
using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Benchmarks;

/// <summary>Size of a step of the concept objective: videos of two clips, six views each.</summary>
internal sealed record StepSize(int Batch, int Frames, int Size, int Concepts, int Steps)
{
    public const int ClipsPerVideo = 6;

    public override string ToString() =>
        $"{Batch} videos, {Batch * ClipsPerVideo} clips of {Frames}×{Size}×{Size}, K = {Concepts}";
}

/// <summary>Seconds of the fastest step and of its parts, each waited for.</summary>
internal sealed record StepTime(
    double Seconds, double Views, double Forward, double Backward, double Adam, double Loss);

/// <summary>One training step of the published net on random 8-bit clips, on any device.</summary>
internal static class DeviceStep
{
    /// <summary>The precision whose float32 products are TF32; the others are those of <c>--precision</c>.</summary>
    public const string Tf32Name = "tf32";

    /// <summary>The fastest of the steps, after one to warm up.</summary>
    public static StepTime Time(string precision, Device device, StepSize size, bool recompute = false)
    {
        Tf32.Allowed = precision == Tf32Name;
        using var scope = NewDisposeScope();
        Precision convolutions = PrecisionChoice.Parse(precision == Tf32Name ? "full" : precision);
        CudnnBenchmark.Choose(device, convolutions);
        using var model = new ConceptModel(Backbones.Create("r2plus1d", convolutions),
            new ConceptModelOptions(size.Concepts));
        Initialization.Fill(model, 1);
        model.to(device);
        model.backbone.Recompute = recompute;
        model.train();
        var objective = new ConceptObjective(model, ReferenceQuirks.None);
        using var adam = optim.Adam(model.parameters(), 1e-3, weight_decay: 1e-5);
        random.manual_seed(1);
        Tensor clips = randint(0, 256, [size.Batch, 2, size.Frames, 3, size.Size, size.Size], uint8, device);
        Tensor stills = randint(0, 256, [size.Batch, 2, 3, size.Size, size.Size], uint8, device);
        StepTime[] times = [.. Enumerable.Range(0, 1 + size.Steps).Select(_ => Step(objective, adam, clips, stills))];
        return times.Skip(1).MinBy(t => t.Seconds)!;
    }

    private static StepTime Step(ConceptObjective objective, optim.Optimizer adam, Tensor clips, Tensor stills)
    {
        using var scope = NewDisposeScope();
        double Done(Stopwatch clock)
        {
            if (clips.device_type == DeviceType.CUDA) cuda.synchronize();
            return clock.Elapsed.TotalSeconds;
        }
        Done(Stopwatch.StartNew());
        var clock = Stopwatch.StartNew();
        Tensor views = Views.OfConcepts(clips, stills);
        double made = Done(clock);
        objective.BeforeStep();
        LossTerms terms = objective.Compute(views, 10); // an epoch in which all terms take part
        Tensor total = terms.Total();
        double forward = Done(clock);
        foreach (var p in objective.Model.parameters()) p.grad = null;
        total.backward();
        double loss = total.ToDouble(), backward = Done(clock);
        adam.step();
        double end = Done(clock);
        return new StepTime(end, made, forward - made, backward - forward, end - backward, loss);
    }
}
