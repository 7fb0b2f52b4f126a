using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>What a preparation is made from, and how folders of earlier versions are known again.</summary>
internal static class PreparationOrigin
{
    /// <summary>
    /// The videos by their folder, or, should it have been moved, by names and lengths; likewise the official lists by
    /// their folder or by what they say.
    /// </summary>
    public static Origin Of(DatasetPlan plan, PreparationOptions options)
    {
        var videos = new StringBuilder();
        foreach (SourceVideo video in plan.Videos)
            videos.Append(CultureInfo.InvariantCulture, $"{video.Name}\0{FileStatus.Of(video.Path)?.Length}\n");
        List<Source> sources = [new("videos", FileHash.OfText(videos.ToString()), RealPath.Of(options.Videos))];
        if (options.Lists is { } lists) sources.Add(new("lists", FileHash.OfText(Content(plan)), RealPath.Of(lists)));
        return new Origin($"prepare {options.Dataset.ToString().ToLowerInvariant()}", sources);
    }

    /// <summary>Whether a report is of a version that kept no origin.</summary>
    public static bool IsEarlier(JsonObject report) => !report.ContainsKey(Origin.Key) && report["counts"] is JsonObject
        && report["ffmpeg"] is JsonValue;

    /// <summary>Whether all videos that such a report names are among those of the plan.</summary>
    public static bool IsOfSameVideos(JsonObject report, DatasetPlan plan)
    {
        var planned = plan.Videos.Select(video => video.Name).ToHashSet(StringComparer.Ordinal);
        return ((string[])["done", "skipped", "failed"]).SelectMany(status => report[status] as JsonArray ?? [])
            .All(video => (video as JsonObject)?["video"]?.ToString() is not { } name || planned.Contains(name));
    }

    private static string Content(DatasetPlan plan)
    {
        var content = new StringBuilder().AppendJoin('\n', plan.Classes);
        foreach (PlannedList list in plan.Lists)
        {
            content.Append('\0').Append(list.File);
            foreach (ListedVideo row in list.Rows)
                content.Append(CultureInfo.InvariantCulture, $"\n{row.Video.Name}\0{row.Label}");
        }
        return content.ToString();
    }
}
