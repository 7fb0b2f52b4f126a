using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>
/// Recipes: JSON files (comments allowed) whose keys are the names of the options. A value on the command line
/// overrides the recipe, the recipe overrides the default.
/// </summary>
public static class RecipeFile
{
    /// <summary>How recipes are read and written: keys in snake_case, comments and trailing commas allowed.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        IgnoreReadOnlyProperties = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>The options in the order of declaration: the name in snake_case and the property.</summary>
    public static IReadOnlyDictionary<string, PropertyInfo> Options { get; } =
        new OrderedDictionary<string, PropertyInfo>(typeof(TrainOptions).GetProperties()
            .Where(p => p.IsDefined(typeof(DescriptionAttribute)))
            .Select(p => KeyValuePair.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), p)));

    // Members of TrainOptions that only evaluation sets.
    private static readonly string[] Inner = ["classifier", "momentum", "backbone_rate"];

    /// <summary>What the value of an option is, for messages.</summary>
    public static string Kind(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(double) => "a number",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(string) => "a text",
        _ => "a list of whole numbers",
    };

    /// <summary>The nearest known name, for messages.</summary>
    public static string Nearest(string name, IEnumerable<string> known) => known.MinBy(k => Distance(name, k)) ?? "";

    /// <summary>Options from a recipe (or none) and overrides by option name.</summary>
    /// <param name="path">A recipe, or the run.json of a run, which holds all options whether they were given or
    /// not.</param>
    /// <param name="overrides">Values that the user gave.</param>
    /// <param name="chosen">The user chose the recipe, so that its keys count as given.</param>
    /// <exception cref="BadInputException">The file is missing or malformed, a key is unknown, a value has the wrong
    /// type, or an option was given that the method does not read.</exception>
    public static TrainOptions Read(string? path, IReadOnlyDictionary<string, JsonNode?> overrides, bool chosen = true)
    {
        (JsonObject merged, bool isRun) = path is null ? ([], false) : Parse(path);
        foreach ((string key, _) in merged)
            if (!Options.ContainsKey(key) && !Inner.Contains(key))
                throw new BadInputException(
                    $"{path}: unknown key \"{key}\"; did you mean \"{Nearest(key, Options.Keys)}\"?");
        merged = merged.DeepClone().AsObject();
        Dictionary<string, string> given = [];
        if (chosen && !isRun)
            foreach ((string key, JsonNode? value) in merged)
                if (value is not null) given[key] = $"{path}: \"{key}\" is";
        foreach ((string key, JsonNode? value) in overrides)
            if (value is not null) given[key] = $"‹{key}›";
        foreach ((string key, JsonNode? value) in overrides) merged[key] = value?.DeepClone();
        try
        {
            TrainOptions options = merged.Deserialize<TrainOptions>(Json)!;
            MethodOptions.Check(options, given);
            return options;
        }
        catch (JsonException e)
        {
            string key = (e.Path ?? "").TrimStart('$', '.').Split('[')[0];
            string where = overrides.ContainsKey(key) ? $"‹{key}›" : $"{path}: \"{key}\"";
            throw NotOfItsKind(where, merged[key], Options[key].PropertyType, e);
        }
    }

    /// <summary>What a recipe says, by key.</summary>
    /// <exception cref="BadInputException">As <see cref="Read"/>.</exception>
    internal static IReadOnlyDictionary<string, JsonNode?> Values(string path)
    {
        _ = Read(path, new Dictionary<string, JsonNode?>());
        return Parse(path).Options.ToDictionary(pair => pair.Key, pair => pair.Value?.DeepClone());
    }

    /// <summary>The error of a value that an option cannot have.</summary>
    internal static BadInputException NotOfItsKind(string where, JsonNode? value, Type type, Exception cause) =>
        new($"{where} is {value?.ToJsonString() ?? "null"}; give {Kind(type)}.", cause);

    /// <summary>The keys and values of a file, whatever they are for; of the run.json of a run its options.</summary>
    /// <exception cref="BadInputException">The file is missing or no JSON object.</exception>
    internal static (JsonObject Options, bool IsRun) Parse(string path)
    {
        if (!File.Exists(path)) throw new BadInputException($"{path}: there is no such recipe; check the path.");
        ReadableFile.Check(path);
        try
        {
            var options = new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                AllowDuplicateProperties = false,
            };
            var json = JsonNode.Parse(File.ReadAllText(path), null, options) as JsonObject;
            if (json?["options"] is JsonObject inside) return (inside, true); // the run.json of a run
            return (json ??
                throw new BadInputException($"{path}: a recipe is a JSON object of option names and values."), false);
        }
        catch (JsonException e)
        {
            throw new BadInputException($"{path}:{(e.LineNumber ?? 0) + 1}: not valid JSON ("
                + $"{e.Message.Split(" LineNumber")[0].TrimEnd('.')}).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path}: the recipe cannot be read ({e.Message}).", e);
        }
    }

    // Levenshtein distance.
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, replaced));
            }
        }
        return row[^1];
    }
}
