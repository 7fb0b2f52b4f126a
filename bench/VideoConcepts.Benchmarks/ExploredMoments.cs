using VideoConcepts.Augmentation;
using VideoConcepts.Search;
using static VideoConcepts.Benchmarks.RandomMoments;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// A library of generated moments, to be explored: videos of two classes, each of a few looks and motions that last for
/// some moments, with strips.
/// </summary>
internal static class ExploredMoments
{
    public const int Concepts = 64;

    private const int Look = 128, Motion = 128, PerVideo = 200, Looks = 40, Motions = 24, Strips = 96, Height = 72;
    private const float Spread = 0.7f; // of a moment about its cluster

    /// <summary>Writes a library.</summary>
    public static void Fill(string file, int count)
    {
        using SqliteMomentStore store = SqliteMomentStore.Open(file, create: true);
        store.SetHeader(Header(Look, Motion + Concepts, Concepts, Height, Path.GetDirectoryName(file)!));
        var random = new Random(1);
        float[][] looks = Centres(Looks, Look, random), motions = Centres(Motions, Motion, random);
        byte[][] strips = [.. Enumerable.Range(0, Strips).Select(i => Strip(i, random))];
        for (int first = 0, v = 0; first < count; first += PerVideo, v++)
            Write(store, v, Math.Min(PerVideo, count - first), looks, motions, strips, random);
    }

    private static void Write(SqliteMomentStore store, int v, int count, float[][] looks, float[][] motions,
        byte[][] strips, Random random)
    {
        using IVideoWriter writer = store.Write();
        float[] look = new float[count * Look], motion = new float[count * (Motion + Concepts)];
        var scores = new float[count * 4 * Concepts];
        // each class has looks and motions of its own, and some that both have
        int a = 0, b = 0;
        for (int i = 0; i < count; i++)
        {
            if (i % 12 == 0)
                (a, b) = (random.Next(Looks * 2 / 3) + (v % 2 * Looks / 3), random.Next(Motions * 2 / 3)
                    + (v % 2 * Motions / 3));
            Near(looks[a], random).CopyTo(look, i * Look);
            float[] moved = Near(motions[b], random);
            moved.CopyTo(motion, i * (Motion + Concepts));
            Span<float> its = scores.AsSpan(i * 4 * Concepts, 4 * Concepts);
            for (int c = 0; c < its.Length; c++) its[c] = 0.05f * Normal(random);
            foreach (int kind in (int[])[0, 2]) its[(kind * Concepts) + (a * 7 % Concepts)] += 0.3f;
            foreach (int kind in (int[])[1, 3]) its[(kind * Concepts) + (b * 5 % Concepts)] += 0.3f;
            Unit(its[(3 * Concepts)..].ToArray()).CopyTo(motion, (i * (Motion + Concepts)) + Motion);
        }
        writer.Add([.. Enumerable.Range(0, count).Select(i => new Moment(0, 0, 4 * i, (4 * i) + 7, i, i + 2.0))],
            [.. Enumerable.Range(0, count).Select(i => strips[(i + (v * 7)) % strips.Length])],
            new MomentBlock(0, 0, count, look, motion, new float[count], scores));
        writer.Commit(new LibraryVideo
        {
            Path = $"{(v % 2 == 0 ? "day" : "night")}/{v:0000}.mp4",
            Kind = VideoKind.File,
            Size = 1,
            Modified = 1,
            Hash = $"{v}",
            Tag = v % 2 == 0 ? "day" : "night",
            Frames = (4 * count) + 4,
            Duration = count + 1,
            Moments = count,
        });
    }

    // A square that moves over a plain ground.
    private static byte[] Strip(int number, Random random)
    {
        int hue = number * 40 % 256, speed = random.Next(2, 9);
        return new MomentStrip(Height).Draw([.. Enumerable.Range(0, 4).Select(at =>
        {
            var frame = new FrameImage();
            frame.Resize(96, Height);
            Span<byte> pixels = frame.Pixels;
            for (int y = 0; y < Height; y++)
                for (int x = 0; x < 96; x++)
                {
                    bool inside = Math.Abs(x - 24 - (at * speed)) < 12 && Math.Abs(y - 36) < 12;
                    Span<byte> pixel = pixels.Slice(3 * ((96 * y) + x), 3);
                    pixel[0] = (byte)(inside ? hue : 90 + y);
                    pixel[1] = (byte)(inside ? 255 - hue : 100);
                    pixel[2] = (byte)(inside ? 40 : 90 + x + random.Next(12));
                }
            return frame;
        })]);
    }

    private static float[][] Centres(int count, int width, Random random) => [.. Enumerable.Range(0, count)
        .Select(_ => Direction(width, random))];

    private static float[] Near(float[] centre, Random random)
    {
        float each = Spread / MathF.Sqrt(centre.Length);
        return Unit([.. centre.Select(x => x + (each * Normal(random)))]);
    }
}
