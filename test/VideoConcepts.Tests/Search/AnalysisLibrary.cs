using VideoConcepts.Search;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>A library of moments whose vectors are made by hand: one a second, two seconds long.</summary>
internal sealed class AnalysisLibrary : IDisposable
{
    public const int Look = 16, Concepts = 4;

    private readonly SqliteMomentStore _store;

    public AnalysisLibrary(string path, string? root = null)
    {
        File = path;
        _store = SqliteMomentStore.Open(path, create: true);
        _store.SetHeader(new LibraryHeader
        {
            Model = "none",
            ModelHash = new string('0', 64),
            Net = "none",
            Precision = "full",
            Frames = 8,
            FrameStride = 1,
            Step = 4,
            Size = 64,
            StripHeight = 0,
            Batch = 16,
            LookSize = Look,
            MotionSize = Look + Concepts,
            FeatureSize = Look,
            Concepts = Concepts,
            Half = true,
            Root = root ?? Path.GetDirectoryName(path)!,
        });
    }

    public string File { get; }

    /// <summary>Adds a video whose moments look as vectors of these seeds do; nothing moves.</summary>
    public AnalysisLibrary Add(string path, params int[] seeds) => Add(path, seeds, VideoKind.File);

    public AnalysisLibrary Add(string path, int[] seeds, VideoKind kind, Func<int, int>? concept = null)
    {
        using IVideoWriter writer = _store.Write();
        for (int from = 0; from < seeds.Length; from += 256)
        {
            int[] some = [.. seeds.Skip(from).Take(256)];
            Moment[] moments = [.. some.Select((_, i) => new Moment(0, 0, 4 * (from + i), (4 * (from + i)) + 7,
                from + i, from + i + 2))];
            float[] look = [.. some.SelectMany(Vector)];
            float[] motion = [.. some.SelectMany(_ => Vector(-1).Concat([1f, 0, 0, 0]))];
            float[] scores = [.. some.SelectMany((seed, i) => Enumerable.Range(0, 4 * Concepts)
                .Select(c => c % Concepts == (concept?.Invoke(from + i) ?? 0) ? 0.5f : 0.1f))];
            writer.Add(moments, new byte[]?[some.Length],
                new MomentBlock(0, 0, some.Length, look, motion, look, scores));
        }
        writer.Commit(new LibraryVideo
        {
            Path = path,
            Kind = kind,
            Size = 1,
            Modified = 1,
            Hash = path,
            Tag = path.Contains('/') ? path.Split('/')[0] : null,
            Frames = (4 * seeds.Length) + 4,
            Duration = seeds.Length + 1,
            Moments = seeds.Length,
        });
        return this;
    }

    public MomentLibrary Open() => MomentLibrary.Open(File);

    public void Dispose() => _store.Dispose();

    private static float[] Vector(int seed)
    {
        var random = RandomStream.For(seed);
        float[] vector = [.. Enumerable.Range(0, Look).Select(_ => (float)random.NextNormal())];
        double length = Math.Sqrt(vector.Sum(x => (double)x * x));
        return [.. vector.Select(x => (float)(x / length))];
    }
}
