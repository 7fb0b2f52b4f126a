using System.Text.RegularExpressions;
using VideoConcepts.Files;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>
/// Each row of the table in docs/outputs.md: what is written, and that nothing of others is ever written over. What
/// runs every command to its end is one of the long checks.
/// </summary>
[Collection(nameof(SerialTests))]
public sealed partial class OutputTableTests(OutputCases cases) : IClassFixture<OutputCases>, IDisposable
{
    // Whatever it is, it is not what the commands make.
    private const string Foreign = "{ \"mine\": 1 }\n";
    private readonly WorkFolder _work = new();

    public static TheoryData<string> Commands => [.. OutputCases.Table.Keys];

    // Those that prepare data sets differ in their lists alone: one of them goes for all where it takes three seconds.
    public static IEnumerable<TheoryDataRow<string>> CommandsForStrangers => OutputCases.Table.Keys.Select(command =>
        new TheoryDataRow<string>(command)
        {
            Explicit = command is "prepare kinetics400" or "prepare hmdb51" or "prepare diving48" ? true : null,
        });

    // As well those that train a classifier: fine-tuning takes the same inputs as the probe.
    public static IEnumerable<TheoryDataRow<string>> CommandsForInputs => OutputCases.Table.Keys.Select(command =>
        new TheoryDataRow<string>(command)
        {
            Explicit = command is "evaluate probe --end-to-end" or "evaluate finetune" ? true : null,
        });

    public void Dispose() => _work.Dispose();

    [Theory(Explicit = true)]
    [MemberData(nameof(Commands))]
    public void Command_IntoANewFolderAndAgain_WritesWhatTheTableSays(string command)
    {
        OutputCase of = Case(command);
        var inputs = cases.Contents();
        CommandRun.Of(of.Into(Out)).ShouldBeDone();
        Written(Out).ShouldBe([.. OutputCases.Table[command].Order(StringComparer.Ordinal)]);
        CommandRun again = CommandRun.Of(of.Into(Out));
        if (command is "demo" or "train") ShouldBeRefused(again, "holds a");
        else again.ShouldBeDone();
        cases.Contents().ShouldBe(inputs);
    }

