using Microsoft.Extensions.Logging;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>Shows on the screen how a longer work of the library goes.</summary>
internal sealed class ScreenWork : IProgress<WorkProgress>, ILogger, IDisposable
{
    private string? _part;
    private Action<double, string>? _show;
    private ScreenBar? _bar;

    /// <summary>What is handed to the library.</summary>
    /// <param name="ranks">The processes that do the work; null: this one alone.</param>
    public WorkContext Context(ICommunicator? ranks = null) => new()
    {
        Progress = this,
        Logger = this,
        Figures = new InlineProgress<FigureTable>(Screen.Print),
        Communicator = ranks ?? new SingleProcess(),
    };

    /// <summary>One part at a time: the one before ends when another begins.</summary>
    public void Report(WorkProgress at)
    {
        // in a file, the lines of a training's intervals tell as much
        if (at.Part == TrainingRun.Part && Screen.IsRedirected) return;
        if (at.Part != _part)
        {
            Dispose();
            if (at.Done >= at.Total) return;
            _part = at.Part;
            if (Screen.IsLive) _bar = new ScreenBar(at.Part, at.Total);
            else _show = Screen.PlainLines(at.Part, at.Total);
        }
        if (at.Done > 0)
        {
            _bar?.Show(at.Done, at.Detail);
            _show?.Invoke(at.Done, at.Detail);
        }
        if (at.Done >= at.Total) Dispose();
    }

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception,
        Func<TState, Exception?, string> text) => Screen.Say(text(state, exception));

    public bool IsEnabled(LogLevel level) => level >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        _bar?.Dispose();
        (_part, _bar, _show) = (null, null, null);
    }
}
