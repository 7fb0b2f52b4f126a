using System.Globalization;

namespace VideoConcepts.Search;

/// <summary>Times in a video, as people write them.</summary>
public static class TimeText
{
    /// <summary>Seconds as m:ss.s, or h:mm:ss.s from an hour on.</summary>
    public static string Of(double seconds)
    {
        double tenths = Math.Max(0, Math.Round(seconds * 10, MidpointRounding.AwayFromZero));
        long whole = (long)(tenths / 10);
        string rest = string.Create(CultureInfo.InvariantCulture, $"{whole % 60:00}.{(long)tenths % 10}");
        return whole < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{whole / 60}:{rest}")
            : string.Create(CultureInfo.InvariantCulture, $"{whole / 3600}:{whole / 60 % 60:00}:{rest}");
    }

    /// <summary>Reads seconds, m:ss or h:mm:ss, each with or without a fraction.</summary>
    public static bool TryParse(string text, out double seconds)
    {
        seconds = 0;
        string[] parts = text.Split(':');
        if (parts.Length > 3) return false;
        for (int i = 0; i < parts.Length; i++)
        {
            NumberStyles style = i == parts.Length - 1 ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
            if (!double.TryParse(parts[i], style, CultureInfo.InvariantCulture, out double part)
                || !double.IsFinite(part)) return false;
            if (i > 0 && part >= 60) return false;
            seconds = (seconds * 60) + part;
        }
        return true;
    }
}
