namespace VideoConcepts.Cli;

/// <summary>What the program tells the shell.</summary>
internal static class ExitStatus
{
    public const int Done = 0, Failed = 1, BadInput = 2, Interrupted = 130;
}
