using System.Text.Json.Nodes;
using SkiaSharp;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

[Collection(nameof(SerialTests))]
public sealed class InterventionsCommandTests(TinyVideos videos) : EvaluationTests(videos)
{
    private string[] Words(string name, params string[] model) => ["evaluate", "interventions",
        .. model.Length > 0 ? model : ["--net", "r2plus1d-tiny"], "--windows", "1", "--test_csv",
        Videos.Files.MotionTest, "--out", Work[name], "--seq", "4", "--img_dim", "32"];

    /// <summary>The videos of other rows stand for counterparts.</summary>
    private string Others(string name, int shift)
    {
        string[] rows = File.ReadAllLines(Videos.Files.AppearanceTest);
        return Work.Write(name, string.Join('\n', rows.Skip(shift).Concat(rows.Take(shift))
            .Select(row => Path.Combine(Videos.Files.Folder, row))));
    }

    [Fact]
    public void Interventions_OfTwoFactorsWithCounterparts_LeavesAllFiles()
    {
        string[] words = [.. Words("found", "--checkpoint", Run), "--other_motion", Others("motion.csv", 1),
            "--other_appearance", Others("appearance.csv", 3)];
        words[7] = $"{Videos.Files.AppearanceTest},{Videos.Files.MotionTest}";
        CommandRun run = CommandRun.Of(words).ShouldBeDone();
        foreach (string shown in (string[])["confirmed", "other appearance", "below random"])
            run.Output.ShouldContain(shown);
        JsonNode result = JsonNode.Parse(File.ReadAllText(Work["found/result.json"]))!;
        JsonArray concepts = result["concepts"]!.AsArray();
        concepts.Count.ShouldBe(4 * 3);
        foreach (JsonNode? concept in concepts)
        {
            JsonNode frozen = concept!["shares"]!["frozen"]!;
            string head = (string)concept["head"]!;
            // stills are frozen already; of frozen clips there are no differences
            if (head == "static_stills") ((double)frozen["share"]!).ShouldBe(0, 1e-5);
            if (head == "dynamic_differences") ((double)frozen["share"]!).ShouldBe(1, 1e-5);
            ((string)concept["motion"]!).ShouldBe("other_motion");
            ((string)concept["look"]!).ShouldBe("other_appearance");
            ((double)concept["shares"]!["recoloured"]!["share"]!).ShouldBeInRange(0.001, 2);
        }
        foreach (KeyValuePair<string, JsonNode?> head in result["heads"]!.AsObject())
            ((string[])["confirmed", "opposite", "both", "neither", "dead"]).Sum(k => (int)head.Value![k]!).ShouldBe(3);
        result["deletion"]!.AsObject().Select(f => f.Key).ShouldBe(["appearance", "motion"]);
        string[] table = File.ReadAllLines(Work["found/interventions.csv"]);
        table.Length.ShouldBe(1 + (4 * 3));
        table.Select(line => line.Count(c => c == ',')).Distinct().Count().ShouldBe(1);
        File.ReadAllLines(Work["found/deletion.csv"]).Length.ShouldBe(1 + (2 * 3 * 6));
        foreach (string picture in (string[])["interventions.png", "deletion.png"])
        {
            using SKBitmap drawn = SKBitmap.Decode(Work[$"found/{picture}"]);
            drawn.Width.ShouldBeGreaterThan(drawn.Height, picture);
        }
        // in batches of another size the same, as far as products are
        words[9] = Work["batches"];
        CommandRun.Of([.. words, "--batch", "3"]).ShouldBeDone();
        double Moved(string folder) => (double)JsonNode.Parse(File.ReadAllText(Work[$"{folder}/result.json"]))!
            ["concepts"]![4]!["shares"]!["shuffled"]!["share"]!;
        Moved("batches").ShouldBe(Moved("found"), 1e-4);
    }

    [Fact]
    public void Interventions_WithoutLabels_TakeNoConceptsAway()
    {
        string[] words = Words("found");
        words[7] = Work.Write("plain.csv", string.Join('\n', File.ReadAllLines(Videos.Files.MotionTest)
            .Select(row => Path.Combine(Videos.Files.Folder, row[..row.LastIndexOf(',')]))));
        CommandRun run = CommandRun.Of(words).ShouldBeDone();
        run.Output.ShouldNotContain("random");
        WorkFolder.Contents(Work["found"]).Keys.ToArray().ShouldBe(
            ["interventions.csv", "interventions.png", "result.json"], ignoreOrder: true);
        JsonNode result = JsonNode.Parse(File.ReadAllText(Work["found/result.json"]))!;
        result["deletion"].ShouldBeNull();
        result["train_csv"].ShouldBeNull();
        ((string)result["concepts"]![0]!["motion"]!).ShouldBeOneOf("frozen", "reversed", "shuffled");
    }

    /// <summary>Where all videos score alike there is no variance that something could move.</summary>
    [Fact]
    public void Interventions_OfVideosThatScoreAlike_CallEveryConceptDead()
    {
        string[] words = Words("found"), row = File.ReadAllLines(Videos.Files.MotionTest)[0].Split(',');
        words[7] = Work.Write("same.csv", string.Join('\n', Enumerable.Repeat(
            $"{Path.Combine(Videos.Files.Folder, row[0])},{row[1]}", 4)));
        CommandRun.Of(words).ShouldBeDone();
        JsonNode result = JsonNode.Parse(File.ReadAllText(Work["found/result.json"]))!;
        result["concepts"]!.AsArray().Select(c => (string)c!["kind"]!).Distinct().ShouldBe(["dead"]);
    }

    [Fact]
    public void Interventions_OfListsThatDoNotFit_AreRefused()
    {
        CommandRun.Of([.. Words("x"), "--other_motion", Videos.Files.MotionTrain])
            .ShouldBeRefused(false, "--other_motion", "24 videos, but", "has 16; row n must be the counterpart of row");
        CommandRun.Of([.. Words("x"), "--other_appearance", Videos.Files.AppearanceTest])
            .ShouldBeRefused(false, "this is the video of", "--other_appearance takes videos in which");
        string[] words = Words("x");
        words[7] = $"{Videos.Files.MotionTest},{Videos.Files.AppearanceTrain}";
        CommandRun.Of(words).ShouldBeRefused(false, "the video is not in");
        words[7] = Work.Write("two.csv",
            string.Join('\n', File.ReadLines(Videos.Files.MotionTest).Take(2)));
        CommandRun.Of([.. words, "--root", Videos.Files.Folder]).ShouldBeRefused(false, "give at least 3");
        CommandRun.Of([.. Words("x"), "--stride", "30"])
            .ShouldBeRefused(true, "0 of 16 videos have more than 61 frames");
        Directory.Exists(Work["x"]).ShouldBeTrue(); // claimed, and nothing in it
        WorkFolder.Contents(Work["x"]).ShouldBeEmpty();
    }
}
