using System.Globalization;
using VideoConcepts.Data;
using VideoConcepts.Training;
using VideoConcepts.Training.Import;

namespace VideoConcepts.Cli;

/// <summary>What is said of a run, and a line per interval.</summary>
internal class TrainingConsole : ITrainingObserver
{
    private string _out = "";

    public void Started(RunStarted run)
    {
        TrainOptions options = run.Options;
        _out = options.Out;
        if (run.Processes > 1)
            Screen.Say($"{run.Processes} processes, {run.Processes * options.TrainBatch} videos a step, batch norm "
                + (options.SyncBn ? "over all of them" : "in each process alone"));
        Screen.Say($"{run.Videos} videos in {options.CsvFile}, {run.TooShort} too short; {options.Epoch} epochs of "
            + $"{run.StepsPerEpoch} steps; {options.Net}, frames read by {FrameReaders.Name}");
    }

    public void Resumed(RunResumed run)
    {
        foreach (string damaged in run.Damaged) Screen.Say($"passed over: {damaged}");
        if (run.Changes.Length > 0) Screen.Say(run.Changes);
        Screen.Say($"going on after step {run.Step}, in epoch {run.Epoch + 1}, from {run.Path}");
    }

    public void Warned(string what) => Screen.Say($"note: {what}");

    public void Initialised(KeyReport report)
    {
        foreach (string line in report.Lines()) Screen.Say(line);
    }

    public void EvaluationDone(EvaluationDuringTraining evaluation)
    {
        IEnumerable<string> figures = evaluation.Figures.Select(f =>
            string.Create(CultureInfo.InvariantCulture, $"{f.Name} {100 * f.Value:F1} %"));
        Screen.Say($"epoch {evaluation.Epoch + 1} evaluation  {string.Join("  ", figures)}"
            + (evaluation.IsBest ? "  best so far" : ""));
    }

    public void IntervalDone(IntervalMetrics metrics) => Screen.Say(Line(metrics));

    public void Ended(RunEnded run)
    {
        if (run.BytesExchanged > 0)
            Screen.Say(string.Create(CultureInfo.InvariantCulture,
                $"handed to the other processes: {run.BytesExchanged / 1e6:F0} MB; {100 * run.ShareWaited:F0} % of the "
                + $"time, waiting for them included"));
    }

    public virtual void Judged(LearningVerdict verdict)
    {
        foreach (string line in verdict.Lines()) Screen.Say(line);
        Screen.Say($"=> {verdict.Text}");
    }

    public void Skipped(VideoEntry video, string reason) => Screen.Say($"skipped {video.Origin}: {reason}");

    /// <summary>After an interruption: where the model is.</summary>
    public void SayWhereItIs()
    {
        if (_out.Length > 0) Screen.Say($"The model so far is in {Path.Combine(_out, Checkpoint.FileName)}.");
    }

    internal static string Line(IntervalMetrics m)
    {
        IEnumerable<string> terms =
            m.Terms.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Key} {t.Value:F3}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"epoch {m.Epoch + 1} step {m.Step}/{m.TotalSteps}  loss {m.Loss:F3}  {string.Join(" ", terms)}  "
            + $"{m.VideosPerSecond:F1} videos/s  waited {m.WaitSeconds:F1} s, computed {m.ComputeSeconds:F1} s  "
            + $"{Duration(m.SecondsLeft)} left");
    }

    internal static string Duration(double seconds)
    {
        TimeSpan span = TimeSpan.FromSeconds(Math.Round(Math.Max(0, seconds)));
        return span.TotalHours >= 1 ? $"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2}"
            : $"{span.Minutes}:{span.Seconds:D2}";
    }
}
