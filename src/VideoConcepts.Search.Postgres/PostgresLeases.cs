using System.Security.Cryptography;
using System.Text;

namespace VideoConcepts.Search;

/// <summary>
/// What processes that write to one library have taken to do: a row for each video, good until a time of the server's
/// clock and renewed meanwhile over a connection of its own. What a process that is gone had taken is free again then.
/// Whoever comes back after its time cannot commit: the row is another's.
/// </summary>
internal sealed class PostgresLeases : IVideoLeases
{
    private const string Free = "(expires < clock_timestamp())";

    private readonly Lock _gate = new(); // the renewing thread, and those that take videos
    private readonly PostgresAddress _library;
    private readonly string _worker;
    private readonly TimeSpan _period;
    private readonly ITimer _renewal;
    private readonly Action _onEnd;
    private PostgresDatabase _database;
    private bool _ended;

    /// <param name="library">The library.</param>
    /// <param name="worker">What tells this process from every other one.</param>
    /// <param name="period">How long a lease is good that is not renewed.</param>
    /// <param name="clock">Says when to renew, three times in a period.</param>
    /// <param name="onEnd">Called when all are given back.</param>
    /// <exception cref="BadInputException">The server is not reached.</exception>
    public PostgresLeases(PostgresAddress library, string worker, TimeSpan period, TimeProvider clock, Action onEnd)
    {
        (_library, _worker, _period, _onEnd) = (library, worker, period, onEnd);
        _database = PostgresDatabase.Open(library);
        _renewal = clock.CreateTimer(_ => Renew(), null, period / 3, period / 3);
    }

    /// <inheritdoc/>
    public IReadOnlySet<string> Take(IReadOnlyList<string> videos, int count)
    {
        byte[][] keys = [.. videos.Select(Key)];
        lock (_gate)
        {
            List<byte[]> taken = _database.Rows(row => row.GetFieldValue<byte[]>(0),
                "INSERT INTO {s}.leases SELECT key, $2, clock_timestamp() + $3 FROM (SELECT c.key "
                + "FROM unnest($1) WITH ORDINALITY AS c (key, place) LEFT JOIN {s}.leases l ON l.key = c.key "
                + $"WHERE l.key IS NULL OR {Free} ORDER BY place LIMIT $4) AS free "
                + "ON CONFLICT (key) DO UPDATE SET worker = excluded.worker, expires = excluded.expires "
                + $"WHERE {Free.Replace("expires", "leases.expires")} RETURNING key", keys, _worker, _period, count);
            return taken.Select(key => videos[Array.FindIndex(keys, other => other.AsSpan().SequenceEqual(key))])
                .ToHashSet();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibraryVideo> Known(IReadOnlyCollection<string> videos)
    {
        lock (_gate)
            return _database.Rows(StoredVideo.Read,
                $"SELECT {StoredVideo.Columns} FROM {{s}}.videos WHERE path = ANY($1)", (object)videos.ToArray());
    }

    /// <inheritdoc/>
    public void GiveBack(string video)
    {
        lock (_gate)
            _database.Run("DELETE FROM {s}.leases WHERE key = $1 AND worker = $2", Key(video), _worker);
    }

    /// <summary>Ends a lease within the transaction that does what it was taken for.</summary>
    /// <exception cref="LeaseLostException">It is another's.</exception>
    public void End(PostgresDatabase database, string video)
    {
        if (database.Value("DELETE FROM {s}.leases WHERE key = $1 AND worker = $2 RETURNING 1", Key(video), _worker)
            is null)
            throw new LeaseLostException();
    }

    public void Dispose()
    {
        _renewal.Dispose();
        lock (_gate)
        {
            _ended = true;
            _database.Last("DELETE FROM {s}.leases WHERE worker = $1", _worker);
            _database.Dispose();
        }
        _onEnd();
    }

    private static byte[] Key(string video) => SHA256.HashData(Encoding.UTF8.GetBytes(video));

    // A connection that is lost is made anew; if that fails, too, the next time may do better.
    private void Renew()
    {
        lock (_gate)
        {
            if (_ended) return;
            try
            {
                _database.Run("UPDATE {s}.leases SET expires = clock_timestamp() + $2 WHERE worker = $1", _worker,
                    _period);
            }
            catch (Exception e) when (e is BadInputException or IOException)
            {
                Reconnect();
            }
        }
    }

    private void Reconnect()
    {
        try
        {
            PostgresDatabase anew = PostgresDatabase.Open(_library);
            _database.Dispose();
            _database = anew;
        }
        catch (Exception e) when (e is BadInputException or IOException)
        {
        }
    }
}
