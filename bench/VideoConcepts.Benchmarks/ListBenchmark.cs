using System.Diagnostics;
using System.Globalization;
using VideoConcepts.Data;

namespace VideoConcepts.Benchmarks;

/// <summary>Reading of a list, a million rows by default: time, and what is kept of a row.</summary>
internal static class ListBenchmark
{
    public static void Run(string[] args)
    {
        int rows = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        string file = Path.GetTempFileName();
        try
        {
            using (StreamWriter text = File.CreateText(file))
                for (int i = 0; i < rows; i++)
                    text.Write($"frames/train/some class of videos/video_{i:D11}_000010_000020,{250 + (i % 60)},"
                        + $"{i % 400}\n");
            double textBytes = new FileInfo(file).Length / (double)rows;
            for (int round = 0; round < 3; round++)
            {
                long before = GC.GetTotalMemory(forceFullCollection: true);
                var clock = Stopwatch.StartNew();
                IReadOnlyList<VideoEntry> videos = VideoList.Read(file).Videos;
                double seconds = clock.Elapsed.TotalSeconds;
                double kept = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)videos.Count;
                clock.Restart();
                long frames = 0;
                foreach (VideoEntry video in videos) frames += video.FrameCount + video.Path.Length;
                double each = clock.Elapsed.TotalSeconds / videos.Count;
                using var process = Process.GetCurrentProcess();
                Console.WriteLine(
                    $"{videos.Count} rows of {textBytes:F1} bytes in {seconds:F2} s, {kept:F1} bytes kept of each, "
                    + $"{1e9 * each:F0} ns to look at one ({frames}), "
                    + $"peak {process.PeakWorkingSet64 >> 20} MB");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
