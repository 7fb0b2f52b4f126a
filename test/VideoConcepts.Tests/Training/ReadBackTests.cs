using System.Reflection;
using VideoConcepts.Distributed;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

/// <summary>
/// A step waits for the device once: where the computation is far away, each time costs a whole queue of work.
/// </summary>
[Collection(nameof(SerialTests))]
public sealed class ReadBackTests(TinyVideos videos) : TrainingTests
{
    private static readonly string[] Readers = ["ToDouble", "ToSingle", "ToInt64", "ToInt32", "ToBoolean", "ToScalar",
        "item", "data", "cpu", "get_bytes", "ToArray", "op_Explicit"];


    [Theory]
    [InlineData("concepts")]
    [InlineData("multilevel")]
    [InlineData("concepts with graph")]
    public void Step_OfARun_ReadsOnce(string method)
    {
        TrainOptions options = TinyRun.WithMethod(TinyRun.Options(videos, Work["run"]), method) with
        {
            Epoch = 2,
            LocalFrom = 0,
            LogEvery = 5,
        };
        List<int> counts = [ReadBack.Count];
        TinyRun.Train(options, Stop,
            new TinyRun.AfterStep(_ => counts.Add(ReadBack.Count)));
        int[] reads = [.. counts.Zip(counts.Skip(1), (before, after) => after - before)];
        reads.Length.ShouldBe(12);
        // The sums of an interval are read with the step that follows it, those of an epoch with its checkpoint; where
        // a new term takes part, the sums before it.
        int[] more = [5, 6, 10];
        for (int step = 0; step < reads.Length; step++)
            reads[step].ShouldBeLessThanOrEqualTo(more.Contains(step) ? 2 : 1, $"step {step + 1}");
        reads.Sum().ShouldBeLessThanOrEqualTo(12 + more.Length);
    }

    /// <summary>What runs in a step reads nothing but through <see cref="ReadBack"/>, which is counted.</summary>
    [Fact]
    public void Code_OfAStep_CallsNothingThatReads()
    {
        Type[] types = [.. typeof(ReadBack).Assembly.GetTypes().Where(IsOfAStep)];
        types.Length.ShouldBeGreaterThan(40);
        string[] found = [.. from type in types
                             from method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All))
                             from called in Calls(method)
                             where called.DeclaringType?.Assembly == typeof(Tensor).Assembly
                                 && Readers.Contains(called.Name)
                             select $"{type.FullName}.{method.Name} calls {called.Name}"];
        found.ShouldBeEmpty();
        // they are seen
        Calls(typeof(ReadBack).GetMethod(nameof(ReadBack.Numbers))!).ShouldContain(c => c.Name == "cpu");
    }

    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] OfTraining = [typeof(ConceptObjective), typeof(MultiLevelObjective),
        typeof(ClassifierObjective), typeof(Views), typeof(Pretrainer), typeof(GradientNorm), typeof(Optimization),
        typeof(IntervalMeter), typeof(SplitBatch), typeof(GradientAverage)];

    // These take tensors of the CPU alone, which are read where they lie (FusedBatchNormTests has the guard).
    private static readonly Type[] OfTheCpu = [typeof(BatchNormKernel<>), typeof(FusedBatchNorm<>)];

    private static bool IsOfAStep(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer; // closures are types within
        if (OfTheCpu.Contains(type)) return false;
        return type.Namespace == "VideoConcepts.Losses"
            || (type.Namespace == "VideoConcepts.Models"
                && type.Name is not (nameof(Initialization) or nameof(StateDict)))
            || OfTraining.Contains(type);
    }

    /// <summary>The methods whose tokens follow a call or callvirt in the body.</summary>
    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) yield break;
        for (int i = 0; i + 5 <= code.Length; i++)
        {
            if (code[i] is not (0x28 or 0x6F)) continue;
            MethodBase? called = null;
            try
            {
                called = method.Module.ResolveMethod(BitConverter.ToInt32(code, i + 1),
                    method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null,
                    method.IsGenericMethod ? method.GetGenericArguments() : null);
            }
            catch (Exception e) when (e is ArgumentException or BadImageFormatException)
            {
                // These bytes are no call.
            }
            if (called is not null) yield return called;
        }
    }
}
