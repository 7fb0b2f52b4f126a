using System.Text.Json.Nodes;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

[Collection(nameof(SerialTests))]
public sealed class DemoCommandTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Demo_InMiniature_WritesTheSameFiguresForTheSameSeed()
    {
        CommandRun run = TinyCommand.Demo(_work["one"]).With("--seed", "3").Run().ShouldBeDone();
        run.Output.ShouldEndWith($"{_work["one/summary.json"]}\n{_work["one/report.html"]}\n");
        run.Output.ShouldContain("untrained");
        JsonObject first = Summary("one");
        first.Select(p => p.Key).ShouldBe(["appearance", "motion", "videosPerSecond", "origin"]);
        ((double)first["videosPerSecond"]!).ShouldBeGreaterThan(0);
        foreach (string factor in (string[])["appearance", "motion"])
        {
            JsonObject figures = first[factor]!.AsObject();
            ((double)figures["chance"]!).ShouldBe(0.125);
            foreach (string features in (string[])["random", "trained"])
                foreach (string figure in (string[])["probe", "r1"])
                    ((double)figures[features]![figure]!).ShouldBeInRange(0, 1);
        }
        string page = File.ReadAllText(_work["one/report.html"]);
        page.ShouldContain("</html>");

        // As after a kill behind the training: nothing is left to be trained, and the curves are of the whole run.
        TinyCommand.Demo(_work["one"]).With("--seed", "3").With("--resume", "auto").Run().ShouldBeDone();
        File.ReadAllText(_work["one/report.html"]).Split("<path").Length.ShouldBe(page.Split("<path").Length);
        JsonObject again = Summary("one");
        foreach (string figure in (string[])["appearance", "motion", "videosPerSecond"])
            again[figure]!.ToJsonString().ShouldBe(first[figure]!.ToJsonString());

        TinyCommand.Demo(_work["two"]).With("--seed", "3").Run().ShouldBeDone();
        JsonObject second = Summary("two");
        foreach (JsonObject summary in (JsonObject[])[first, second])
        {
            summary.Remove("videosPerSecond");
            summary.Remove("origin"); // its hash is of a page that says how long it took
        }

        second.ToJsonString().ShouldBe(first.ToJsonString());
        File.ReadAllBytes(_work["two/run/checkpoint.safetensors"]).Length
            .ShouldBe(File.ReadAllBytes(_work["one/run/checkpoint.safetensors"]).Length);
    }

    private JsonObject Summary(string run) =>
        JsonNode.Parse(File.ReadAllText(_work[run + "/summary.json"]))!.AsObject();
}
