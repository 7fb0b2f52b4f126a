using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Files;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>How parts of videos are shown on the screen.</summary>
internal static class MomentTables
{
    /// <summary>The video's path, and whether its file is missing.</summary>
    public static string Video(MomentPart part) => part.Video.Path + (part.IsMissing ? " (missing)" : "");

    /// <summary>From when to when.</summary>
    public static string Time(MomentPart part) => $"{TimeText.Of(part.Start)} – {TimeText.Of(part.End)}";

    /// <summary>The number of the moment that stands for it.</summary>
    public static string Moment(MomentPart part) => part.Moment.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number with some decimals.</summary>
    public static string Number(double value, int decimals = 2) =>
        value.ToString($"F{decimals}", CultureInfo.InvariantCulture);

    /// <summary>Figures as JSON, without the record of origin that a file of them has.</summary>
    public static void Print(JsonObject json)
    {
        json.Remove(Origin.Key);
        Screen.PrintLines(json.ToJsonString(OutputSet.Indented));
    }
}
