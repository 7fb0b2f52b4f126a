using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace VideoConcepts.Search;

/// <summary>What people say of a concept.</summary>
/// <param name="Name">Their name for it; null: none.</param>
/// <param name="Hidden">Whether it is left out where concepts are shown.</param>
internal sealed record ConceptNote(string? Name, bool Hidden);

/// <summary>A tag of a part of a video. It is kept by the video's path and times, so it outlives numbers of
/// moments.</summary>
/// <param name="Tag">Its name.</param>
/// <param name="Video">The video's path below the library's root.</param>
/// <param name="Start">Seconds from the video's beginning.</param>
/// <param name="End">Seconds.</param>
internal sealed record TagMark(string Tag, string Video, double Start, double End);

/// <summary>Places of the moments in a plane.</summary>
/// <param name="Version">The library's when they were computed.</param>
/// <param name="Embedded">How many were laid out together; the others were placed beside those.</param>
/// <param name="Places">x and y of each moment, in the order of their numbers.</param>
internal sealed record MapLayout(long Version, int Embedded, float[] Places);

/// <summary>The notes of a library: names of concepts, tags, maps.</summary>
/// <param name="store">The library.</param>
internal sealed class LibraryNotes(IMomentStore store)
{
    /// <summary>What the keys of tags begin with.</summary>
    internal const string MarkPrefix = "mark:";

    private const string ConceptPrefix = "concept:", MapPrefix = "map:";
    private const ulong LargestNumber = (1UL << 52) - 1; // a browser counts no further

    /// <summary>All concepts of which something is said.</summary>
    public IReadOnlyDictionary<(string Kind, int Index), ConceptNote> Concepts() => store.Notes(ConceptPrefix)
        .ToDictionary(note => Concept(note.Key), note => Read<ConceptNote>(note.Value));

    /// <summary>All tags, by their numbers.</summary>
    public IReadOnlyDictionary<long, TagMark> Marks() => store.Notes(MarkPrefix)
        .ToDictionary(note => Number(note.Key), note => Read<TagMark>(note.Value));

    /// <summary>A map, or null.</summary>
    public MapLayout? Map(string name)
    {
        if (!store.Notes(MapPrefix + name).TryGetValue(MapPrefix + name, out byte[]? bytes) || bytes.Length < 12)
            return null;
        return new(BitConverter.ToInt64(bytes), BitConverter.ToInt32(bytes, 8),
            MemoryMarshal.Cast<byte, float>(bytes.AsSpan(12)).ToArray());
    }

    /// <summary>The change that says something of a concept; null takes back what was said.</summary>
    public static KeyValuePair<string, byte[]?> Of(string kind, int index, ConceptNote? note) => new(
        string.Create(CultureInfo.InvariantCulture, $"{ConceptPrefix}{kind}:{index}"),
        note is null or { Name: null, Hidden: false } ? null : JsonSerializer.SerializeToUtf8Bytes(note));

    /// <summary>The number of a tag of a part: it follows from what it says.</summary>
    public static long NumberOf(TagMark mark) =>
        (long)((ulong)RowCheck.Of(mark.Tag, mark.Video, mark.Start, mark.End) & LargestNumber);

    /// <summary>The change that gives, or takes away, a tag.</summary>
    public static KeyValuePair<string, byte[]?> Of(long number, TagMark? mark) => new(
        string.Create(CultureInfo.InvariantCulture, $"{MarkPrefix}{number}"),
        mark is null ? null : JsonSerializer.SerializeToUtf8Bytes(mark));

    /// <summary>The change that keeps a map.</summary>
    public static KeyValuePair<string, byte[]?> Of(string name, MapLayout map) => new(MapPrefix + name,
        [.. BitConverter.GetBytes(map.Version), .. BitConverter.GetBytes(map.Embedded),
            .. MemoryMarshal.AsBytes(map.Places.AsSpan())]);

    public void Write(params IEnumerable<KeyValuePair<string, byte[]?>> changes) =>
        store.SetNotes(new Dictionary<string, byte[]?>(changes));

    /// <summary>
    /// Takes the notes of a library along to one that takes its place: tags always, names of concepts if both were made
    /// by the same model.
    /// </summary>
    public static void Carry(IMomentStore from, IMomentStore to)
    {
        bool same = from.Header?.ModelHash == to.Header?.ModelHash;
        Dictionary<string, byte[]?> kept = from.Notes("")
            .Where(note => !note.Key.StartsWith(MapPrefix, StringComparison.Ordinal)
                && (same || !note.Key.StartsWith(ConceptPrefix, StringComparison.Ordinal)))
            .ToDictionary(note => note.Key, note => (byte[]?)note.Value);
        if (kept.Count > 0) to.SetNotes(kept);
    }

    private static T Read<T>(byte[] bytes) => JsonSerializer.Deserialize<T>(bytes)!;

    private static (string, int) Concept(string key)
    {
        string[] parts = key.Split(':');
        return (parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    private static long Number(string key) => long.Parse(key.AsSpan(MarkPrefix.Length), CultureInfo.InvariantCulture);
}
