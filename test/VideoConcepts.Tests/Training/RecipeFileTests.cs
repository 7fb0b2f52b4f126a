using System.Text.Json.Nodes;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

public sealed class RecipeFileTests : IDisposable
{
    private static readonly Dictionary<string, JsonNode?> Nothing = [];
    private readonly WorkFolder _work = new();

    private string Recipe => _work["recipe.json"];

    public static TheoryData<string> Shipped =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "recipes"), "*.json")
            .Select(f => Path.GetFileName(f)).Where(name => !name.StartsWith("coclr-", StringComparison.Ordinal))];

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Read_ShippedRecipe_IsValid(string name)
    {
        TrainOptions options = RecipeFile.Read(
            Path.Combine(AppContext.BaseDirectory, "recipes", name),
            new Dictionary<string, JsonNode?> { ["csv_file"] = "list.csv" });
        options.Validated().CsvFile.ShouldBe("list.csv");
    }

    [Fact]
    public void Read_Overrides_GoBeforeTheRecipeAndTheRecipeBeforeTheDefaults()
    {
        File.WriteAllText(Recipe, "// a run\n{ \"seq\": 8, \"concept\": 5, /* ours */ \"lr_decay\": [3,], }");
        TrainOptions options = RecipeFile.Read(Recipe, new Dictionary<string, JsonNode?> { ["seq"] = 4 });
        (options.Seq, options.Concept, options.ImgDim).ShouldBe((4, 5, new TrainOptions().ImgDim));
        options.LrDecay.ShouldBe([3]);
    }

    [Theory]
    [InlineData("{\"img_dmi\": 3}", ": unknown key \"img_dmi\"; did you mean \"img_dim\"?")]
    [InlineData("{\"train-batch\": 3}", ": unknown key \"train-batch\"; did you mean \"train_batch\"?")]
    [InlineData("{\n\"seq\": 3,\n\"rate\" 2}", ":3: not valid JSON")]
    [InlineData("{\"seq\": 3, \"seq\": 4}", ":1: not valid JSON")]
    [InlineData("", ":1: not valid JSON")]
    [InlineData("[1]", ": a recipe is a JSON object")]
    [InlineData("null", ": a recipe is a JSON object")]
    [InlineData("{\"epoch\": \"many\"}", ": \"epoch\" is \"many\"; give a whole number.")]
    [InlineData("{\"epoch\": 1.5}", ": \"epoch\" is 1.5; give a whole number.")]
    [InlineData("{\"epoch\": 99999999999}", ": \"epoch\" is 99999999999; give a whole number.")]
    [InlineData("{\"epoch\": null}", ": \"epoch\" is null; give a whole number.")]
    [InlineData("{\"net\": null}", ": \"net\" is null; give a text.")]
    [InlineData("{\"net\": 3}", ": \"net\" is 3; give a text.")]
    [InlineData("{\"rate\": \"fast\"}", ": \"rate\" is \"fast\"; give a number.")]
    [InlineData("{\"lr_decay\": 70}", ": \"lr_decay\" is 70; give a list of whole numbers.")]
    [InlineData("{\"lr_decay\": [70, \"x\"]}", ": \"lr_decay\" is [70,\"x\"]; give a list of whole numbers.")]
    [InlineData("{\"lr_decay\": null}", ": \"lr_decay\" is null; give a list of whole numbers.")]
    [InlineData("{\"reference_quirks\": 1}", ": \"reference_quirks\" is 1; give true or false.")]
    public void Read_WrongRecipe_NamesFileAndKey(string text, string expected)
    {
        File.WriteAllText(Recipe, text);
        string message = Should.Throw<BadInputException>(() => RecipeFile.Read(Recipe, Nothing)).Shown();
        message.ShouldStartWith(Recipe + expected);
        message.ShouldNotContain("\n");
    }

    [Fact]
    public void Read_NoFile_NamesIt()
    {
        Should.Throw<BadInputException>(() => RecipeFile.Read(Recipe, Nothing))
            .Shown().ShouldBe(Recipe + ": there is no such recipe; check the path.");
        Should.Throw<BadInputException>(() => RecipeFile.Read(_work.Path, Nothing))
            .Shown().ShouldContain("no such recipe");
    }

    [Theory]
    [InlineData("csv_file", " ", "--csv_file is missing")]
    [InlineData("out", "", "--out is empty")]
    [InlineData("root", "", "--root is empty")]
    [InlineData("thres", 1.5, "--thres 1.5: must be 0 to 1")]
    [InlineData("seq", 1, "--seq 1: must be at least 2.")]
    [InlineData("sample", 1, "--sample 1: must be at least 2.")]
    [InlineData("concept", 0, "--concept 0: must be at least 1.")]
    [InlineData("train_batch", 1, "--train_batch 1: must be at least 2.")]
    [InlineData("workers", -1, "--workers -1: must be at least 0.")]
    [InlineData("epoch", 0, "--epoch 0: must be at least 1.")]
    [InlineData("queue", 0, "--queue 0: must be at least 1.")]
    [InlineData("warmup", -1, "--warmup -1: must be at least 0.")]
    [InlineData("threads", -1, "--threads -1: must be at least 0.")]
    [InlineData("log_every", 0, "--log_every 0: must be at least 1.")]
    [InlineData("local_from", -1, "--local_from -1: must be at least 0.")]
    [InlineData("rate", 0.5, "--rate 0.5: must be at least 1.")]
    [InlineData("seq", 100_000_000, "--seq 100000000: must be at most 4096.")]
    [InlineData("sample", int.MaxValue, "--sample 2147483647: must be at most 1024.")]
    [InlineData("concept", 2_000_000_000, "--concept 2000000000: must be at most 10000.")]
    [InlineData("cluster", 2_000_000_000, "--cluster 2000000000: must be at most 100000.")]
    [InlineData("workers", int.MaxValue, "--workers 2147483647: must be at most 1024.")]
    [InlineData("threads", int.MaxValue, "--threads 2147483647: must be at most 512.")]
    [InlineData("queue", int.MaxValue, "--queue 2147483647: rows of 200 scores each; at most 2684354 fit.")]
    [InlineData("rate", 1e300, "--rate 1E+300: must be at most 4096.")]
    [InlineData("lr", 0, "--lr 0: must be above 0.")]
    [InlineData("lr", 1e300, "--lr 1E+300: must be at most 1E+30.")]
    [InlineData("weight_decay", 1e300, "--weight_decay 1E+300: must be at most 1E+30.")]
    [InlineData("weight_decay", -1, "--weight_decay -1: must not be negative.")]
    [InlineData("max_short", 1.5, "--max_short 1.5: must be a share from 0 to 1.")]
    [InlineData("net", "r2plus1", "--net r2plus1: no such net; did you mean r2plus1d?")]
    [InlineData("precision", "half", "--precision half: choose auto, full")]
    [InlineData("img_dim", 15, "--img_dim 15: r2plus1d takes 16 to 1024 pixels.")]
    [InlineData("img_dim", 1025, "--img_dim 1025: r2plus1d takes 16 to 1024 pixels.")]
    public void Validated_ValueOutOfRange_NamesOptionAndRange(string key, object value, string expected)
    {
        var overrides = new Dictionary<string, JsonNode?> { ["csv_file"] = "a.csv", [key] = JsonValue.Create(value) };
        if (key == "cluster") overrides["method"] = "multilevel";
        Should.Throw<BadInputException>(() => RecipeFile.Read(null, overrides).Validated())
            .Shown().ShouldStartWith(expected);
    }
}
