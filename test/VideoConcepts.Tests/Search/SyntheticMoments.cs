using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text.Json;
using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

/// <summary>Libraries of random unit vectors: no video, no network.</summary>
internal static class SyntheticMoments
{
    public static LibraryHeader Header(bool half = true, int look = 24, int motion = 16) => new()
    {
        Model = "synthetic",
        ModelHash = new string('5', 64),
        Net = "none",
        Precision = "float32",
        Frames = 8,
        FrameStride = 2,
        Step = 8,
        Size = 32,
        StripHeight = 16,
        Batch = 16,
        LookSize = look,
        MotionSize = motion,
        FeatureSize = 12,
        Concepts = 3,
        Half = half,
        Root = "/videos",
    };

    /// <summary>Writes a video; what is in it follows from its number, moments and path.</summary>
    public static void Write(IMomentStore store, int number, int moments, string? path = null, bool commit = true)
    {
        var random = RandomStream.For(moments, number, 21);
        LibraryHeader header = store.Header!;
        using IVideoWriter writer = store.Write();
        for (int first = 0; first < moments; first += MomentBlock.Most)
        {
            int count = Math.Min(MomentBlock.Most, moments - first);
            Moment[] places = [.. Enumerable.Range(first, count).Select(i =>
                new Moment(0, 0, i * 8, (i * 8) + 15, i / 3.0, (i / 3.0) + random.NextDouble(0.5, 0.7)))];
            byte[]?[] strips = [.. places.Select(place => place.FirstFrame % 24 == 16 ? null
                : RandomBytes(ref random, random.NextInt(20, 60)))];
            writer.Add(places, strips, new MomentBlock(0, 0, count, Units(ref random, count, header.LookSize),
                Units(ref random, count, header.MotionSize), Units(ref random, count, header.FeatureSize),
                Units(ref random, count, 4 * header.Concepts)));
        }
        if (!commit) return;
        writer.Commit(new LibraryVideo
        {
            Path = path ?? PathOf(number),
            RawPath = number % 3 == 1 ? [0xC3, 0x28, 0, 0xFF] : null,
            Kind = number % 2 == 0 ? VideoKind.File : VideoKind.Frames,
            Size = 1L << (30 + (number % 8)),
            Modified = 638_000_000_000_000_000 + number,
            Hash = Convert.ToHexStringLower(SHA256.HashData([(byte)number])),
            Tag = number % 4 == 0 ? null : $"tag é {number}\n'\"",
            Frames = moments * 8,
            Duration = moments / 3.0,
            Moments = moments,
            Error = moments == 0 ? "it could not be read" : null,
        });
    }

    public static string PathOf(int number) => $"folder/видео {number}.mp4";

    /// <summary>All that a library holds, a line for each row.</summary>
    public static List<string> Dump(IMomentStore store)
    {
        List<string> rows = [JsonSerializer.Serialize(store.Header), $"{store.Version} {store.Count}"];
        foreach (LibraryVideo video in store.Videos())
        {
            rows.Add(JsonSerializer.Serialize(video));
            foreach (Moment moment in store.MomentsOf(video.Id))
                rows.Add($"{JsonSerializer.Serialize(moment)} {Hex(store.Strip(moment.Id))}");
            rows.AddRange(store.Blocks(MomentParts.Features, video.Id)
                .Select(block => JsonSerializer.Serialize(block)));
        }
        rows.AddRange(store.Blocks(MomentParts.None).Select(block => $"{block.First} {block.Count} {block.VideoId}"));
        rows.AddRange(store.Blocks(MomentParts.Vectors | MomentParts.Features | MomentParts.Scores)
            .Select(block => JsonSerializer.Serialize(block)));
        return rows;

        static string Hex(byte[]? bytes) => bytes is null ? "none" : Convert.ToHexString(bytes);
    }

    /// <summary>Weighted parts of a random moment: (1 - m) look beside m motion.</summary>
    public static float[] Query(LibraryHeader header, int seed, float motion)
    {
        var random = RandomStream.For(seed, 0, 22);
        float[] look = Units(ref random, 1, header.LookSize), moves = Units(ref random, 1, header.MotionSize);
        return [.. look.Select(x => (1 - motion) * x), .. moves.Select(x => motion * x)];
    }

    /// <summary>The moments with the largest products, by comparing all.</summary>
    public static List<(long Moment, float Product)> Exact(IMomentStore store, float[] query, int count,
        long? withoutVideo = null)
    {
        int look = store.Header!.LookSize, motion = store.Header.MotionSize;
        return [.. store.Blocks(MomentParts.Vectors).Where(block => block.VideoId != withoutVideo)
            .SelectMany(block => Enumerable.Range(0, block.Count).Select(i => (block.First + i, Product(block, i))))
            .OrderByDescending(moment => moment.Item2).ThenBy(moment => moment.Item1).Take(count)];

        float Product(MomentBlock block, int i) =>
            TensorPrimitives.Dot(query.AsSpan(0, look), block.Look.AsSpan(i * look, look))
            + TensorPrimitives.Dot(query.AsSpan(look), block.Motion.AsSpan(i * motion, motion));
    }

    private static float[] Units(ref RandomStream random, int count, int size)
    {
        var values = new float[count * size];
        for (int i = 0; i < values.Length; i++) values[i] = (float)random.NextNormal();
        for (int i = 0; i < count; i++)
        {
            Span<float> row = values.AsSpan(i * size, size);
            TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
        }
        return values;
    }

    private static byte[] RandomBytes(ref RandomStream random, int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++) bytes[i] = (byte)random.NextInt(0, 255);
        return bytes;
    }
}
