using System.Globalization;
using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

/// <summary>Small libraries whose numbers follow from a seed, and what is in a library as text.</summary>
internal static class TinyLibrary
{
    public static LibraryHeader Header(bool half = true) => new()
    {
        Model = "tiny",
        ModelHash = new string('a', 64),
        Net = "r2plus1d-tiny",
        Precision = "full",
        Frames = 4,
        FrameStride = 1,
        Step = 2,
        Size = 16,
        StripHeight = 16,
        Batch = 2,
        LookSize = 5,
        MotionSize = 6,
        FeatureSize = 7,
        Concepts = 2,
        Half = half,
        Root = "/videos",
    };

    public static LibraryVideo Video(string path, int moments = 0) => new()
    {
        Path = path,
        Kind = VideoKind.File,
        Size = 1000,
        Modified = 638_000_000_000_000_000,
        Hash = new string('b', 64),
        Tag = "tag",
        Frames = 40,
        Duration = 1.6,
        Moments = moments,
    };

    /// <summary>Adds a video; of a seed the numbers are the same.</summary>
    public static void Add(IMomentStore store, LibraryVideo video, long seed = 1)
    {
        using IVideoWriter writer = store.Write();
        foreach (int[] some in Enumerable.Range(0, video.Moments).Chunk(MomentBlock.Most))
            writer.Add([.. some.Select(Place)], [.. some.Select(i => i % 2 == 0 ? Strip(i) : null)],
                Block(store.Header!, seed, some));
        writer.Commit(video);
    }

    public static Moment Place(int i) => new(0, 0, 2 * i, (2 * i) + 3, i / 12.5, (i + 2) / 12.5);

    public static byte[] Strip(int i) => [.. Enumerable.Range(0, 60).Select(j => (byte)(i + j))];

    /// <summary>A store as SQLite opens it, with some videos.</summary>
    public static SqliteMomentStore Create(string path, params LibraryVideo[] videos)
    {
        SqliteMomentStore store = SqliteMomentStore.Open(path, create: true);
        store.SetHeader(Header());
        foreach ((int i, LibraryVideo video) in videos.Index()) Add(store, video, i + 1);
        return store;
    }

    /// <summary>All that a library holds, a line each; whatever the order in which it was put there.</summary>
    public static List<string> Rows(IMomentStore store, bool numbers = true)
    {
        List<string> rows = [$"{store.Header}", numbers ? $"version {store.Version}" : "", $"{store.Count} moments"];
        Dictionary<long, string> paths = [];
        foreach (LibraryVideo video in store.Videos())
        {
            paths[video.Id] = video.Path;
            rows.Add($"{video with { Id = numbers ? video.Id : 0, RawPath = null }} "
                + Convert.ToHexString(video.RawPath ?? []));
            foreach (Moment moment in store.MomentsOf(video.Id))
                rows.Add($"{(numbers ? moment : moment with { Id = 0, VideoId = 0 })} "
                    + Convert.ToHexString(store.Strip(moment.Id) ?? []));
        }
        foreach (MomentBlock block in store.Blocks(MomentParts.Vectors | MomentParts.Features | MomentParts.Scores))
            rows.Add($"{(numbers ? block.First : 0)} {paths[block.VideoId]} {block.Count} "
                + string.Join(' ', new[] { block.Look, block.Motion, block.Features, block.Scores }.SelectMany(x => x)
                    .Select(x => BitConverter.SingleToUInt32Bits(x).ToString("x", CultureInfo.InvariantCulture))));
        rows.AddRange(store.Notes("").OrderBy(note => note.Key, StringComparer.Ordinal)
            .Select(note => $"{note.Key}: {Convert.ToHexString(note.Value)}"));
        return rows;
    }

    public static MomentBlock Block(LibraryHeader header, long seed, int[] moments)
    {
        var random = RandomStream.For(seed, moments[0]);
        return new(0, 0, moments.Length, Numbers(header.LookSize, ref random), Numbers(header.MotionSize, ref random),
            Numbers(header.FeatureSize, ref random), Numbers(4 * header.Concepts, ref random));

        float[] Numbers(int size, ref RandomStream stream)
        {
            var numbers = new float[moments.Length * size];
            for (int i = 0; i < numbers.Length; i++) numbers[i] = (float)((2 * stream.NextDouble()) - 1);
            return numbers;
        }
    }
}
