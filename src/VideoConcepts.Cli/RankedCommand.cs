using VideoConcepts.Distributed;

namespace VideoConcepts.Cli;

/// <summary>A command in one process or in several, which end together. The first one speaks for all.</summary>
internal static class RankedCommand
{
    /// <summary>
    /// Runs the work of this rank. Where it fails alone, the others would wait for ever: all are ended, after its
    /// message.
    /// </summary>
    public static int Run(ICommunicator ranks, Func<int> work)
    {
        Action<string> error = ranks.Rank > 0 ? Screen.Silence() : Screen.Error;
        try
        {
            return work();
        }
        catch (Exception e) when (ranks.Size > 1 && e is not OperationCanceledException)
        {
            error($"videoconcepts: rank {ranks.Rank}: {ErrorText.Of(e)}");
            ranks.Abort(e is BadInputException ? ExitStatus.BadInput : ExitStatus.Failed);
            throw;
        }
    }
}
