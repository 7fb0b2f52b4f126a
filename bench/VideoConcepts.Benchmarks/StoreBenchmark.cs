using System.Diagnostics;
using System.Globalization;
using VideoConcepts.Search;

namespace VideoConcepts.Benchmarks;

/// <summary>
/// How many videos a second a library in PostgreSQL takes from several writers that share it, each video of five
/// moments with strips of 12 kB, as of ten seconds: store POSTGRESQL://… [WRITERS [SECONDS]]. The schema must not hold
/// a library, and is removed.
/// </summary>
internal static class StoreBenchmark
{
    private const int Moments = 5, Strip = 12_000;

    public static void Run(string[] args)
    {
        PostgresAddress address = PostgresAddress.Parse(args[0]);
        int writers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 4;
        var time = TimeSpan.FromSeconds(args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 10);
        LibraryHeader header =
            RandomMoments.Header(look: 128, motion: 192, concepts: 64, stripHeight: 72, root: "/videos");
        using (PostgresMomentStore made = PostgresMomentStore.Open(address, create: true)) made.AgreeOn(header);
        int[] written = new int[writers];
        long begin = Stopwatch.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, writers).Select(writer => new Thread(() =>
        {
            using PostgresMomentStore store = PostgresMomentStore.Open(address);
            using IVideoLeases leases = store.Share(TimeProvider.System);
            while (Stopwatch.GetElapsedTime(begin) < time) Write(store, leases, $"{writer}/{written[writer]++}.mp4");
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        using (PostgresMomentStore made = PostgresMomentStore.Open(address)) PostgresSchema.Remove(made.Database);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{writers} writers: {written.Sum() / seconds:F0} videos a second, {Moments} moments each"));
    }

    private static void Write(PostgresMomentStore store, IVideoLeases leases, string path)
    {
        leases.Known([path]);
        leases.Take([path], 1);
        leases.Known([path]);
        LibraryHeader header = store.Header!;
        using IVideoWriter writer = store.Write();
        byte[]?[] strips = [.. Enumerable.Range(0, Moments).Select(_ => new byte[Strip])];
        Moment[] places = [.. Enumerable.Range(0, Moments)
            .Select(i => new Moment(0, 0, i * 50, (i * 50) + 47, i * 2, (i * 2) + 1.9))];
        writer.Add(places, strips, new MomentBlock(0, 0, Moments, new float[Moments * header.LookSize],
            new float[Moments * header.MotionSize], new float[Moments * header.FeatureSize],
            new float[Moments * 4 * header.Concepts]));
        writer.Commit(new LibraryVideo
        {
            Path = path,
            Kind = VideoKind.File,
            Size = 1,
            Modified = 1,
            Hash = new string('0', 64),
            Frames = 250,
            Duration = 10,
            Moments = Moments,
        });
    }
}
