using System.Globalization;
using VideoConcepts.Training;
using VideoConcepts.Training.Import;

namespace VideoConcepts.Cli;

/// <summary>One line per interval, and the bar of a whole run.</summary>
internal sealed class TrainingConsole(Action<double, string> bar) : ITrainingObserver
{
    /// <summary>The interval that ended last.</summary>
    public IntervalMetrics? Last { get; private set; }

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

    public void EvaluationDone(EvaluationDuringTraining r) => Screen.Say(string.Create(CultureInfo.InvariantCulture,
        $"epoch {r.Epoch + 1} evaluation  {string.Join("  ", r.Figures.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name} {100 * f.Value:F1} %")))}{(r.IsBest ? "  best so far" : "")}"));

    public void StepDone(long step, long totalSteps, double loss)
    {
        if (!Screen.IsRedirected)
            bar(step, string.Create(CultureInfo.InvariantCulture, $"step {step}/{totalSteps}, loss {loss:F3}"));
    }

    public void IntervalDone(IntervalMetrics m)
    {
        Last = m;
        Screen.Say(Line(m));
    }

    internal static string Line(IntervalMetrics m) => string.Create(CultureInfo.InvariantCulture,
        $"epoch {m.Epoch + 1} step {m.Step}/{m.TotalSteps}  loss {m.Loss:F3}  {string.Join(" ", m.Terms.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Key} {t.Value:F3}")))}  {m.VideosPerSecond:F1} videos/s  waited {m.WaitSeconds:F1} s, computed {m.ComputeSeconds:F1} s  {Duration(m.SecondsLeft)} left");

    internal static string Duration(double seconds)
    {
        TimeSpan span = TimeSpan.FromSeconds(Math.Round(Math.Max(0, seconds)));
        return span.TotalHours >= 1 ? $"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2}" : $"{span.Minutes}:{span.Seconds:D2}";
    }
}
