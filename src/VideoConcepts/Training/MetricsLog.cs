using System.Text.Json;

namespace VideoConcepts.Training;

/// <summary>metrics.jsonl: one JSON object per interval.</summary>
public sealed class MetricsLog : ITrainingObserver, IDisposable
{
    public const string FileName = "metrics.jsonl";
    private readonly StreamWriter _file;

    /// <param name="path">The file.</param>
    /// <param name="stepsDone">Lines of these steps stay, from the run that goes on; later ones are written anew.</param>
    public MetricsLog(string path, long stepsDone = 0)
    {
        string[] kept = stepsDone > 0 && File.Exists(path) ? [.. File.ReadLines(path).TakeWhile(line => StepOf(line) <= stepsDone)] : [];
        string aside = path + ".partial";
        File.WriteAllLines(aside, kept);
        File.Move(aside, path, overwrite: true);
        _file = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    // A line that a killed process left unfinished ends what is kept.
    private static long StepOf(string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return long.MaxValue;
        }
    }

    public void IntervalDone(IntervalMetrics metrics)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("epoch", metrics.Epoch);
            json.WriteNumber("step", metrics.Step);
            json.WriteNumber("total", metrics.Loss);
            foreach ((string name, double value) in metrics.Terms) json.WriteNumber(name, value);
            json.WriteNumber("lr", metrics.Rate);
            json.WriteNumber("videos_per_second", Math.Round(metrics.VideosPerSecond, 2));
            json.WriteNumber("wait_seconds", Math.Round(metrics.WaitSeconds, 3));
            json.WriteNumber("compute_seconds", Math.Round(metrics.ComputeSeconds, 3));
            json.WriteNumber("resident_megabytes", Math.Round(metrics.ResidentMegabytes, 1));
            json.WriteNumber("live_tensors", metrics.LiveTensors);
            json.WriteEndObject();
        }
        _file.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    public void Dispose() => _file.Dispose();
}
