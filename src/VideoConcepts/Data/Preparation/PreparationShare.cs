using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// What processes that prepare into one folder tell each other, by files in it: who is there, which videos are taken,
/// and what came of those that are done. A video is taken by locking a byte of a file, which the system gives back when
/// a process ends, however that comes, and a file server when a machine does.
/// </summary>
[UnsupportedOSPlatform("macos")]
internal sealed class PreparationShare : IDisposable
{
    private const string PhaseLock = ".prepare.phase", StateFolder = ".prepare.share";
    private const string Written = "written", JournalEnding = ".jsonl"; // in the state folder
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(200);

    private readonly string _folder, _state;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _read = []; // bytes of the journals of others that were read
    private readonly Dictionary<string, ExtractionOutcome> _noted = new(StringComparer.Ordinal);
    private IDisposable? _there;
    private FileStream? _claims, _journal;

    private PreparationShare(string folder, TimeProvider clock) =>
        (_folder, _state, _clock) = (folder, Path.Combine(folder, StateFolder), clock);

    /// <summary>Joins those that work on a folder, or is the first.</summary>
    /// <param name="folder">The folder; made if needed.</param>
    /// <param name="begin">What the first one does before others may join.</param>
    /// <param name="join">What the others do instead.</param>
    /// <param name="clock">Waits while another one begins or ends.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="BadInputException">Another run has the folder for itself.</exception>
    public static async Task<PreparationShare> JoinAsync(string folder, Action begin, Action join, TimeProvider clock,
        CancellationToken stop)
    {
        var share = new PreparationShare(folder, clock);
        try
        {
            using IDisposable phase = await share.PhaseAsync(stop).ConfigureAwait(false);
            share._there = FolderLock.Take(folder, FolderLock.Preparation, shared: true);
            using (IDisposable? alone = share.LeaveAlone())
            {
                if (alone is null) join();
                else
                {
                    Forget(folder);
                    begin();
                    Directory.CreateDirectory(share._state);
                }
            }
            share._there = FolderLock.Take(folder, FolderLock.Preparation, shared: true);
            share._claims = new FileStream(Path.Combine(share._state, "claims"), FileMode.OpenOrCreate,
                FileAccess.ReadWrite, FileShare.ReadWrite, 1);
            string name = string.Create(CultureInfo.InvariantCulture,
                $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}{JournalEnding}");
            share._journal = new FileStream(Path.Combine(share._state, name), FileMode.CreateNew, FileAccess.Write,
                FileShare.ReadWrite, 1);
            return share;
        }
        catch
        {
            share.Dispose();
            throw;
        }
    }

    /// <summary>Removes what processes that were killed told each other; nobody else works on the folder.</summary>
    public static void Forget(string folder)
    {
        string state = Path.Combine(folder, StateFolder);
        if (Directory.Exists(state)) Directory.Delete(state, recursive: true);
    }

    /// <summary>Takes a video unless another process has it.</summary>
    public bool TryTake(string video)
    {
        try
        {
            lock (_gate) _claims!.Lock(Place(video), 1);
            return true;
        }
        catch (IOException e) when (FileInUse.Says(e))
        {
            return false;
        }
    }

    /// <summary>Leaves a video, done or not.</summary>
    public void GiveBack(string video)
    {
        lock (_gate) _claims!.Unlock(Place(video), 1);
    }

    /// <summary>Tells the others what came of a video.</summary>
    public void Note(string video, ExtractionOutcome outcome)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(new Noted(video, outcome)), (byte)'\n'];
        lock (_gate)
        {
            _journal!.Write(line);
            _journal.Flush(flushToDisk: false);
        }
    }

    /// <summary>Hears what the others have told since the last time.</summary>
    public void Listen()
    {
        lock (_gate)
            foreach (string journal in Directory.GetFiles(_state, "*" + JournalEnding))
                if (journal != _journal!.Name) Read(journal);
    }

    /// <summary>What another process made of a video, as far as was heard; null: nothing.</summary>
    public ExtractionOutcome? OfOthers(string video)
    {
        lock (_gate) return _noted.GetValueOrDefault(video);
    }

    /// <summary>
    /// All videos are done: writes what is made of them, unless another process has, and leaves. The last one leaves
    /// nothing of what they told each other.
    /// </summary>
    /// <param name="write">Writes the lists.</param>
    /// <param name="stop">Ends the wait while another one writes.</param>
    public async Task EndAsync(Action write, CancellationToken stop)
    {
        using IDisposable phase = await PhaseAsync(stop).ConfigureAwait(false);
        string written = Path.Combine(_state, Written);
        if (!File.Exists(written))
        {
            write();
            File.Create(written).Dispose();
        }
        Leave();
    }

    public void Dispose()
    {
        if (_there is null)
        {
            Close();
            return;
        }
        // within a phase of another process nothing is removed: it may be joining
        using IDisposable? phase = FolderLock.TryTake(_folder, PhaseLock);
        if (phase is not null) Leave();
        else Close();
    }

    private void Close()
    {
        CloseFiles();
        _there?.Dispose();
        _there = null;
    }

    private void CloseFiles()
    {
        _claims?.Dispose();
        _journal?.Dispose();
    }

    // The last one leaves nothing.
    private void Leave()
    {
        CloseFiles();
        using IDisposable? alone = LeaveAlone();
        if (alone is not null) Forget(_folder);
    }

    // One at a time begins or ends.
    private async Task<IDisposable> PhaseAsync(CancellationToken stop)
    {
        while (true)
        {
            if (FolderLock.TryTake(_folder, PhaseLock) is { } held) return held;
            await Task.Delay(s_again, _clock, stop).ConfigureAwait(false);
        }
    }

    // This process is no longer there; what is returned keeps the folder if no other one is.
    private IDisposable? LeaveAlone()
    {
        _there?.Dispose();
        _there = null;
        return FolderLock.TryTake(_folder, FolderLock.Preparation);
    }

    private void Read(string journal)
    {
        using var file = new FileStream(journal, FileMode.Open, FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete);
        long from = _read.GetValueOrDefault(journal);
        if (file.Length <= from) return;
        file.Position = from;
        byte[] bytes = new byte[file.Length - from];
        file.ReadExactly(bytes);
        int end = Array.LastIndexOf(bytes, (byte)'\n') + 1; // the rest is being written
        string[] lines = Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string line in lines)
            if (JsonSerializer.Deserialize<Noted>(line) is { } noted) _noted[noted.Video] = noted.Outcome;
        _read[journal] = from + end;
    }

    // Two videos that share a place wait for each other, no more.
    private static long Place(string video) =>
        (long)(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(video))) >> 2);

    private sealed record Noted(string Video, ExtractionOutcome Outcome);
}
