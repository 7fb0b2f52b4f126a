using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VideoConcepts.Cli;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

/// <summary>Options of an evaluation from a file, and the files of <c>recipes/</c>.</summary>
[Collection(nameof(SerialTests))]
public sealed partial class CommandRecipeTests(TinyVideos videos) : IDisposable
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "recipes");
    private readonly WorkFolder _work = new();

    public static TheoryData<string> Shipped =>
        [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileName(f))];

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Recipe_GoesBeforeTheDefaultsAndTheCommandLineBeforeIt()
    {
        string recipe = _work.Write("recipe.json", """
            // a protocol
            { "windows": 2, "seq": 6, /* ours */ "img_dim": 32, "no_random": true, "net": "r2plus1d-tiny", "seed": 3, }
            """);
        string[] words = ["evaluate", "retrieval", "--train_csv", videos.Files.MotionTest, "--seq", "4"];
        CommandRun.Of([.. words, "--recipe", recipe, "--out", _work["recipe"]]).ShouldBeDone();
        JsonNode result = Result("recipe");
        foreach ((string key, int value) in ((string, int)[])[("frames", 4), ("size", 32), ("max_windows", 2)])
            ((int)result["clips"]![key]!).ShouldBe(value, key);
        CommandRun.Of([.. words, "--windows", "2", "--img_dim", "32", "--no-random", "--net", "r2plus1d-tiny", "--seed",
            "3", "--out", _work["words"]]).ShouldBeDone();
        JsonNode.DeepEquals(result["figures"], Result("words")["figures"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("retrieval", """{ "img_dmi": 3 }""", "unknown key \"img_dmi\"; did you mean \"img_dim\"?")]
    [InlineData("retrieval", """{ "no-random": true }""", "unknown key \"no-random\"; did you mean \"no_random\"?")]
    [InlineData("retrieval", """{ "verbose": true }""", "unknown key \"verbose\"")]
    [InlineData("retrieval", """{ "epoch": 3 }""", "\"epoch\": evaluate retrieval does not read it; leave it out.")]
    [InlineData("test", """{ "net": "r3d-18" }""", "\"net\": evaluate test does not read it; leave it out.")]
    [InlineData("concepts", """{ "rate": 3.0 }""", "\"rate\": evaluate concepts does not read it; leave it out.")]
    [InlineData("concepts", """{ "other_runs": "a,b" }""", "\"other_runs\": name files and folders on the")]
    [InlineData("finetune", """{ "epoch": "many" }""", "\"epoch\" is \"many\"; give a whole number.")]
    [InlineData("finetune", """{ "epoch": 1.5 }""", "\"epoch\" is 1.5; give a whole number.")]
    [InlineData("finetune", """{ "lr": "fast" }""", "\"lr\" is \"fast\"; give a number.")]
    [InlineData("finetune", """{ "momentum": null }""", "\"momentum\" is null; give a number.")]
    [InlineData("finetune", """{ "lr_decay": "60,80" }""", "\"lr_decay\" is \"60,80\"; give a list of whole numbers.")]
    [InlineData("finetune", """{ "scratch": 1 }""", "\"scratch\" is 1; give true or false.")]
    [InlineData("test", """{ "preset": 10 }""", "\"preset\" is 10; give a text.")]
    [InlineData("test", """{ "test_csv": "a" }""", "\"test_csv\": name files and folders on the command line")]
    [InlineData("test", """{ "out": "a" }""", "\"out\": name files and folders on the command line; leave it out.")]
    [InlineData("test", """{ "recipe": "a" }""", "\"recipe\": name files and folders on the command line; leave it")]
    [InlineData("test", """{ "checkpoint": "a" }""", "\"checkpoint\": name files and folders on the command line")]
    [InlineData("test", """{ "force": true }""", "\"force\": is decided at each call; leave it out.")]
    [InlineData("test", """{ "options": { "seq": 4 } }""", "this tells of a run; give a file of options of evaluate")]
    [InlineData("test", "[1]", "a recipe is a JSON object of option names and values.")]
    public void Recipe_ThatIsWrong_IsRefusedByFileAndKey(string command, string text, string expected)
    {
        string recipe = _work.Write("recipe.json", text);
        CommandRun.Of(Words(command, "--recipe", recipe)).ShouldBeRefused(false, $"{recipe}: {expected}");
    }

    [Fact]
    public void Recipe_WithAValueThatCannotBe_IsNamedWhereTheMessageNamesTheOption()
    {
        string recipe = _work.Write("recipe.json", """{ "preset": "coclr2", "view": "both", "epoch": 2 }""");
        CommandRun.Of(Words("probe", "--recipe", recipe)).ShouldBeRefused(false,
            $"--epoch is not read without --end-to-end; give both or none. (--epoch: {recipe})");
        CommandRun.Of(Words("probe", "--recipe", recipe, "--end-to-end")).ShouldBeRefused(false,
            $"--view is not read with --end-to-end; leave one of the two out. (--view: {recipe})");
        _work.Write("recipe.json", """{ "preset": "coclr2" }""");
        CommandRun.Of(Words("probe", "--recipe", recipe)).ShouldBeRefused(false, "--preset coclr2: choose one of",
            $"(--preset: {recipe})");
        CommandRun own = CommandRun.Of(Words("probe", "--recipe", recipe, "--preset", "mine"));
        own.ShouldBeRefused(false, "--preset mine: choose one of coclr");
        own.Error.ShouldNotContain(recipe);
    }

    [Fact]
    public void Recipe_WithLists_GivesThemAsTheyAreTyped()
    {
        string recipe = _work.Write("recipe.json", """{ "lr_decay": [3, 20], "lr": 1e-3 }""");
        ParseResult parsed = Parsed(Words("finetune", "--recipe", recipe));
        (parsed.GetValue<string>("--lr_decay"), parsed.GetValue<double?>("--lr")).ShouldBe(("3,20", 1e-3));
        _work.Write("recipe.json", """{ "lr_decay": [] }""");
        CommandRun.Of(Words("finetune", "--recipe", recipe)).ShouldBeRefused(false, "there is no checkpoint");
    }

    [Fact]
    public void Recipe_ThatIsNotThereOrNoFile_IsRefused()
    {
        CommandRun.Of(Words("concepts", "--recipe", _work["none"]))
            .ShouldBeRefused(false, $"{_work["none"]}: there is no such recipe");
        RawPath.Shell(_work.Path, "mkfifo pipe");
        CommandRun.Of(Words("concepts", "--recipe", _work["pipe"]))
            .ShouldBeRefused(false, $"{_work["pipe"]}: a pipe or a device");
    }

    [Fact]
    public void Help_OfEachEvaluation_ShowsTheRecipe()
    {
        foreach (string command in (string[])["retrieval", "probe", "finetune", "test", "concepts"])
            CommandRun.Of("evaluate", command, "--help").ShouldBeDone().Output
                .ShouldMatch(@"--recipe <file> +JSON file of options, which those of the command line override");
    }

    /// <summary>Each says in its comment how it is run, and that command takes every key of it.</summary>
    [Theory]
    [MemberData(nameof(Shipped))]
    public void ShippedRecipe_CommandLineInItsComment_IsRead(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, name)).Replace(" \\\n//       ", " ");
        string[][] lines = [.. CommandLines().Matches(text).Select(m => m.Groups[1].Value.Trim().Split(' '))];
        string[] words = lines.Single(line => line[0] == "demo" || line.Contains($"recipes/{name}"));
        ParseResult parsed = Parsed([.. words.Select(word => word.Replace("recipes/", Folder + "/"))]);
        parsed.Errors.ShouldBeEmpty();
        if (words[0] == "evaluate") name.ShouldStartWith("coclr-" + words[1]);
        else RecipeFile.Read(Path.Combine(Folder, name), new Dictionary<string, JsonNode?>()).ShouldNotBeNull();
    }

    /// <summary>The numbers of the preset written out: the same with the recipe as without it.</summary>
    [Theory]
    [InlineData("probe")]
    [InlineData("finetune")]
    public void ShippedRecipe_OfTraining_WritesOutThePreset(string command)
    {
        JsonObject recipe = Json($"coclr-{command}.json");
        EvaluationPreset preset = EvaluationPreset.Of("coclr");
        ClassifierTraining training = command == "probe" ? preset.Probe : preset.FineTune;
        JsonObject numbers = JsonSerializer.SerializeToNode(training, RecipeFile.Json)!.AsObject();
        foreach (string inside in (string[])["normalize", "batch_norm"]) numbers.Remove(inside); // no options
        if (training.Momentum is null) numbers.Remove("momentum"); // Adam
        foreach ((string key, JsonNode? value) in numbers)
            JsonNode.DeepEquals(recipe[key], value).ShouldBeTrue($"{key}: {recipe[key]}, {value}");
        var defaults = new FineTuneOptions();
        ((string)recipe["preset"]!, (double)recipe["held_out"]!, (double)recipe["labels"]!)
            .ShouldBe(("coclr", defaults.HeldOut, defaults.Labels));
        recipe.ContainsKey("momentum").ShouldBe(training.Momentum is not null);
        recipe.ContainsKey("end_to_end").ShouldBe(command == "probe");
        ((int)recipe["stride"]!).ShouldBe(new ClipOptions().FrameStride);
    }

    [Fact]
    public void ShippedRecipe_OfRetrievalAndTest_WritesOutThePreset()
    {
        EvaluationPreset preset = EvaluationPreset.All[0];
        (preset.Name, preset.Size, preset.Windows).ShouldBe(("coclr", null, null)); // as the comments say
        JsonObject retrieval = Json("coclr-retrieval.json"), test = Json("coclr-test.json");
        ((string)retrieval["preset"]!, (int)retrieval["stride"]!, (string)retrieval["view"]!)
            .ShouldBe((preset.Name, new ClipOptions().FrameStride, FeatureViews.Clips));
        ((string)test["preset"]!, (int)test["views"]!).ShouldBe((preset.Name, 10));
        retrieval.Count.ShouldBe(3);
        test.Count.ShouldBe(2);
    }

    private JsonNode Result(string folder) => JsonNode.Parse(File.ReadAllText(_work[$"{folder}/result.json"]))!;

    private static JsonObject Json(string recipe) => RecipeFile.Parse(Path.Combine(Folder, recipe)).Options;

    private string[] Words(string command, params string[] more) =>
    [
        "evaluate", command, "--checkpoint", _work["no-run"], .. command == "test" ? (string[])[]
            : ["--train_csv", videos.Files.MotionTrain], "--test_csv", videos.Files.MotionTest, "--out", _work["out"],
        .. more,
    ];

    private static ParseResult Parsed(string[] words)
    {
        RootCommand root = CommandLine.Root();
        ParseResult parsed = root.Parse(words);
        return CommandRecipe.Of(parsed) is { } recipe ? root.Parse(recipe.Behind(words)) : parsed;
    }

    [GeneratedRegex(@"^//   (?:mpirun .*)?\./videoconcepts (.*)$", RegexOptions.Multiline)]
    private static partial Regex CommandLines();
}
