using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Vectors;

/// <summary>
/// The whole model in training against the authors' program. Step 0 pins the forward pass, step 1 Adam and the
/// prototypes that do not learn yet, step 2 the queue, step 6 the gradients of the local contrast.
/// </summary>
public sealed class TrajectoryVectorTests
{
    [Fact]
    public void Trajectory_FirstThreeStepsInFloat64_AgreeWithReference()
    {
        ConceptVectors vectors = ReferenceVectors.Concepts;
        using var run = new ReferenceTrajectory(vectors, ScalarType.Float64);
        foreach (StepVectors step in vectors.Trajectory.Take(3)) ShouldAgree(run.Next(step), step, step.Step == 0 ? 1e-9 : 1e-6);
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Long")]
    public void Trajectory_AllStepsInFloat64_AgreeWithReferenceToTheLastParameter()
    {
        ConceptVectors vectors = ReferenceVectors.Concepts;
        using var run = new ReferenceTrajectory(vectors, ScalarType.Float64);
        foreach (StepVectors step in vectors.Trajectory) ShouldAgree(run.Next(step), step, step.Step == 0 ? 1e-9 : 1e-6);

        Dictionary<string, Tensor> state = run.Model.state_dict();
        foreach ((string key, TensorSummary expected) in vectors.FinalParams) state[key].ShouldAgree(expected, 1e-6, key);
        run.Model.queue.ShouldAgree(vectors.FinalQueue, 1e-6, "queue");
        state["queue"].ShouldAgree(vectors.FinalQueue, 1e-6, "queue in the state_dict");
    }

    [Fact]
    public void Trajectory_FirstStepInFloat32_AgreesToRounding()
    {
        ConceptVectors vectors = ReferenceVectors.Concepts;
        using var run = new ReferenceTrajectory(vectors, ScalarType.Float32);
        StepVectors step = vectors.Trajectory[0];
        TrajectoryStep actual = run.Next(step);
        actual.Total.ShouldAgree(step.Total, 1e-4, "total");
        foreach ((string name, double value) in step.Losses) actual.Losses[name].ShouldBe(value, 1e-4 * Math.Max(1, Math.Abs(value)), name);
    }

    private static void ShouldAgree(TrajectoryStep actual, StepVectors expected, double tolerance)
    {
        foreach ((string name, double value) in expected.Losses) actual.Losses[name].ShouldAgree(value, tolerance, $"step {expected.Step} {name}");
        actual.Total.ShouldAgree(expected.Total, tolerance, $"step {expected.Step} total");
        if (expected.GradL2 is { } norms) actual.Gradients.ShouldAgree(norms, tolerance, $"step {expected.Step} gradient");
    }
}
