using System.Text.Json.Nodes;
using System.Xml.Linq;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

[Collection(nameof(SerialTests))]
public sealed class SearchCommandTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void IndexAndSearch_FromFilesToAPage_FindTheClipItself()
    {
        TestVideo.MakeSmall(_work.NewFile("in/one & two/<a>.mp4"), 40, 25);
        TestVideo.MakeSmall(_work.NewFile("in/b.mp4"), 30, 9);
        File.Copy(_work["in/one & two/<a>.mp4"], _work["in/the same.mp4"]);
        CommandRun.Of("index", "--videos", _work["in"], "--out", _work["lib.db"], "--stride", "2").ShouldBeDone()
            .Error.ShouldContain("weights that come with the program are taken (world)");
        CommandRun.Of("index", "--videos", _work["in"], "--out", _work["lib.db"]).ShouldBeDone()
            .Output.ShouldStartWith("0 videos indexed, 3 were there, 0 failed");

        string[] search = ["search", "--library", _work["lib.db"], "--query", _work["in/one & two/<a>.mp4"]];
        JsonNode json = JsonNode.Parse(CommandRun.Of([.. search, "--at", "0:00.0", "--within", "--json"]).ShouldBeDone()
            .Output)!;
        json["hits"]!.AsArray().Take(2).Select(hit => hit!["video"]!.ToString())
            .ShouldBe(["one & two/<a>.mp4", "the same.mp4"]);
        json["hits"]![0]!["similarity"]!.GetValue<double>().ShouldBe(1, 0.01);
        // without --within its own video is left out, whatever its names
        JsonNode others = JsonNode.Parse(CommandRun.Of([.. search, "--json"]).ShouldBeDone().Output)!;
        others["hits"]!.AsArray().ShouldAllBe(hit => hit!["video"]!.ToString() == "b.mp4");

        CommandRun.Of([.. search, "--within", "--top", "3", "--sheet", _work["page.html"]]).ShouldBeDone();
        XDocument page = XDocument.Load(_work["page.html"]);
        page.Descendants().Where(e => e.Name.LocalName == "a").Select(e => e.Value).ShouldContain("one & two/<a>.mp4");
        page.Descendants().Count(e => e.Name.LocalName == "img").ShouldBeGreaterThan(1);
        JsonNode.Parse(File.ReadAllText(_work["page.json"]))!["hits"]!.AsArray().Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Search_BadWords_AreRefusedInOneLine()
    {
        TestVideo.MakeSmall(_work.NewFile("in/a.mp4"), 30, 25);
        CommandRun.Of("index", "--videos", _work["in"], "--out", _work["lib.db"], "--strip", "0").ShouldBeDone();
        string[] search = ["search", "--library", _work["lib.db"]];
        Refused("give either --query", []);
        Refused("--like warm: choose look, motion or both", ["--moment", "1", "--like", "warm"]);
        Refused("leave one of the two out", ["--moment", "1", "--like", "look", "--motion", "0.5"]);
        Refused("--motion 0,5: give a number", ["--moment", "1", "--motion", "0,5"]);
        Refused("there is no such folder", ["--moment", "1", "--root", _work["nowhere"]]);
        Refused("--motion is 2", ["--moment", "1", "--motion", "2"]);
        Refused("--at 1:99: give seconds", ["--query", _work["in/a.mp4"], "--at", "1:99"]);
        Refused("ends before", ["--query", _work["in/a.mp4"], "--at", "1:39"]);
        Refused("--moment 99: the library has no moment", ["--moment", "99"]);
        Refused("--model is not read without --query", ["--moment", "1", "--model", "x"]);
        Refused("--query " + _work["none.mp4"], ["--query", _work["none.mp4"]]);
        File.WriteAllText(_work["page.html"], "mine");
        Refused("page.html", ["--moment", "1", "--sheet", _work["page.html"]]);
        File.ReadAllText(_work["page.html"]).ShouldBe("mine");
        CommandRun.Of("search", "--library", _work["no.db"], "--moment", "1")
            .ShouldBeRefused(false, "There is no library");
        CommandRun.Of("search", "--library", _work["in/a.mp4"], "--moment", "1").ShouldBeRefused(false, "no library");
        CommandRun.Of("index", "--videos", _work["in"], "--out", _work["lib.db"], "--step", "1000")
            .ShouldBeRefused(false, "this library has --step");

        void Refused(string message, string[] words) =>
            CommandRun.Of([.. search, .. words]).ShouldBeRefused(false, message);
    }
}
