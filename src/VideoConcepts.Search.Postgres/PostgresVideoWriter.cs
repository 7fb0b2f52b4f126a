using System.Globalization;

namespace VideoConcepts.Search;

/// <summary>Adds one video in one transaction, however long it is: readers see it when it is committed.</summary>
internal sealed class PostgresVideoWriter : IVideoWriter
{
    private readonly PostgresMomentStore _store;
    private readonly PostgresDatabase _database;
    private readonly PostgresTransaction _transaction;
    private readonly long _video;
    private long _next;

    /// <exception cref="BadInputException">Another process writes.</exception>
    public PostgresVideoWriter(PostgresMomentStore store)
    {
        (_store, _database) = (store, store.Database);
        _transaction = _database.Begin();
        try
        {
            _database.Run("SET LOCAL lock_timeout = '30s'");
            // numbers are given in the order of commits: whoever comes second waits here
            var next = _database.Rows(row => (row.GetString(0), row.GetString(1)), "SELECT key, value FROM {s}.about "
                + "WHERE key IN ('next_video', 'next_moment') ORDER BY key FOR UPDATE").ToDictionary();
            _database.Guard(() => _next = Number(next, "next_moment"));
            long video = 0;
            _database.Guard(() => video = Number(next, "next_video"));
            _video = video;
        }
        catch
        {
            _transaction.Dispose();
            throw;
        }
    }

    public void Add(IReadOnlyList<Moment> moments, IReadOnlyList<byte[]?> strips, MomentBlock block)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(moments.Count, MomentBlock.Most);
        StoredBlock stored = StoredBlock.Of(block with { First = _next, VideoId = _video, Count = moments.Count },
            _store.Header!.Half);
        _database.Run("INSERT INTO {s}.blocks (first, video, count, checks, look, motion, scores, features) "
            + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", _next, _video, moments.Count, stored.Checks, stored.Look,
            stored.Motion, stored.Scores, stored.Features);
        _database.Run("INSERT INTO {s}.moments SELECT id, $2, first, last, starts, ends "
            + "FROM unnest($1, $3, $4, $5, $6) AS rows (id, first, last, starts, ends)",
            Ids(moments.Count), _video, Column(moment => moment.FirstFrame), Column(moment => moment.LastFrame),
            Column(moment => moment.Start), Column(moment => moment.End));
        int[] drawn = [.. Enumerable.Range(0, strips.Count).Where(i => strips[i] is not null)];
        if (drawn.Length > 0)
            _database.Run("INSERT INTO {s}.strips SELECT * FROM unnest($1, $2)",
                Array.ConvertAll(drawn, i => _next + i), Array.ConvertAll(drawn, i => strips[i]!));
        _store.Index?.Add(_next, _video, block);
        _next += moments.Count;

        T[] Column<T>(Func<Moment, T> of) => [.. moments.Select(of)];
    }

    public void Commit(LibraryVideo video)
    {
        if (_database.Value("SELECT id FROM {s}.videos WHERE path = $1", video.Path) is long before)
            _store.Delete(before);
        _database.Run("INSERT INTO {s}.videos VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            StoredVideo.Values(video with { Id = _video }));
        _database.Run("UPDATE {s}.about SET value = CASE key WHEN 'next_video' THEN $1 ELSE $2 END "
            + "WHERE key IN ('next_video', 'next_moment')", Text(_video + 1), Text(_next));
        _store.Changed();
        _transaction.Commit();
    }

    public void Dispose() => _transaction.Dispose(); // takes back what was not committed

    private long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => _next + i)];

    private static long Number(Dictionary<string, string> next, string key) =>
        next.TryGetValue(key, out string? text) && long.TryParse(text, CultureInfo.InvariantCulture, out long number)
            ? number : throw new InvalidDataException($"its {key} is not known");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
