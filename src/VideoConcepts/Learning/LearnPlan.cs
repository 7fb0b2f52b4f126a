using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Files;
using VideoConcepts.Training;

namespace VideoConcepts.Learning;

/// <summary>
/// What was decided before training began, kept in learn.json: from then on nothing is measured again, and a run that
/// was stopped goes on as it would have.
/// </summary>
/// <param name="Minutes">The time there is.</param>
/// <param name="Tolerate">Share of damaged frames that is tolerated.</param>
/// <param name="Given">What was not to be chosen.</param>
/// <param name="Choices">What was chosen, and why.</param>
/// <param name="Training">The run; its list is named without a folder, and its folder left out.</param>
internal sealed record LearnPlan(double Minutes, double Tolerate, IReadOnlyDictionary<string, JsonNode?> Given,
    IReadOnlyList<LearnChoice> Choices, TrainOptions Training)
{
    public const string FileName = "learn.json";

    /// <summary>The plan in a folder, or null.</summary>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public static LearnPlan? Read(string folder)
    {
        string file = Path.Combine(folder, FileName);
        if (OutputSet.ReadJson(file) is not { } json || !json.ContainsKey("training")) return null;
        json.Remove(Origin.Key);
        json.Remove("left"); // earlier versions wrote it
        try
        {
            return json.Deserialize<LearnPlan>(RecipeFile.Json);
        }
        catch (JsonException e)
        {
            throw new BadInputException($"{file}: cannot be read ({e.Message.Split(" LineNumber")[0].TrimEnd('.')}); "
                + "name another ‹out›.", e);
        }
    }

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, RecipeFile.Json)!.AsObject();

    /// <summary>Whether a command that is given again asks for the same.</summary>
    /// <exception cref="BadInputException">It asks for something else.</exception>
    public void RequireSame(LearnOptions now)
    {
        string[] changed =
        [
            .. Minutes == now.Minutes ? (string[])[] : [$"‹minutes› {now.Minutes}, it has {Minutes}"],
            .. Tolerate == now.Tolerate ? (string[])[] : [$"‹tolerate› {now.Tolerate}, it has {Tolerate}"],
            .. Given.Keys.Union(now.Given.Keys).Where(key => Text(Given, key) != Text(now.Given, key))
                .Select(key => $"‹{key}› {Text(now.Given, key)}, it has {Text(Given, key)}"),
        ];
        if (changed.Length > 0)
            throw new BadInputException($"{now.Out}: was begun with other options: {string.Join("; ", changed)}. Go on "
                + "with those, or name another ‹out›.");
    }

    private static string Text(IReadOnlyDictionary<string, JsonNode?> given, string key) =>
        given.GetValueOrDefault(key)?.ToJsonString() ?? "not given";
}
