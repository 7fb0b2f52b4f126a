using System.Diagnostics;
using Spectre.Console;

namespace VideoConcepts.Cli;

/// <summary>Progress on standard error: a live bar on a terminal, now and then a line elsewhere. Results go to standard output.</summary>
internal static class Screen
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Tables in a file or a pipe get the room that they need.</summary>
    public static IAnsiConsole Results
    {
        get
        {
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
            if (Console.IsOutputRedirected) console.Profile.Width = Math.Max(console.Profile.Width, 110);
            return console;
        }
    }

    private static readonly Lazy<IAnsiConsole> Live = new(() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));

    private static bool IsLive => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb" && Live.Value.Profile.Capabilities.Interactive;

    /// <summary>A line on standard error, above the live bar if there is one.</summary>
    public static void Say(string line)
    {
        if (IsLive) Live.Value.MarkupLineInterpolated($"{line}");
        else Console.Error.WriteLine(line);
    }

    /// <summary>Runs work that reports how much of <paramref name="total"/> it has done.</summary>
    public static T Track<T>(string title, double total, Func<Action<double, string>, T> work)
    {
        if (!IsLive) return work(PlainLines(title, Math.Max(1, total)));
        return Live.Value.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(live =>
            {
                ProgressTask task = live.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                return work((done, what) =>
                {
                    task.Value = done;
                    if (what.Length > 0) task.Description = Markup.Escape($"{title}  {what}");
                });
            });
    }

    private static Action<double, string> PlainLines(string title, double total)
    {
        var sinceLine = Stopwatch.StartNew();
        return (done, what) =>
        {
            if (sinceLine.Elapsed < LineInterval) return;
            sinceLine.Restart();
            Console.Error.WriteLine($"{title}: {100 * done / total:F0} %{(what.Length > 0 ? ", " + what : "")}");
        };
    }
}
