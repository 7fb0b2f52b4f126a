using System.Text.Json.Nodes;
using TorchSharp;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Support;

/// <summary>Whether two runs have ended with the same bits.</summary>
internal static class RunComparison
{
    private static readonly string[] Measured = ["videos_per_second", "wait_seconds", "compute_seconds",
        "resident_megabytes", "live_tensors"];

    /// <summary>
    /// Newest and best checkpoint, where they stand, and all of the metrics that does not measure time or memory.
    /// </summary>
    public static void ShouldBeTheSame(string run, string expected)
    {
        Lines(run).ShouldBe(Lines(expected));
        foreach (string name in (string[])[Checkpoint.FileName, RunFolder.BestFileName])
        {
            string actualFile = Path.Combine(run, name), expectedFile = Path.Combine(expected, name);
            File.Exists(actualFile).ShouldBe(File.Exists(expectedFile), name);
            if (!File.Exists(expectedFile)) continue;
            (Dictionary<string, torch.Tensor> actual, Dictionary<string, string> facts) = SafeTensors.Read(actualFile);
            (Dictionary<string, torch.Tensor> wanted,
                Dictionary<string, string> wantedFacts) = SafeTensors.Read(expectedFile);
            facts["run"].ShouldBe(wantedFacts["run"], name);
            actual.Keys.ShouldBe(wanted.Keys, name);
            wanted.Keys.ShouldContain(key => key.StartsWith("adam.exp_avg_sq.", StringComparison.Ordinal), name);
            foreach ((string key, torch.Tensor tensor) in wanted)
                actual[key].bytes.SequenceEqual(tensor.bytes).ShouldBeTrue($"{name}: {key}");
            foreach (torch.Tensor tensor in actual.Values.Concat(wanted.Values)) tensor.Dispose();
        }
    }

    private static IEnumerable<string> Lines(string run) => File.ReadAllLines(Path.Combine(run, MetricsLog.FileName))
        .Select(line =>
            string.Join(' ', JsonNode.Parse(line)!.AsObject().Where(figure => !Measured.Contains(figure.Key))));
}
