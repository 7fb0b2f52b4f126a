using System.Text.Json;

using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// Diving-48: Diving48_V2_train.json and _test.json, lists of { vid_name, label (from 0), start_frame, end_frame };
/// Diving48_vocab.json, if it is there, names the classes. The videos are cut to the dive already.
/// </summary>
internal static class Diving48Dataset
{
    public static DatasetPlan Plan(PreparationOptions options)
    {
        IReadOnlyList<string> files = OfficialList.Find(options.Lists!, name =>
            name.StartsWith("Diving48", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal));
        var videos = new ListedVideos(options);
        List<PlannedList> lists = [];
        int classes = 0;
        foreach (string split in (string[])["train", "test"])
        {
            if (OfficialList.Only(files, $"_{split}.json") is not { } file) continue;
            List<ListedVideo> rows = [];
            foreach ((string name, int label) in Read(file))
            {
                classes = Math.Max(classes, label + 1);
                if (videos.Find(name, split, name + ".mp4") is { } video) rows.Add(new ListedVideo(video, label));
            }
            lists.AddRange(OfficialList.Split(split, rows));
        }
        if (lists.Count == 0 && classes == 0)
            throw new BadInputException(
                $"{options.Lists}: there is no Diving48_V2_train.json or Diving48_V2_test.json; "
                + "give the folder that holds them with ‹lists›.");
        string? vocabulary = OfficialList.Only(files, "_vocab.json");
        return videos.Plan(vocabulary is null ? [] : Names(vocabulary, classes), lists);
    }

    private static IEnumerable<(string Name, int Label)> Read(string file)
    {
        using JsonDocument json = Parse(file);
        int number = 0;
        foreach (JsonElement entry in Elements(json, file))
        {
            number++;
            if (entry.ValueKind != JsonValueKind.Object
                || !entry.TryGetProperty("vid_name", out JsonElement name) || name.ValueKind != JsonValueKind.String
                || !entry.TryGetProperty("label", out JsonElement label) || label.ValueKind != JsonValueKind.Number
                || !label.TryGetInt32(out int index) || index < 0)
                throw new BadInputException($"{file}: entry {number} has no vid_name and label from 0.");
            yield return (name.GetString()!, index);
        }
    }

    /// <summary>Entries are texts, or lists of texts: take-off, somersaults, twists, position.</summary>
    private static string[] Names(string file, int classes)
    {
        using JsonDocument json = Parse(file);
        string[] names = [.. Elements(json, file).Select(entry => entry.ValueKind == JsonValueKind.Array
            ? string.Join(' ', entry.EnumerateArray().Select(part => part.ToString()).Where(part => part.Length > 0))
            : entry.ToString())];
        var shown = RawName.Visible(names);
        return names.Length >= classes ? [.. names.Select(name => shown[name])] :
            throw new BadInputException($"{file} names {names.Length} classes and the labels go up to {classes - 1}.");
    }

    private static JsonElement[] Elements(JsonDocument json, string file) =>
        json.RootElement.ValueKind == JsonValueKind.Array ? [.. json.RootElement.EnumerateArray()]
            : throw new BadInputException($"{file} is not a JSON list; take the file as it was published.");

    private static JsonDocument Parse(string file)
    {
        try
        {
            ReadableFile.Check(file);
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException e)
        {
            throw new BadInputException(
                $"{file}:{(e.LineNumber ?? 0) + 1}: not valid JSON; take the file as it was published.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{file} cannot be read: {e.Message}", e);
        }
    }
}
