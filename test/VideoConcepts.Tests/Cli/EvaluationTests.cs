using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>Tests of evaluations, from lists to files, on a run of six steps.</summary>
public abstract class EvaluationTests(TinyVideos videos) : TrainingTests
{
    /// <summary>The videos of all tests.</summary>
    protected TinyVideos Videos { get; } = videos;

    /// <summary>A run that was trained without labels, made when it is asked for first.</summary>
    protected string Run
    {
        get
        {
            if (!Directory.Exists(Work["run"]))
                TinyCommand.Train(Videos.Files.Train, Work["run"]).Run().ShouldBeDone();
            return Work["run"];
        }
    }

    /// <summary>Fine-tunes it for three epochs, each of which is looked at.</summary>
    protected string[] FineTune =>
    [
        "evaluate", "finetune", "--checkpoint", Run,
        "--train_csv", Videos.Files.MotionTrain, "--test_csv", Videos.Files.MotionTest, "--epoch", "3",
        "--eval_every", "1", "--train_batch", "4", "--threads", "1", "--held_out", "0.3",
    ];
}
