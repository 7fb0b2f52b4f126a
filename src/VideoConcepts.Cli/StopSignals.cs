using System.Runtime.InteropServices;

namespace VideoConcepts.Cli;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP let the step under way finish and be saved. A second SIGINT or SIGTERM ends the process
/// at once; SIGHUP never does, for a lost connection sends it twice (the terminal and the shell), and a system that
/// goes down sends it after SIGTERM.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;
    private bool _asked; // by SIGINT or SIGTERM

    /// <summary>The words of the command that runs, such as evaluate and probe; it decides what is said.</summary>
    public IReadOnlyList<string> Command { get; set; } = [];

    public StopSignals(CancellationTokenSource stop)
    {
        _stop = stop;
        _registrations = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            .Select(signal => PosixSignalRegistration.Create(signal, Receive))];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }

    /// <summary>What the first signal does to a command.</summary>
    internal static string Effect(IReadOnlyList<string> command) => command switch
    {
        ["train"] or ["demo"] or ["evaluate", "finetune"] =>
            "stopping when this step is done and saved; once more ends the program at once, without saving",
        ["prepare", not "synthetic"] =>
            "stopping: finished videos stay, those under way are left to the next run; once more ends the program at "
            + "once",
        _ => "stopping; once more ends the program at once",
    };

    private void Receive(PosixSignalContext context)
    {
        bool hangUp = context.Signal == PosixSignal.SIGHUP;
        context.Cancel = hangUp || !_asked;
        _asked |= !hangUp;
        if (!context.Cancel) return;
        if (!_stop.IsCancellationRequested) Screen.Say(Effect(Command));
        _stop.Cancel();
    }
}
