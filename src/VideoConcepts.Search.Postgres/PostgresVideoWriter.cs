using System.Globalization;

namespace VideoConcepts.Search;

/// <summary>
/// Adds one video in one transaction, however long it is: readers see it when it is committed. Until then its rows lie
/// in temporary tables of the connection, with numbers from 0, so that others may write meanwhile.
/// </summary>
internal sealed class PostgresVideoWriter : IVideoWriter
{
    private readonly PostgresMomentStore _store;
    private readonly PostgresDatabase _database;
    private readonly PostgresTransaction _transaction;
    private readonly string _staged;
    private readonly List<(long First, int Count)> _blocks = [];
    private long _count;

    public PostgresVideoWriter(PostgresMomentStore store)
    {
        (_store, _database) = (store, store.Database);
        _staged = store.Staging();
        _transaction = _database.Begin();
    }

    public void Add(IReadOnlyList<Moment> moments, IReadOnlyList<byte[]?> strips, MomentBlock block)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(moments.Count, MomentBlock.Most);
        StoredBlock stored = StoredBlock.Of(block with { Count = moments.Count }, _store.Header!.Half);
        _database.Run($"INSERT INTO {_staged}blocks (first, video, count, checks, look, motion, scores, features) "
            + "VALUES ($1, 0, $2, $3, $4, $5, $6, $7)", _count, moments.Count, stored.Checks, stored.Look,
            stored.Motion, stored.Scores, stored.Features);
        _database.Run($"INSERT INTO {_staged}moments SELECT id, 0, first, last, starts, ends "
            + "FROM unnest($1, $2, $3, $4, $5) AS rows (id, first, last, starts, ends)",
            Ids(moments.Count), Column(moment => moment.FirstFrame), Column(moment => moment.LastFrame),
            Column(moment => moment.Start), Column(moment => moment.End));
        int[] drawn = [.. Enumerable.Range(0, strips.Count).Where(i => strips[i] is not null)];
        if (drawn.Length > 0)
            _database.Run($"INSERT INTO {_staged}strips SELECT * FROM unnest($1, $2)",
                Array.ConvertAll(drawn, i => _count + i), Array.ConvertAll(drawn, i => strips[i]!));
        _store.Index?.Add($"{_staged}{VectorIndex.Table}", _count, 0, block);
        _blocks.Add((_count, moments.Count));
        _count += moments.Count;

        T[] Column<T>(Func<Moment, T> of) => [.. moments.Select(of)];
    }

    /// <exception cref="BadInputException">Another process writes for long.</exception>
    /// <exception cref="LeaseLostException">Another process does this video.</exception>
    public void Commit(LibraryVideo video)
    {
        _database.Run($"SET LOCAL lock_timeout = '{(_store.Leases is null ? 30 : 600)}s'");
        // numbers are given in the order of commits: whoever comes second waits here
        var next = _database.Rows(row => (row.GetString(0), row.GetString(1)), "SELECT key, value FROM {s}.about "
            + "WHERE key IN ('next_video', 'next_moment') ORDER BY key FOR UPDATE").ToDictionary();
        (long first, long id) = (0, 0);
        _database.Guard(() => (first, id) = (Number(next, "next_moment"), Number(next, "next_video")));
        _store.Leases?.End(_database, video.Path);
        if (_database.Value("SELECT id FROM {s}.videos WHERE path = $1", video.Path) is long before)
            _store.Delete(before);
        TakeBlocks(first, id);
        Take("moments", "id + $1, $2, first_frame, last_frame, starts, ends", first, id);
        Take("strips", "moment + $1, jpeg", first);
        if (_store.Index is not null) Take(VectorIndex.Table, "moment + $1, $2, v", first, id);
        _database.Run("INSERT INTO {s}.videos VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            StoredVideo.Values(video with { Id = id }));
        _database.Run("UPDATE {s}.about SET value = CASE key WHEN 'next_video' THEN $1 ELSE $2 END "
            + "WHERE key IN ('next_video', 'next_moment')", Text(id + 1), Text(first + _count));
        _store.Changed();
        _transaction.Commit();
    }

    public void Dispose() => _transaction.Dispose(); // takes back what was not committed

    // With checks of the numbers that they get.
    private void TakeBlocks(long first, long video) => _database.Run("INSERT INTO {s}.blocks (first, video, count, "
        + "checks, look, motion, scores, features) SELECT b.first + $1, $2, b.count, "
        + $"substring(b.checks FOR {StoredBlock.ChecksOfParts}) || numbers.checks, look, motion, scores, features "
        + $"FROM {_staged}blocks b JOIN unnest($3, $4) AS numbers (first, checks) USING (first) ORDER BY 1",
        first, video, _blocks.Select(block => block.First).ToArray(),
        _blocks.Select(block => StoredBlock.CheckOf(first + block.First, video, block.Count)).ToArray());

    // In the order of their numbers, which is the first column.
    private void Take(string table, string columns, params ReadOnlySpan<object?> values) => _database.Run(
        $"INSERT INTO {{s}}.{table} SELECT {columns} FROM {_staged}{table} ORDER BY 1", values);

    private long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => _count + i)];

    private static long Number(Dictionary<string, string> next, string key) =>
        next.TryGetValue(key, out string? text) && long.TryParse(text, CultureInfo.InvariantCulture, out long number)
            ? number : throw new InvalidDataException($"its {key} is not known");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
