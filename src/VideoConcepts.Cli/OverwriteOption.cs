using System.CommandLine;

namespace VideoConcepts.Cli;

/// <summary>
/// --force of the commands that write results. What it never does: write over an input, or over a file of others.
/// </summary>
internal static class OverwriteOption
{
    public const string Name = "--force";

    public static Option<bool> Create() => new(Name)
    {
        Description = "replace results of this program that came from other sources or another command, or were "
            + "changed since",
    };
}
