using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VideoConcepts.Distributed;
using VideoConcepts.Evaluation;

namespace VideoConcepts;

/// <summary>How far a part of a longer work is.</summary>
/// <param name="Part">What is done, such as "test features".</param>
/// <param name="Done">How much of it is done, 0 to <paramref name="Total"/>; a part ends with its total.</param>
/// <param name="Total">How much there is, above 0.</param>
/// <param name="Detail">What is at hand, such as "step 20/650, loss 6.1"; may be empty.</param>
public readonly record struct WorkProgress(string Part, double Done, double Total, string Detail = "");

/// <summary>Who is told how a longer work goes, and which processes do it together.</summary>
public sealed record WorkContext
{
    /// <summary>Told how far each part is, one report at a time, from the threads that work; a slow receiver slows
    /// the work.</summary>
    public IProgress<WorkProgress>? Progress { get; init; }

    /// <summary>Told what is worth knowing, such as videos that are left out.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Told each table of figures as soon as it is known; of several splits each, then their mean.</summary>
    public IProgress<FigureTable>? Figures { get; init; }

    /// <summary>The processes that do the work; all call the same method with the same options.</summary>
    public ICommunicator Communicator { get; init; } = new SingleProcess();

    /// <summary>Does a part of the work, which tells how much of it is done.</summary>
    internal T Track<T>(string part, double total, Func<Action<double, string>, T> work)
    {
        total = Math.Max(1, total);
        var gate = new Lock();
        double furthest = 0;
        Progress?.Report(new WorkProgress(part, 0, total));
        T result = work((done, detail) =>
        {
            lock (gate) // parts that many threads work on report from all of them
            {
                if (done < furthest || done >= total) return; // the end is told below
                furthest = done;
                Progress?.Report(new WorkProgress(part, done, total, detail));
            }
        });
        Progress?.Report(new WorkProgress(part, total, total));
        return result;
    }

    /// <exception cref="BadInputException">There are several processes, where one is to work alone.</exception>
    internal void RefuseSeveral(string what)
    {
        if (Communicator.Size > 1) throw new BadInputException($"{what} is made in one process, not in several.");
    }

    internal void Say(string line) => Logger.LogInformation("{Line}", line);
}

/// <summary>
/// Reports at once on the caller's thread; <see cref="Progress{T}"/> later, on others and out of order.
/// </summary>
internal sealed class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
