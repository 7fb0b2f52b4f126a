using System.Diagnostics;
using System.Globalization;
using VideoConcepts.Search;

namespace VideoConcepts.Benchmarks;

/// <summary>Indexing a folder of videos against <c>ffmpeg -f null</c> on the same files, one after the other, in turn.
/// </summary>
internal static class IndexBenchmark
{
    private const int Pairs = 3;

    public static void Run(string[] args)
    {
        if (args is not [var videos, .. var rest])
        {
            Console.Error.WriteLine("usage: index VIDEOS [MODEL]");
            return;
        }
        string[] files = [.. Directory.EnumerateFiles(videos, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".mp4" or ".mkv" or ".avi" or ".webm" or ".mov").Order()];
        string library = Path.Combine(Path.GetTempPath(), $"videoconcepts-index-{Environment.ProcessId}.db");
        List<double> ratios = [];
        for (int pair = 0; pair <= Pairs; pair++) // the first one warms up
        {
            double decode = Seconds(() =>
            {
                foreach (string file in files)
                {
                    using Process ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg",
                        ["-nostdin", "-v", "error", "-i", file, "-map", "0:V:0", "-f", "null", "-"]))!;
                    ffmpeg.WaitForExit();
                }
            });
            IndexResult? result = null;
            double index = Seconds(() => result = VideoIndex.Build(new IndexOptions
            {
                Library = library,
                Videos = videos,
                Model = rest.ElementAtOrDefault(0),
            }));
            File.Delete(library);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{files.Length} files, {result!.VideoSeconds / 60:F1} minutes of video, {result.Moments} moments: "
                + $"ffmpeg -f null {decode:F1} s, index {index:F1} s, rate {decode / index:F2}"
                + $"{(pair == 0 ? " (warm-up)" : "")}"));
            if (pair > 0) ratios.Add(decode / index);
        }
        double median = ratios.Order().ElementAt(Pairs / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median rate {median:F2}"));
    }

    private static double Seconds(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }
}
