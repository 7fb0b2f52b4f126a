using Spectre.Console;

namespace VideoConcepts.Cli;

/// <summary>A live bar, drawn until it is disposed.</summary>
internal sealed class ScreenBar : IDisposable
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProgressTask _task;
    private readonly Task _drawing;
    private readonly string _part;

    public ScreenBar(string part, double total)
    {
        _part = part;
        var begun = new TaskCompletionSource<ProgressTask>(TaskCreationOptions.RunContinuationsAsynchronously);
        _drawing = Screen.Bars().StartAsync(async bars =>
        {
            begun.SetResult(bars.AddTask(Screen.Cell(part), maxValue: total));
            await _end.Task;
        });
        Task.WaitAny(begun.Task, _drawing);
        _task = begun.Task.IsCompleted
            ? begun.Task.Result
            : throw new InvalidOperationException("Another bar is drawn.");
    }

    public void Show(double done, string detail)
    {
        _task.Value = done;
        if (detail.Length > 0) _task.Description = Screen.Cell($"{_part}  {detail}");
    }

    public void Dispose()
    {
        _end.TrySetResult();
        _drawing.GetAwaiter().GetResult();
    }
}
