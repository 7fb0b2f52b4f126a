using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace VideoConcepts.Files;

/// <summary>Something that results are made from, and how it is known again.</summary>
/// <param name="Role">What it is to the command, such as <c>train_csv</c>.</param>
/// <param name="Identity">What stays when it is moved: a hash of a list, the identity of a run.</param>
/// <param name="Path">
/// Where it lies, without links: what lies in the same place is the same source, though its content was mended. Null
/// where the place says nothing, as that of a run.
/// </param>
internal sealed record Source(string Role, string Identity, string? Path = null)
{
    /// <summary>A file that a user writes and mends, such as a list of videos.</summary>
    /// <exception cref="BadInputException">There is no such file.</exception>
    public static Source File(string role, string file) =>
        System.IO.File.Exists(file) ? new(role, FileHash.Of(file), RealPath.Of(file))
            : throw new BadInputException($"{file}: there is no such file; check the path.");

    /// <summary>A folder that is what it is by its place.</summary>
    public static Source Folder(string role, string folder) => new(role, RealPath.Of(folder));

    /// <summary>Whether both are one source: by identity, or by the place.</summary>
    public bool IsSame(Source other) =>
        Role == other.Role && (Identity == other.Identity || (Path is not null && Path == other.Path));
}

/// <summary>The record of origin that results carry: which command made them, and from what.</summary>
/// <param name="Command">Such as <c>evaluate probe</c>.</param>
/// <param name="Sources">In the order of the command's options.</param>
/// <param name="Files">Names of the files that belong to the record, each with the SHA-256 of what was written.</param>
/// <param name="Replaced"> Likewise what had these names before, where it was something else: a command that is killed
/// between two files leaves some of it. </param>
internal sealed record Origin(
    string Command,
    IReadOnlyList<Source> Sources,
    IReadOnlyDictionary<string, string>? Files = null,
    IReadOnlyDictionary<string, string>? Replaced = null)
{
    /// <summary>The member of a JSON file, or the entry of a safetensors file, that holds the record.</summary>
    public const string Key = "origin";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The first source that is not the same in both, or null.</summary>
    public Source? FirstOther(Origin recorded)
    {
        IReadOnlyList<Source> now = Sources, then = recorded.Sources;
        if (now.Count == then.Count)
            return now.Zip(then).Where(pair => !pair.First.IsSame(pair.Second)).Select(pair => pair.Second)
                .FirstOrDefault();
        return now.FirstOrDefault(s => !then.Any(s.IsSame)) ?? then.FirstOrDefault(s => !now.Any(s.IsSame))
            ?? (now.Count > then.Count ? now[then.Count] : then[now.Count]); // the same ones, some of them twice
    }

    /// <summary>Whether a file of this name belongs to the record.</summary>
    public bool Knows(string name) => Files?.ContainsKey(name) == true || Replaced?.ContainsKey(name) == true;

    /// <summary>Whether it is as it was written.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="hash">Its SHA-256 now.</param>
    public bool Wrote(string name, string hash) => Files?.GetValueOrDefault(name) == hash
        || Replaced?.GetValueOrDefault(name) == hash;

    /// <summary>As JSON.</summary>
    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, s_json)!;

    /// <summary>From a text; null if it is no record.</summary>
    public static Origin? Parse(string? text)
    {
        try
        {
            return text is null ? null : FromJson(JsonNode.Parse(text, documentOptions: OutputSet.NamesOnce));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>From JSON; null if it is no record.</summary>
    public static Origin? FromJson(JsonNode? json)
    {
        try
        {
            return json.Deserialize<Origin>(s_json) is { Command: not null, Sources: not null } origin
                && origin.Sources.All(source => source is { Role: not null, Identity: not null }) ? origin : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
