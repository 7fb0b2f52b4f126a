using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Evaluation;

public sealed class FineTuningTests : IDisposable
{
    private readonly WorkFolder _work = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Run_WithANumberOutOfRange_SaysSoAndMakesNoFolder()
    {
        FineTuneOptions good = Options(("train", 4));
        ClassifierTraining how = EvaluationPreset.Of("coclr").FineTune;
        foreach ((FineTuneOptions wrong, string expected) in ((FineTuneOptions, string)[])[
            (good with { HeldOut = 2 }, "--held_out 2: give a share from 0 to below 1."),
            (good with { HeldOut = -1 }, "--held_out -1: give a share from 0 to below 1."),
            (good with { Labels = 0 }, "--labels 0: give a share above 0, at most 1."),
            (good with { EvalEvery = 0 }, "--eval_every 0: must be at least 1."),
            (good with { Threads = 513 }, "--threads 513: must be at most 512."),
            (good with { Frames = 1 }, "--seq is 1: a clip needs at least 2 frames, at most 4096."),
            (good with { Training = how with { Momentum = 3 } }, "--momentum 3: must be 0 to below 1."),
            (good with { Training = how with { Dropout = 1 } }, "--dropout 1: must be 0 to below 1."),
            (good with { Training = how with { Lr = 0 } }, "--lr 0: must be above 0."),
            (good with { Training = how with { Epoch = 0 } }, "--epoch 0: must be at least 1."),
            (good with { Training = how with { TrainBatch = 1 } }, "--train_batch 1: must be at least 2."),
        ])
        {
            Should.Throw<BadInputException>(() => FineTuning.Run(wrong, stop: Stop)).Shown().ShouldBe(expected);
            Directory.Exists(_work["out"]).ShouldBeFalse(expected);
        }
    }

    /// <summary>A step has no more clips than there are videos: of one video there is no batch.</summary>
    [Fact]
    public void Run_OfSplitsOfWhichTheLastIsTooSmall_BeginsWithNone()
    {
        Should.Throw<BadInputException>(() => FineTuning.Run(Options(("first", 4), ("last", 1)), stop: Stop)).Shown()
            .ShouldBe("--train_batch 1: must be at least 2.");
        Directory.Exists(_work["out"]).ShouldBeFalse();
    }

    /// <summary>Training lists of so many videos, each with a test list as long.</summary>
    private FineTuneOptions Options(params (string Name, int Videos)[] splits) => new()
    {
        Net = "r2plus1d-tiny",
        TrainLists = [.. splits.Select(s => List(s.Name, s.Videos))],
        TestLists = [.. splits.Select(s => List($"{s.Name}-test", s.Videos))],
        Out = _work["out"],
    };

    private string List(string name, int videos)
    {
        for (int i = 0; i < videos; i++) TinyFrames.Write(_work, $"{name}/{i}", 2);
        return _work.Write($"{name}.csv",
            string.Concat(Enumerable.Range(0, videos).Select(i => $"{name}/{i},2,{i % 2}\n")));
    }
}
