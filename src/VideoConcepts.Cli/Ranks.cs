using VideoConcepts.Distributed;

namespace VideoConcepts.Cli;

/// <summary>Several processes end together.</summary>
internal static class Ranks
{
    /// <summary>Runs the work of this rank. Where it fails alone, the others would wait for ever: all are ended, after its message.</summary>
    public static int Together(ICommunicator ranks, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (ranks.Size > 1 && e is not OperationCanceledException)
        {
            Console.Error.WriteLine($"videoconcepts: rank {ranks.Rank}: {e.Message.ReplaceLineEndings(" ")}");
            Console.Error.Flush();
            ranks.Abort(e is BadInputException ? ExitStatus.BadInput : ExitStatus.Failed);
            throw;
        }
    }
}
