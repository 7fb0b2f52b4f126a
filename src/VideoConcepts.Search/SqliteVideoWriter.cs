using Microsoft.Data.Sqlite;

namespace VideoConcepts.Search;

/// <summary>Adds one video in one transaction, however long it is: readers see it when it is committed.</summary>
internal sealed class SqliteVideoWriter : IVideoWriter
{
    private readonly SqliteMomentStore _store;
    private readonly SqliteDatabase _database;
    private readonly SqliteTransaction _transaction;
    private readonly SqliteCommand _moment, _strip, _block;
    private readonly long _video;
    private long _next;

    public SqliteVideoWriter(SqliteMomentStore store, SqliteDatabase database)
    {
        (_store, _database) = (store, database);
        _transaction = database.Transaction();
        (_video, _next) = (store.Number("next_video", 1), store.Number("next_moment", 1));
        _moment = database.Command("INSERT INTO moments VALUES (@0, @1, @2, @3, @4, @5, @6)", 0L, 0L, 0, 0, 0.0,
            0.0, 0L);
        _strip = database.Command("INSERT INTO strips VALUES (@0, @1, @2)", 0L, null, 0L);
        _block = database.Command("INSERT INTO blocks (first, video, count, checks, look, motion, scores, features) "
            + "VALUES (@0, @1, @2, @3, @4, @5, @6, @7)", 0L, 0L, 0, null, null, null, null, null);
    }

    public void Add(IReadOnlyList<Moment> moments, IReadOnlyList<byte[]?> strips, MomentBlock block)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(moments.Count, MomentBlock.Most);
        StoredBlock stored = StoredBlock.Of(block with { First = _next, VideoId = _video, Count = moments.Count },
            _store.Header!.Half);
        Insert(_block, _next, _video, moments.Count, stored.Checks, stored.Look!, stored.Motion!, stored.Scores!,
            stored.Features!);
        for (int i = 0; i < moments.Count; i++, _next++)
        {
            object?[] values = SqliteMomentStore.Values(moments[i] with { Id = _next, VideoId = _video });
            Insert(_moment, [.. values, RowCheck.Of(values)]);
            if (strips[i] is { } strip) Insert(_strip, _next, strip, RowCheck.Of(_next, strip));
        }
    }

    public void Commit(LibraryVideo video)
    {
        if (_database.Value("SELECT id FROM videos WHERE path = @0", video.Path) is long before) _store.Delete(before);
        _store.Insert(video with { Id = _video });
        _store.Set("next_video", _video + 1);
        _store.Set("next_moment", _next);
        _store.Changed();
        _database.Guard(_transaction.Commit);
    }

    public void Dispose()
    {
        _block.Dispose();
        _strip.Dispose();
        _moment.Dispose();
        _transaction.Dispose(); // takes back what was not committed
    }

    private void Insert(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        _database.Guard(() => command.ExecuteNonQuery());
    }
}
