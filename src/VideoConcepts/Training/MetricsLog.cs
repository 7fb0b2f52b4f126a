using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>metrics.jsonl: one JSON object per interval, and one per evaluation.</summary>
internal sealed class MetricsLog : ITrainingObserver, IDisposable
{
    public const string FileName = "metrics.jsonl";
    private static readonly string[] NotLosses = ["epoch", "step", "grad_norm", "lr", "videos_per_second",
        "wait_seconds", "compute_seconds", "resident_megabytes", "live_tensors"];
    private const string ListKey = "eval_csv_sha256";
    private readonly string[] _kept;
    private readonly StreamWriter _file;

    /// <summary>
    /// The highest value of a figure that the lines that stayed tell of, on one list; null if there is none.
    /// </summary>
    public double? Best(string figure, string list) => Evaluations(list)
        .Select(json => json[figure]?.GetValue<double>()).Max();

    /// <summary>Whether the lines that stayed tell of an evaluation on this list after this step.</summary>
    public bool HasEvaluation(long step, string list) =>
        Evaluations(list).Any(json => json["step"]!.GetValue<long>() == step);

    // Lines of earlier versions do not say which list they are of.
    private IEnumerable<JsonObject> Evaluations(string list) => _kept.Select(line => JsonNode.Parse(line)!.AsObject())
        .Where(json => !json.ContainsKey("total") && (json[ListKey]?.GetValue<string>() ?? list) == list);

    /// <param name="path">The file.</param>
    /// <param name="stepsDone">Lines of these steps stay, from the run that goes on; later ones are written
    /// anew.</param>
    public MetricsLog(string path, long stepsDone = 0)
    {
        _kept = stepsDone > 0 && File.Exists(path)
            ? [.. File.ReadLines(path).TakeWhile(line => StepOf(line) <= stepsDone)] : [];
        AsideFile.WriteText(path, string.Concat(_kept.Select(line => line + "\n")));
        _file = new StreamWriter(path, append: true) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>
    /// The loss terms of a run over its steps, the total first; empty if there is no file. An unfinished line ends it.
    /// </summary>
    public static IReadOnlyList<(string Term, IReadOnlyList<(long Step, double Value)> Points)> ReadLosses(string path)
    {
        var curves = new OrderedDictionary<string, List<(long, double)>>();
        foreach (string line in File.Exists(path) ? File.ReadLines(path).TakeWhile(l => StepOf(l) < long.MaxValue) : [])
        {
            JsonObject json = JsonNode.Parse(line)!.AsObject();
            if (!json.ContainsKey("total")) continue;
            foreach ((string name, JsonNode? value) in json)
                if (!NotLosses.Contains(name) && !ConceptUsage.IsName(name))
                    (curves.TryGetValue(name, out var points) ? points : curves[name] = [])
                        .Add((json["step"]!.GetValue<long>(), value!.GetValue<double>()));
        }
        return [.. curves.Select(c => (c.Key, (IReadOnlyList<(long, double)>)c.Value))];
    }

    /// <summary>Mean over the run, the first interval (warming up) left out; null if nothing was logged.</summary>
    public static double? VideosPerSecond(string path)
    {
        double[] all = [.. from line in File.Exists(path)
            ? File.ReadLines(path).TakeWhile(l => StepOf(l) < long.MaxValue) : []
                           let speed = JsonNode.Parse(line)!["videos_per_second"]
                           where speed is not null
                           select speed.GetValue<double>()];
        return all.Length == 0 ? null : all.Skip(all.Length > 1 ? 1 : 0).Average();
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

    /// <summary>Whether a file is such a log: empty, or its first line is one of these.</summary>
    public static bool IsOne(string path) =>
        FileStatus.Of(path) is { Kind: FileKind.Regular }
            && (File.ReadLines(path).FirstOrDefault() is not { } line || StepOf(line) < long.MaxValue);

    public void IntervalDone(IntervalMetrics metrics)
    {
        var line = new JsonObject { ["epoch"] = metrics.Epoch, ["step"] = metrics.Step, ["total"] = metrics.Loss };
        foreach ((string name, double value) in metrics.Terms.Concat(metrics.Gauges)) line[name] = value;
        line["grad_norm"] = metrics.GradientNorm;
        line["lr"] = metrics.Rate;
        line["videos_per_second"] = Math.Round(metrics.VideosPerSecond, 2);
        line["wait_seconds"] = Math.Round(metrics.WaitSeconds, 3);
        line["compute_seconds"] = Math.Round(metrics.ComputeSeconds, 3);
        line["resident_megabytes"] = Math.Round(metrics.ResidentMegabytes, 1);
        line["live_tensors"] = metrics.LiveTensors;
        _file.WriteLine(line.ToJsonString());
    }

    public void EvaluationDone(EvaluationDuringTraining evaluation)
    {
        var line = new JsonObject { ["epoch"] = evaluation.Epoch, ["step"] = evaluation.Step };
        foreach ((string name, double value) in evaluation.Figures) line[name] = value;
        if (evaluation.ListHash is { } hash) line[ListKey] = hash;
        _file.WriteLine(line.ToJsonString());
    }

    public void Dispose() => _file.Dispose();
}
