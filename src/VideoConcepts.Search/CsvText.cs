using System.Globalization;
using System.Text;

namespace VideoConcepts.Search;

/// <summary>Rows of a table of comma-separated values.</summary>
internal sealed class CsvText
{
    private readonly StringBuilder _text = new();

    public CsvText(params ReadOnlySpan<string> names) => Row([.. names]);

    /// <summary>Adds a row; numbers are written so that they are read back the same.</summary>
    public void Row(params object?[] cells) => _text.AppendJoin(',', cells.Select(Cell)).Append('\n');

    /// <summary>What was added, which is forgotten then.</summary>
    public string Take()
    {
        string text = _text.ToString();
        _text.Clear();
        return text;
    }

    private static string Cell(object? value)
    {
        string text = value is double number ? Math.Round(number, 6).ToString(CultureInfo.InvariantCulture)
            : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
    }
}

/// <summary>A sample as a table.</summary>
internal static class SampleTable
{
    public static string Of(SampleResult sample)
    {
        var table = new CsvText("video", "start", "end", "first_frame", "last_frame", "moment", "covers");
        foreach (SampledMoment moment in sample.Moments)
            table.Row(moment.Part.Video.Path, moment.Part.Start, moment.Part.End, moment.Part.Moment.FirstFrame,
                moment.Part.Moment.LastFrame, moment.Part.Moment.Id, moment.Covers);
        return table.Take();
    }
}

/// <summary>Counts as a table.</summary>
internal static class CountTable
{
    public static string Of(CountResult counted)
    {
        var table = new CsvText("video", "start", "end", "moments", "count", "share");
        foreach (CountBin bin in counted.Bins)
            table.Row(bin.Video.Path, bin.Start, bin.End, bin.Moments, bin.Count, bin.Share);
        return table.Take();
    }
}
