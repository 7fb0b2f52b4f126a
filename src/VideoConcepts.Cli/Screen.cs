using System.Diagnostics;
using System.Text;
using Spectre.Console;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;

namespace VideoConcepts.Cli;

/// <summary>
/// The one place that prints: results to standard output, errors and progress to standard error, there as a live bar on
/// a terminal and now and then as a line elsewhere. Text of others, such as file names, can do nothing to the terminal:
/// control characters become visible here, and what Spectre would take for markup is escaped.
/// </summary>
internal static class Screen
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private static readonly Lazy<IAnsiConsole> Live = new(() =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));

    /// <summary>
    /// From here on what is written to standard error when nobody takes it any more is lost, and ends nothing.
    /// </summary>
    public static void OutlastTheTerminal()
    {
        // A console of Windows, and a pipe there, would get the letters of its code page only.
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(false);
        Console.SetError(new LastingErrorOutput(Console.Error));
    }

    /// <summary>Standard error as it is, for text that is not foreign: the help.</summary>
    public static TextWriter Errors => Console.Error;

    /// <summary>Whether nobody looks at a bar.</summary>
    public static bool IsRedirected => Console.IsErrorRedirected;

    /// <summary>Whether bars are drawn, rather than lines printed now and then.</summary>
    public static bool IsLive => !IsRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb"
        && Live.Value.Profile.Capabilities.Interactive;

    /// <summary>A result: one line on standard output.</summary>
    public static void Print(string line) => Console.Out.WriteLine(VisibleText.Of(line));

    /// <summary>A result of several lines, such as JSON, each of which is printed for itself.</summary>
    public static void PrintLines(string text)
    {
        foreach (string line in text.Split('\n')) Print(line.TrimEnd('\r'));
    }

    /// <summary>A table on standard output; in a file or a pipe it gets the room that it needs.</summary>
    public static void Print(TextTable table)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = Math.Max(console.Profile.Width, 110);
        console.Write(table.Shown);
    }

    /// <summary>Figures as percentages, on standard output.</summary>
    public static void Print(FigureTable figures)
    {
        // by name: not all rows of a mean have all figures
        string[] names = [.. figures.Rows.SelectMany(row => row.Figures).Select(f => f.Name).Distinct()];
        var table = new TextTable([figures.Title], names);
        foreach (FigureRow row in figures.Rows)
            table.AddRow([row.Name, .. names.Select(name => row.Figures.FirstOrDefault(f => f.Name == name).Value
                is { } value ? FigureText.Percent(value) : "")]);
        Print(table);
    }

    /// <summary>What went wrong: one line on standard error.</summary>
    public static void Error(string line) => Console.Error.WriteLine(Shown(line));

    /// <summary>How it goes: a line on standard error, above the live bar if there is one.</summary>
    public static void Say(string line)
    {
        if (IsLive) Live.Value.MarkupLine(Cell(line));
        else Error(line);
    }

    /// <summary>Text as a cell of a table or the title of a bar.</summary>
    public static string Cell(string text) => Markup.Escape(Shown(text));

    // Options of the library's messages as they are typed here; nothing of a name reaches the terminal as a command.
    private static string Shown(string text) => VisibleText.Of(OptionKeys.AsOptions(text));

    /// <summary>Shows nothing from now on; what is returned still prints errors.</summary>
    public static Action<string> Silence()
    {
        TextWriter errors = Console.Error;
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        return line =>
        {
            errors.WriteLine(Shown(line));
            errors.Flush();
        };
    }

    /// <summary>Runs work that reports how much of <paramref name="total"/> it has done.</summary>
    public static T Track<T>(string title, double total, Func<Action<double, string>, T> work)
    {
        if (!IsLive) return work(PlainLines(title, Math.Max(1, total)));
        return Bars().Start(live =>
        {
            ProgressTask task = live.AddTask(Cell(title), maxValue: Math.Max(1, total));
            return work((done, what) =>
            {
                task.Value = done;
                if (what.Length > 0) task.Description = Cell($"{title}  {what}");
            });
        });
    }

    /// <summary>Live bars, gone when they end.</summary>
    public static Progress Bars() => Live.Value.Progress().AutoClear(true)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(),
            new PercentageColumn(), new RemainingTimeColumn());

    /// <summary>What tells how far a work is where there is no bar: a line now and then.</summary>
    public static Action<double, string> PlainLines(string title, double total)
    {
        var sinceLine = Stopwatch.StartNew();
        return (done, what) =>
        {
            if (sinceLine.Elapsed < LineInterval) return;
            sinceLine.Restart();
            Error($"{title}: {100 * done / total:F0} %{(what.Length > 0 ? ", " + what : "")}");
        };
    }
}
