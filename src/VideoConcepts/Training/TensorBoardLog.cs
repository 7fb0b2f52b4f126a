using TorchSharp;
using TorchSharp.Modules;

namespace VideoConcepts.Training;

/// <summary>
/// The figures of metrics.jsonl as TensorBoard event files: <c>tensorboard --logdir RUN/tensorboard</c>.
/// </summary>
internal sealed class TensorBoardLog(string folder) : ITrainingObserver
{
    public const string FolderName = "tensorboard";
    private readonly SummaryWriter _events = torch.utils.tensorboard.SummaryWriter(folder, createRunName: false);

    public void IntervalDone(IntervalMetrics m)
    {
        Add("loss/total", m.Loss, m.Step);
        foreach ((string name, double value) in m.Terms) Add($"loss/{name}", value, m.Step);
        foreach ((string name, double value) in m.Gauges) Add($"concepts/{name}", value, m.Step);
        Add("run/grad_norm", m.GradientNorm, m.Step);
        Add("run/lr", m.Rate, m.Step);
        Add("run/videos_per_second", m.VideosPerSecond, m.Step);
        Add("run/wait_seconds", m.WaitSeconds, m.Step);
        Add("run/resident_megabytes", m.ResidentMegabytes, m.Step);
    }

    public void EvaluationDone(EvaluationDuringTraining evaluation)
    {
        foreach ((string name, double value) in evaluation.Figures) Add($"evaluation/{name}", value, evaluation.Step);
    }

    private void Add(string tag, double value, long step) => _events.add_scalar(tag, (float)value, (int)step);
}
