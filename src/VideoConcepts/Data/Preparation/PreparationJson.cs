using System.Text.Encodings.Web;
using System.Text.Json;

namespace VideoConcepts.Data.Preparation;

/// <summary>How preparation writes JSON: indented, and names in any script as they are.</summary>
internal static class PreparationJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };
}
