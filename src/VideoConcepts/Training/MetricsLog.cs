using System.Text.Json;

namespace VideoConcepts.Training;

/// <summary>metrics.jsonl: one JSON object per interval.</summary>
public sealed class MetricsLog(string path) : ITrainingObserver, IDisposable
{
    public const string FileName = "metrics.jsonl";
    private readonly StreamWriter _file = new(path) { AutoFlush = true };

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
