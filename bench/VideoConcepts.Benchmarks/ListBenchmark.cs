using System.Diagnostics;
using VideoConcepts.Data;

namespace VideoConcepts.Benchmarks;

/// <summary>Reading of a list with a million rows.</summary>
internal static class ListBenchmark
{
    public static void Run()
    {
        string file = Path.GetTempFileName();
        try
        {
            using (StreamWriter text = File.CreateText(file))
                for (int i = 0; i < 1_000_000; i++) text.Write($"frames/train/some class of videos/video_{i:D11}_000010_000020,{250 + (i % 60)},{i % 400}\n");
            for (int round = 0; round < 3; round++)
            {
                var clock = Stopwatch.StartNew();
                int rows = VideoList.Read(file).Videos.Count;
                double seconds = clock.Elapsed.TotalSeconds;
                using var process = Process.GetCurrentProcess();
                Console.WriteLine($"{rows} rows in {seconds:F2} s, peak {process.PeakWorkingSet64 >> 20} MB");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
