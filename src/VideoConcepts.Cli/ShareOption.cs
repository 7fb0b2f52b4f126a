using System.CommandLine;
using System.CommandLine.Parsing;
using TorchSharp;
using VideoConcepts.Distributed;

namespace VideoConcepts.Cli;

/// <summary>
/// --share: a command whose videos several processes divide among them, each for itself and without MPI, so that any
/// launcher may start them.
/// </summary>
internal static class ShareOption
{
    private const string Name = "--share";

    public static Option<bool> Create(string where) => new(Name)
    {
        Description = "divide the videos with other processes that are given the same command, on this machine or on "
            + $"others {where}",
    };

    /// <summary>Whether it is given.</summary>
    public static bool IsGiven(CommandResult command) =>
        command.Command.Options.FirstOrDefault(option => option.Name == Name) is Option<bool> share
        && command.GetValue(share);

    /// <summary>Cores of this machine for this process among those that a launcher started on it.</summary>
    public static int Cores => Launch.Cores;

    /// <summary>Gives this process its part of the machine's cores.</summary>
    public static void TakeCores()
    {
        if (Launch.LocalSize > 1) torch.set_num_threads(Cores);
    }
}
