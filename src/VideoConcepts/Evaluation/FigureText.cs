using System.Globalization;

namespace VideoConcepts.Evaluation;

/// <summary>
/// Figures as people read them: in digits that do not depend on the place, and never as a negative zero.
/// </summary>
internal static class FigureText
{
    /// <summary>A number with so many digits after the point.</summary>
    public static string Number(double value, int digits)
    {
        string text = value.ToString($"F{digits}", CultureInfo.InvariantCulture);
        return text[0] == '-' && text.AsSpan().IndexOfAnyInRange('1', '9') < 0 && double.IsFinite(value) ? text[1..]
            : text;
    }

    /// <summary>A share in [0, 1] as percent, such as <c>12.5 %</c>.</summary>
    public static string Percent(double share) => Number(100 * share, 1) + " %";

    /// <summary>A number as JSON for people has it: rounded.</summary>
    public static double Rounded(double value, int digits) => Math.Round(value, digits) + 0.0; // -0 + 0 is 0
}
