using System.Numerics.Tensors;
using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

/// <summary>A library whose vectors are chosen: 4 numbers of look, 4 of differences, 2 concepts.</summary>
internal static class SearchedLibrary
{
    public const int Width = 4, Concepts = 2;

    public static LibraryHeader Header { get; } = TinyLibrary.Header(half: false) with
    {
        LookSize = Width,
        MotionSize = Width + Concepts,
        FeatureSize = 1,
        Concepts = Concepts,
    };

    /// <summary>A new library without videos.</summary>
    public static SqliteMomentStore Create(string path)
    {
        SqliteMomentStore store = SqliteMomentStore.Open(path, create: true);
        store.SetHeader(Header);
        return store;
    }

    /// <summary>Adds a video; of each moment look and motion are axes.</summary>
    public static void Add(IMomentStore store, string path, params (int Look, int Motion)[] moments) =>
        Add(store, path, [.. moments.Select(moment => (Axis(moment.Look, Width),
            (float[])[.. Axis(moment.Motion, Width), .. Axis(moment.Motion % Concepts, Concepts)]))]);

    /// <summary>Adds a video with these vectors; moments follow each other without overlap.</summary>
    public static void Add(IMomentStore store, string path, (float[] Look, float[] Motion)[] moments, int apart = 4)
    {
        using IVideoWriter writer = store.Write();
        for (int first = 0; first < moments.Length; first += MomentBlock.Most)
        {
            (float[] Look, float[] Motion)[] some = moments[first..Math.Min(moments.Length, first + MomentBlock.Most)];
            writer.Add([.. some.Select((_, i) => Place((first + i) * apart))], new byte[]?[some.Length],
                new MomentBlock(0, 0, some.Length, [.. some.SelectMany(m => m.Look)],
                    [.. some.SelectMany(m => m.Motion)], new float[some.Length],
                    new float[some.Length * 4 * Concepts]));
        }
        writer.Commit(TinyLibrary.Video(path, moments.Length) with { Hash = path });
    }

    /// <summary>Unit vectors in all directions.</summary>
    public static (float[] Look, float[] Motion) Random(ref RandomStream random) => (Unit(Width, ref random),
        [.. Unit(Width, ref random), .. Unit(Concepts, ref random)]);

    public static float[] Unit(int width, ref RandomStream random)
    {
        var vector = new float[width];
        for (int i = 0; i < width; i++) vector[i] = (float)((2 * random.NextDouble()) - 1);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    private static Moment Place(int frame) => new(0, 0, frame, frame + 3, frame / 4.0, (frame + 4) / 4.0);

    private static float[] Axis(int axis, int width)
    {
        var vector = new float[width];
        vector[axis] = 1;
        return vector;
    }
}
