using VideoConcepts.Distributed;

namespace VideoConcepts.Cli;

/// <summary>A command in one process or in several, which end together. The first one speaks for all.</summary>
internal static class Ranks
{
    /// <summary>Runs the work of this rank. Where it fails alone, the others would wait for ever: all are ended, after its message.</summary>
    public static int Together(ICommunicator ranks, Func<int> work)
    {
        TextWriter errors = Console.Error;
        if (ranks.Rank > 0)
        {
            Console.SetOut(TextWriter.Null);
            Console.SetError(TextWriter.Null);
        }
        try
        {
            return work();
        }
        catch (Exception e) when (ranks.Size > 1 && e is not OperationCanceledException)
        {
            errors.WriteLine($"videoconcepts: rank {ranks.Rank}: {ErrorText.Of(e)}");
            errors.Flush();
            ranks.Abort(e is BadInputException ? ExitStatus.BadInput : ExitStatus.Failed);
            throw;
        }
    }
}
