using System.Globalization;
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
        _video = Number("next_video");
        _next = Number("next_moment");
        _moment = database.Command("INSERT INTO moments VALUES (@0, @1, @2, @3, @4, @5)", 0L, 0L, 0, 0, 0.0, 0.0);
        _strip = database.Command("INSERT INTO strips VALUES (@0, @1)", 0L, null);
        _block = database.Command("INSERT INTO blocks (first, video, count, checks, look, motion, scores, features) "
            + "VALUES (@0, @1, @2, @3, @4, @5, @6, @7)", 0L, 0L, 0, null, null, null, null, null);
    }

    public void Add(IReadOnlyList<Moment> moments, IReadOnlyList<byte[]?> strips, MomentBlock block)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(moments.Count, MomentBlock.Most);
        bool half = _store.Header!.Half;
        byte[][] parts = [.. new[] { block.Look, block.Motion, block.Features, block.Scores }
            .Select(part => StoredVectors.Bytes(part, half))];
        byte[] checks = [.. parts.SelectMany(part => BitConverter.GetBytes(StoredVectors.Check(part)))];
        Insert(_block, _next, _video, moments.Count, checks, parts[0], parts[1], parts[3], parts[2]);
        for (int i = 0; i < moments.Count; i++, _next++)
        {
            Moment moment = moments[i];
            Insert(_moment, _next, _video, moment.FirstFrame, moment.LastFrame, moment.Start, moment.End);
            if (strips[i] is { } strip) Insert(_strip, _next, strip);
        }
    }

    public void Commit(LibraryVideo video)
    {
        if (_database.Value("SELECT id FROM videos WHERE path = @0", video.Path) is long before) _store.Delete(before);
        _database.Run("INSERT INTO videos VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11)", _video, video.Path,
            video.RawPath, (int)video.Kind, video.Size, video.Modified, video.Hash, video.Tag, video.Frames,
            video.Duration, video.Moments, video.Error);
        _database.Run("UPDATE about SET value = @0 WHERE key = 'next_video'", Text(_video + 1));
        _database.Run("UPDATE about SET value = @0 WHERE key = 'next_moment'", Text(_next));
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

    private void Insert(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        _database.Guard(() => command.ExecuteNonQuery());
    }

    private long Number(string key) => long.Parse(
        (string)_database.Value("SELECT value FROM about WHERE key = @0", key)!, CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
