using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using VideoConcepts.Files;

namespace VideoConcepts.Data;

/// <summary>
/// Which rows of lists show the same video, under whatever paths: folders that are one folder (through links), or
/// folders and ZIPs that hold as many frame files of the same sizes, of which the first, the middle and the last have
/// the same bytes. What was found of a list is kept beside it in a hidden file, and used again as long as the list and
/// the folders are as they were.
/// </summary>
internal sealed class VideoContents
{
    private readonly ConcurrentDictionary<string, string> _identities = new(StringComparer.Ordinal); // by folder

    private VideoContents()
    {
    }

    /// <summary>
    /// Looks at the folders of lists. One that is not there, or holds no frames, is the same as itself alone.
    /// </summary>
    /// <param name="lists">Videos, those of one list together.</param>
    /// <param name="progress">Told the number of videos looked at and of all, from several threads.</param>
    /// <param name="stop">Stops between two videos.</param>
    /// <param name="keep">Whether what was found is kept beside the lists; of several processes that find the same, one
    /// does.</param>
    public static VideoContents Of(IReadOnlyList<IReadOnlyList<VideoEntry>> lists, Action<int, int>? progress = null,
        CancellationToken stop = default, bool keep = true)
    {
        var contents = new VideoContents();
        int done = 0, total = lists.Sum(list => list.Count);
        foreach (IReadOnlyList<VideoEntry> list in lists.Where(list => list.Count > 0))
        {
            var kept = KeptContents.Read(list[0].ListFile);
            Parallel.ForEach(list,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop },
                video =>
            {
                if (!contents._identities.ContainsKey(video.Path))
                    contents._identities[video.Path] = Identity(video.Path, kept);
                progress?.Invoke(Interlocked.Increment(ref done), total);
            });
            if (keep) kept.Write();
        }
        return contents;
    }

    /// <summary>The same text for rows of the same video.</summary>
    /// <param name="video">A row of one of the lists.</param>
    public string Of(VideoEntry video) => _identities[video.Path];

    /// <summary>A number for each row, the same for rows of the same video.</summary>
    /// <param name="rows">Rows of the lists, several sets of them.</param>
    public int[][] Numbers(params IReadOnlyList<IReadOnlyList<VideoEntry>> rows)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        return [.. rows.Select(set => set.Select(video =>
        {
            numbers.TryAdd(Of(video), numbers.Count);
            return numbers[Of(video)];
        }).ToArray())];
    }

    private static string Identity(string folder, KeptContents kept)
    {
        if (kept.Find(folder) is { } known) return known;
        try
        {
            if (Compute(folder) is { } record)
            {
                kept.Add(folder, record);
                return record.Hash;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // What cannot be read is named when it is to be read; here it is a video of its own.
        }
        return RealPath.Of(folder);
    }

    /// <summary>Null if there are no frames, or not all of them are files.</summary>
    private static ContentRecord? Compute(string folder)
    {
        using FrameStore? frames = FrameStore.Open(folder);
        if (frames is not { Numbers: { Count: > 0 } numbers }) return null;
        int[] three = [numbers[0], numbers[numbers.Count / 2], numbers[^1]];
        // before the files are read: what changes then has another one
        if (ContentRecord.StampOf(folder, three) is not { } stamp) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[8];
        foreach (int number in numbers)
        {
            if (frames.LengthOf(number) is not { } bytes) return null;
            BinaryPrimitives.WriteInt64LittleEndian(length, bytes);
            hash.AppendData(length);
        }
        foreach (int number in three) hash.AppendData(SHA256.HashData(frames.Read(number)));
        return new ContentRecord(Convert.ToHexStringLower(hash.GetHashAndReset()), three, stamp);
    }
}
