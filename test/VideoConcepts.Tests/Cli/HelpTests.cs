using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Cli;

[Collection(nameof(SerialTests))]
public sealed partial class HelpTests
{
    [Fact]
    public void Program_WithoutWords_ShowsItsHelpOnStandardError()
    {
        CommandRun bare = CommandRun.Of();
        (bare.Status, bare.Output).ShouldBe((2, ""));
        bare.Error.ShouldBe(CommandRun.Of("--help").ShouldBeDone().Output);
        foreach (string command in (string[])["demo", "prepare", "train", "evaluate", "env"])
            bare.Error.ShouldContain($"  {command} ");
    }

    [Theory]
    [InlineData("prepare", "folder")]
    [InlineData("evaluate", "retrieval")]
    public void Group_WithoutACommand_ShowsItsHelpOnStandardError(string group, string command)
    {
        CommandRun bare = CommandRun.Of(group);
        (bare.Status, bare.Output).ShouldBe((2, ""));
        bare.Error.ShouldContain($"  {command} ");
        bare.Error.ShouldContain($"videoconcepts {group}");
    }

    [Fact]
    public void Version_Option_ShowsNameAndNumber()
    {
        CommandRun run = CommandRun.Of("--version").ShouldBeDone();
        run.Output.ShouldMatch(@"^videoconcepts \d+\.\d+\.\d+\n$");
        run.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("demo")]
    [InlineData("prepare")]
    [InlineData("prepare folder")]
    [InlineData("prepare kinetics400")]
    [InlineData("prepare ucf101")]
    [InlineData("prepare hmdb51")]
    [InlineData("prepare diving48")]
    [InlineData("validate")]
    [InlineData("checkpoint")]
    [InlineData("checkpoint show")]
    [InlineData("checkpoint export")]
    [InlineData("train")]
    [InlineData("evaluate")]
    [InlineData("evaluate retrieval")]
    [InlineData("env")]
    public void Help_OfACommand_DescribesItAndEveryOption(string command)
    {
        CommandRun run = CommandRun.Of([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])
            .ShouldBeDone();
        run.Error.ShouldBeEmpty();
        run.Output.ShouldContain(command.Length > 0 ? $"videoconcepts {command}" : "videoconcepts");
        run.Output.ShouldNotContain("VideoConcepts.Cli");
        string[] options = [.. run.Output.Split('\n').Where(line => line.TrimStart().StartsWith('-'))];
        options.ShouldContain(line => line.Contains("--verbose"));
        options.ShouldAllBe(line => Described().IsMatch(line));
    }

    [Theory]
    [InlineData("train", null)]
    [InlineData("demo", "recipes/demo.json")]
    public void Help_OfTrainAndDemo_ShowsEverySpellingDescriptionAndDefault(string command, string? recipe)
    {
        string[] elsewhere = command == "demo"
            ? ["csv_file", "root", "out", "seed", "distributed", "sync_bn", "device", "tf32"] : [];
        TrainOptions defaults = RecipeFile.Read(
            recipe is null ? null : Path.Combine(AppContext.BaseDirectory, recipe),
            new Dictionary<string, JsonNode?>());
        string[] lines = CommandRun.Of(command, "--help").ShouldBeDone().Output.Split('\n');
        foreach ((string key, PropertyInfo property) in RecipeFile.Options.Where(o => !elsewhere.Contains(o.Key)))
        {
            string line = lines.Single(l => Regex.IsMatch(l, $"--{key}(,| )"));
            line.ShouldContain("--" + key.Replace('_', '-'));
            line.ShouldContain(property.GetCustomAttribute<DescriptionAttribute>()!.Description);
            object? value = property.GetValue(defaults);
            if (value is null or "") continue;
            string shown = value is IReadOnlyList<int> list
                ? string.Join(",", list)
                : Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("False", "false");
            line.ShouldContain($"[{shown}]");
        }
    }

    [Theory]
    [InlineData("demo", "--out", "--seed", "--train_videos", "--train-videos", "--test_videos", "--contrast",
        "--recipe")]
    [InlineData("prepare folder", "--videos", "--out", "--short_side", "--short-side", "--jpeg_quality", "--jobs",
        "--class_list", "--fps", "--dry_run", "--no-disk-check", "--ffmpeg")]
    [InlineData("evaluate retrieval", "--checkpoint", "--train_csv", "--train-csv", "--test_csv", "--out",
        "--allow-overlap", "--no-random", "--train_features", "--preset", "--windows")]
    [InlineData("evaluate probe", "--end-to-end", "--train_csv", "--held_out", "--labels", "--epoch", "--lr")]
    [InlineData("evaluate finetune", "--scratch", "--dropout", "--backbone_rate", "--momentum", "--weight_decay",
        "--train_batch")]
    [InlineData("evaluate test", "--test_csv", "--views", "--out")]
    [InlineData("evaluate concepts", "--train_csv", "--test_csv", "--other_runs", "--out")]
    [InlineData("evaluate interventions", "--test_csv", "--other_motion", "--other_appearance", "--out")]
    [InlineData("evaluate merge", "--results", "--out")]
    [InlineData("extract", "--csv_file", "--out", "--checkpoint", "--net")]
    public void Help_OfOtherCommands_ShowsTheirOptions(string command, params string[] options)
    {
        string help = CommandRun.Of([.. command.Split(' '), "--help"]).ShouldBeDone().Output;
        foreach (string option in options) help.ShouldContain(option);
    }

    [Fact]
    public void Env_Command_TellsTheMachine()
    {
        string output = CommandRun.Of("env").ShouldBeDone().Output;
        foreach (string name in (string[])["videoconcepts", ".NET", "libtorch", "processor", "memory", "JPEG reader"])
            output.ShouldMatch($@"(^|\n){Regex.Escape(name)} +\S");
    }

    [GeneratedRegex(@"^  -.*?\S  +\S")]
    private static partial Regex Described();
}
