using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace VideoConcepts.Distributed;

/// <summary>
/// Ends a process that waits for the others in vain. MPI waits for ever for a machine that has lost its power or its
/// network; a launcher may notice it, or not.
/// </summary>
internal sealed partial class MessageWatch : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly TimeProvider _clock;
    private readonly Action<string, TimeSpan> _onLost;
    private readonly ITimer _timer;
    private long _since; // 0: not within a message
    private string _call = "";

    /// <param name="patience">How long a message may take.</param>
    /// <param name="clock">Measures it, and looks ten times meanwhile.</param>
    /// <param name="onLost">Told which message it is, and the patience; ends the process.</param>
    public MessageWatch(TimeSpan patience, TimeProvider clock, Action<string, TimeSpan> onLost)
    {
        (_patience, _clock, _onLost) = (patience, clock, onLost);
        _timer = clock.CreateTimer(_ => Look(), null, patience / 10, patience / 10);
    }

    /// <summary>One that ends this process, with a line on standard error and status 1.</summary>
    [SupportedOSPlatform("linux")]
    public static MessageWatch OfThisProcess(TimeSpan patience) => new(patience, TimeProvider.System, (call, waited) =>
    {
        Console.Error.WriteLine($"videoconcepts: process {Environment.ProcessId} on {Environment.MachineName}: the other "
            + $"processes have not answered for {Told(waited)} (it waits for {call}); one of them or its machine is "
            + $"gone, or they are slow and want a longer {Launch.TimeoutOption}. What was saved is whole: start again to "
            + "go on (train: with --resume auto).");
        Console.Error.Flush();
        ExitNow(1); // MPI would wait for the others in its last words, too
    });

    /// <summary>A message begins; disposing what is returned ends it.</summary>
    public Message Begin(string call)
    {
        _call = call;
        Volatile.Write(ref _since, _clock.GetTimestamp());
        return new Message(this);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long since = Volatile.Read(ref _since);
        if (since != 0 && _clock.GetElapsedTime(since) > _patience) _onLost(_call, _patience);
    }

    private static string Told(TimeSpan time) => time.TotalMinutes >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int status);

    /// <summary>A message that is under way.</summary>
    internal readonly ref struct Message(MessageWatch watch)
    {
        public void Dispose() => Volatile.Write(ref watch._since, 0);
    }
}