    [Theory]
    [MemberData(nameof(CommandsForStrangers))]
    public void Command_WithAStrangersFileInPlace_IsRefusedAndChangesNothing(string command)
    {
        OutputCase of = Case(command);
        foreach (string target in OutputCases.Table[command])
        {
            string place = PlaceOf(command, target);
            File.WriteAllText(_work.NewFile(place), Foreign);
            ShouldBeRefused(CommandRun.Of(of.Into(Out)), "");
            if (Takes(of, "--force")) ShouldBeRefused(CommandRun.Of([.. of.Into(Out), "--force"]), ""); // not even then
            WorkFolder.Contents(Out).Keys.ToArray().ShouldBe([Path.GetRelativePath("out", place)]);
            File.ReadAllText(_work[place]).ShouldBe(Foreign, place);
            Directory.Delete(Out, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(CommandsForInputs))]
    public void Command_WithAnInputInPlace_IsRefusedAndChangesNothing(string command)
    {
        OutputCase of = Case(command);
        foreach ((string input, string path) in of.Inputs.Where(i => File.Exists(i.Value)))
            foreach (string target in OutputCases.Table[command].Where(t => !t.EndsWith('/') && !t.Contains('N')))
            {
                string place = _work.NewFile($"out/{target.Replace("STEP", "000000009")}");
                File.Copy(path, place);
                File.CreateSymbolicLink(_work["link"], place);
                string hash = FileHash.Of(place);
                ShouldBeRefused(CommandRun.Of(of.With(Out, input, _work["link"])), "");
                WorkFolder.Contents(Out).Keys.ToArray().ShouldBe([Path.GetRelativePath(Out, place)],
                    customMessage: $"{input} as {target}");
                FileHash.Of(place).ShouldBe(hash, $"{input} as {target}");
                File.Delete(_work["link"]);
                Directory.Delete(Out, recursive: true);
            }
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Commands))]
    public void Command_WhoseOutputIsOneOfItsInputs_LeavesThemAsTheyAre(string command)
    {
        OutputCase of = Case(command);
        foreach ((string input, string path) in of.Inputs)
        {
            string copy = _work[$"copy-of-{input}"];
            foreach ((string name, _) in Directory.Exists(path) ? WorkFolder.Contents(path) : new() { [""] = "" })
                File.Copy(Path.Join(path, name.Length > 0 ? "/" + name : ""),
                    _work.NewFile($"copy-of-{input}/{(name.Length > 0 ? name : "file")}"));
            string used = Directory.Exists(path) ? copy : Path.Combine(copy, "file");
            var before = WorkFolder.Contents(copy);
            CommandRun run = CommandRun.Of(of.With(used, input, used));
            run.Status.ShouldBeOneOf([0, 1, 2], run.Error);
            run.Error.ShouldNotContain("   at ");
            var after = WorkFolder.Contents(copy);
            foreach ((string name, string hash) in before) after[name].ShouldBe(hash, $"{input}: {name}");
        }
    }

    private string Out => _work["out"];

    private OutputCase Case(string command)
    {
        if ((command.StartsWith("prepare", StringComparison.Ordinal)
            && command is not ("prepare synthetic" or "prepare pack" or "prepare unpack")) || command == "learn")
            InstalledFfmpeg.SkipUnlessThere();
        return cases.Of(command);
    }

    private static bool Takes(OutputCase of, string option) =>
        CommandRun.Of([.. of.Into("out").TakeWhile(word => !word.StartsWith('-')), "--help"]).Output.Contains(
            $"{option} ", StringComparison.Ordinal);

    /// <summary>Where a stranger's file is put to be in the way of an output.</summary>
    private static string PlaceOf(string command, string target) => (command, target) switch
    {
        ("demo", "data/") => "out/data/mine.txt",
        ("demo" or "learn", "run/") => "out/run/best.safetensors",
        ("learn", "data/") => "out/data/videos.csv",
        ("prepare synthetic" or "prepare world", "videos/") => "out/videos/mine.txt",
        _ => "out/" + target.Replace("STEP", "000000006").Replace("NAME", FramesOf(command)).TrimEnd('/'),
    };

    private static string FramesOf(string command) => command.Split(' ')[^1] switch
    {
        "folder" => "x/a",
        "kinetics400" => "aaaaaaaaaaa_000000_000010",
        "ucf101" => "A/v_A_g01_c01",
        "hmdb51" => "wave/one",
        "pack" or "unpack" => "a",
        _ => "one",
    };

    private static IEnumerable<string> Written(string folder) => WorkFolder.Contents(folder).Keys.Select(name =>
    {
        if (Prefix().Match(name) is { Success: true } below) return below.Value;
        return Step().Replace(Frames().Replace(Image().Replace(name, "image_00001"), "frames/NAME$1"),
            "checkpoint-STEP.");
    }).Distinct().Order(StringComparer.Ordinal);

    private static void ShouldBeRefused(CommandRun run, string fragment)
    {
        run.Status.ShouldBe(2, run.Error);
        run.ErrorLines.Count(line => line.StartsWith("videoconcepts: ", StringComparison.Ordinal))
            .ShouldBe(1, run.Error);
        run.Error.ShouldNotContain("   at ");
        run.Error.ShouldContain(fragment);
        run.Output.ShouldBeEmpty();
    }

    [GeneratedRegex("^(data|run|videos|tensorboard)/")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"image_\d{5}")]
    private static partial Regex Image();

    [GeneratedRegex(@"^frames/.*(/|\.zip)")]
    private static partial Regex Frames();

    [GeneratedRegex(@"^checkpoint-\d+\.")]
    private static partial Regex Step();
}
