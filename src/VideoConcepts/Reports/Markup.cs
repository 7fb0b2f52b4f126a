using System.Globalization;
using System.Net;
using System.Text;

namespace VideoConcepts.Reports;

/// <summary>
/// Builds HTML that is well-formed XML too. An interpolated value is escaped unless it is <see cref="Markup"/>
/// itself, so a text cannot become a tag by being forgotten.
/// </summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();

    public Markup Add(FormattableString html)
    {
        object?[] arguments = html.GetArguments();
        object[] escaped = [.. arguments.Select(argument => argument switch
        {
            Markup markup => markup.ToString(),
            double number => (object)number, // keeps the format of {number:0.00}
            _ => Escape(argument),
        })];
        _text.AppendFormat(CultureInfo.InvariantCulture, html.Format, escaped).Append('\n');
        return this;
    }

    /// <summary>Text that is HTML already, such as a style sheet.</summary>
    public static Markup Verbatim(string html)
    {
        var markup = new Markup();
        markup._text.Append(html);
        return markup;
    }

    public Markup AddEach<T>(IEnumerable<T> items, Action<Markup, T> add)
    {
        foreach (T item in items) add(this, item);
        return this;
    }

    /// <summary>A share such as 0.423 as "42.3 %".</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e5 or < 1e-3 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };

    /// <summary>An inline picture at its own size, in a box that scrolls where the page is narrower.</summary>
    public static Markup Image(FilmStrip strip, string description) => new Markup().Add($"""
        <div class="strip"><img src="data:image/jpeg;base64,{Convert.ToBase64String(strip.Jpeg)}"
        width="{strip.Width}" height="{strip.Height}" alt="{description}"/></div>
        """);

    public override string ToString() => _text.ToString();

    private static string Escape(object? value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        var legal = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) // turns lone surrogates into U+FFFD
            legal.Append(Rune.IsControl(rune) && rune.Value is not ('\n' or '\t') || rune.Value is 0xFFFE or 0xFFFF
                ? "\uFFFD" : rune.ToString());
        return WebUtility.HtmlEncode(legal.ToString());
    }
}
