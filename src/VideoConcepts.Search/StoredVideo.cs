using System.Data.Common;

namespace VideoConcepts.Search;

/// <summary>A video as a row of a store, the same in all of them.</summary>
internal static class StoredVideo
{
    /// <summary>Its columns, in the order of <see cref="Read"/> and <see cref="Values"/>.</summary>
    public const string Columns =
        "id, path, raw_path, kind, size, modified, hash, tag, frames, duration, moments, error";

    public static object?[] Values(LibraryVideo video) => [video.Id, video.Path, video.RawPath, (int)video.Kind,
        video.Size, video.Modified, video.Hash, video.Tag, video.Frames, video.Duration, video.Moments, video.Error];

    public static LibraryVideo Read(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Path = row.GetString(1),
        RawPath = row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2),
        Kind = (VideoKind)row.GetInt32(3),
        Size = row.GetInt64(4),
        Modified = row.GetInt64(5),
        Hash = row.GetString(6),
        Tag = row.IsDBNull(7) ? null : row.GetString(7),
        Frames = row.GetInt32(8),
        Duration = row.GetDouble(9),
        Moments = row.GetInt32(10),
        Error = row.IsDBNull(11) ? null : row.GetString(11),
    };
}
