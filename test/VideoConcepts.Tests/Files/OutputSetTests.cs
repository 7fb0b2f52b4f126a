using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using VideoConcepts.Files;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Files;

public sealed class OutputSetTests : IDisposable
{
    private readonly WorkFolder _work = new();

    private string Record => _work["out/result.json"];

    private string Other => _work["out/other.csv"];

    private string List => _work["list.csv"];

    public OutputSetTests()
    {
        _work.Write("list.csv", "a,1\n");
        Directory.CreateDirectory(_work["out"]);
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Claim_OfTheSameSources_ReplacesItsOwnResults()
    {
        Write(Claim(), "first");
        Write(Claim(), "second");
        File.ReadAllText(Other).ShouldBe("second");
        Origin.FromJson(JsonNode.Parse(File.ReadAllText(Record))![Origin.Key])!.Command.ShouldBe("measure");
    }

    [Fact]
    public void Claim_OfAListThatWasMendedOrMoved_ReplacesItsOwnResults()
    {
        Write(Claim(), "first");
        File.AppendAllText(List, "b,1\n");
        Write(Claim(), "second");
        File.Move(List, _work["moved.csv"]);
        Claim(list: _work["moved.csv"]);
        Refused(() => Claim(list: _work.Write("another.csv", "c,1\n")))
            .ShouldContain("was made from another source (train_csv");
    }

    [Fact]
    public void Claim_OfAnotherSourceOrCommand_NeedsForce()
    {
        Write(Claim(run: "one"), "first");
        Refused(() => Claim(run: "two"))
            .ShouldContain(
            "was made from another source (checkpoint); choose another place, or replace it with --force.");
        Refused(() => Claim(run: "two", force: null))
            .ShouldEndWith("was made from another source (checkpoint); choose another place.");
        Refused(() => Claim("count")).ShouldContain("was made by measure, not by count");
        Write(Claim(run: "two", force: true), "second");
        Claim(run: "two");
    }

    [Fact]
    public void Claim_OfAFileThatWasChangedSince_NeedsForce()
    {
        Write(Claim(), "first");
        File.WriteAllText(Other, "corrected by hand");
        Refused(() => Claim()).ShouldContain($"{Other}: was changed since measure wrote it");
        Claim(force: true);
    }

    [Fact]
    public void Claim_OfAStrangersFileBesideOwnResults_IsRefusedEvenWithForce()
    {
        OutputSet.Claim(Made("measure", "one", List), Record, [], []).Write([]);
        File.WriteAllText(Other, "mine");
        Refused(() => Claim(force: true)).ShouldContain($"{Other}: is there already, and measure did not make it");
    }

    [Theory]
    [InlineData("symbolic link")]
    [InlineData("hard link")]
    [InlineData("folder link")]
    public void Claim_OfAnInputUnderAnotherName_IsRefused(string kind)
    {
        if (kind == "symbolic link") File.CreateSymbolicLink(Other, List);
        else if (kind == "hard link") InvokeLink(List, Other);
        else
        {
            Directory.Delete(_work["out"]);
            File.Move(List, _work.NewFile("real/other.csv"));
            Directory.CreateSymbolicLink(_work["out"], _work["real"]);
            File.CreateSymbolicLink(List, _work["real/other.csv"]);
        }
        Refused(() => Claim(force: true)).ShouldContain("which is read here and would be lost");
    }

    [Fact]
    public void Claim_OfALinkThatLeadsNowhere_IsRefused()
    {
        File.CreateSymbolicLink(Other, _work["nowhere"]);
        Refused(() => Claim()).ShouldContain("did not make it");
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Claim_OfAFolderADeviceOrOneNameTwice_IsRefused()
    {
        Refused(() => OutputSet.Claim(Made("measure", "one", List), "/dev/null", [], []))
            .ShouldContain("a pipe or a device");
        Refused(() => OutputSet.Claim(Made("measure", "one", List), _work["out"], [], []))
            .ShouldContain("this is a folder");
        Refused(() => OutputSet.Claim(Made("measure", "one", List), Record, [_work["out/../out/result.json"]], []))
            .ShouldContain("two results");
    }

    [Fact]
    public void Write_ThroughALink_KeepsTheLink()
    {
        Write(Claim(), "first");
        File.Move(Other, _work["far.csv"]);
        File.CreateSymbolicLink(Other, _work["far.csv"]);
        Write(Claim(), "second");
        new FileInfo(Other).LinkTarget.ShouldBe(_work["far.csv"]);
        File.ReadAllText(_work["far.csv"]).ShouldBe("second");
    }

    [Fact]
    public void Claim_OfAnEarlierVersionsFile_IsTakenWhereItIsKnown()
    {
        File.WriteAllText(Record, """{ "figures": {} }""");
        Refused(() => Claim()).ShouldContain("did not make it");
        OutputSet.Claim(Made("measure", "one", List), Record, [Other], [],
            isEarlier: json => json.ContainsKey("figures")).ShouldNotBeNull();
    }

    [Fact]
    public void Claim_AfterAKillBetweenTheRecordAndTheOtherFiles_ReplacesItsOwnResults()
    {
        Write(Claim(), "first");
        Write(Claim(), "second");
        File.WriteAllText(Other, "first"); // as if killed when the second record was there
        Write(Claim(force: null), "third");
        File.WriteAllText(Other, "second");
        Refused(() => Claim()).ShouldContain("was changed since");
    }

    [Fact]
    public void Claim_OfFilesThatAForcedCommandLeftBehind_NeedsForceOnly()
    {
        Write(Claim(), "first");
        OutputSet.Claim(Made("count", "one", List), Record, [], [], force: true).Write([]);
        Refused(() => Claim()).ShouldContain("was made by count, not by measure");
        Write(Claim(force: true), "second");
    }

    [Fact]
    public void Claim_OfTheSameSourcesSomeOfThemTwice_SaysThatTheyAreOthers()
    {
        Source a = new("results", "a"), b = new("results", "b");
        OutputSet Of(params Source[] sources) =>
            OutputSet.Claim(new Origin("merge", sources), Record, [], [], force: false);
        Of(a, b).Write([]);
        Refused(() => Of(a, b, a)).ShouldContain("was made from another source (results)");
        Refused(() => Of()).ShouldContain("was made from another source (results)");
    }

    [Theory]
    [InlineData("""{ "a": 1, "a": 2 }""")]
    [InlineData("""{ "origin": 1, "origin": 2 }""")]
    [InlineData("""{ "origin": { "command": "measure", "sources": [ null ] } }""")]
    [InlineData("""{ "origin": { "command": "measure", "sources": [ { "role": null } ] } }""")]
    [InlineData("""{ "origin": { "command": "measure", "command": "measure", "sources": [] } }""")]
    public void Claim_OfAStrangersJson_IsRefusedInOneLine(string json)
    {
        File.WriteAllText(Record, json);
        Refused(() => Claim(force: true)).ShouldContain("did not make it");
    }

    [Fact]
    public void Write_OverResultsOfAnotherOrigin_RemovesTheirOtherFilesUnlessChanged()
    {
        string more = _work["out/more.csv"], edited = _work["out/edited.csv"];
        OutputSet.Claim(Made("measure", "one", List), Record, [Other, more, edited], [])
            .Write([], [(Other, [1]), (more, [2]), (edited, [3])]);
        File.WriteAllText(edited, "corrected by hand");
        Write(Claim(run: "two", force: true), "second");
        File.Exists(more).ShouldBeFalse();
        File.ReadAllText(edited).ShouldBe("corrected by hand");
    }

    private static void InvokeLink(string target, string link)
    {
        SkipElsewhereAttribute.SkipUnlessLinux();
        System.Diagnostics.Process.Start("ln", [target, link]).WaitForExit();
    }

    private static Origin Made(string command, string run, string list) =>
        new(command, [new Source("checkpoint", run), Source.File("train_csv", list)]);

    private OutputSet Claim(string command = "measure", string run = "one", string? list = null, bool? force = false) =>
        OutputSet.Claim(Made(command, run, list ?? List), Record, [Other], [new InputFile("--train_csv", list ?? List)],
            force);

    private void Write(OutputSet files, string text) =>
        files.Write(new JsonObject { ["figure"] = 1 }, [(Other, OutputSet.Bytes(text))]);

    private static string Refused(Func<object> claim)
    {
        string message = Should.Throw<BadInputException>(claim).Shown();
        message.ShouldNotContain('\n');
        return message;
    }
}
