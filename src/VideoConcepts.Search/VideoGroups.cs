using System.Globalization;
using System.Text.RegularExpressions;

namespace VideoConcepts.Search;

/// <summary>Tells which videos belong together, such as those of one camera.</summary>
internal sealed class VideoGroups
{
    private readonly Func<LibraryVideo, string> _of;

    private VideoGroups(Func<LibraryVideo, string> of) => _of = of;

    /// <summary>The group's name; empty where there is none.</summary>
    public string Of(LibraryVideo video) => _of(video);

    /// <param name="rule">A number of folders that the path begins with, or a regular expression of the path: its first
    /// group is the name, or all of it; null: the tag.</param>
    /// <exception cref="BadInputException">It is no regular expression.</exception>
    public static VideoGroups By(string? rule)
    {
        if (rule is null) return new(video => video.Tag ?? "");
        if (int.TryParse(rule, NumberStyles.None, CultureInfo.InvariantCulture, out int depth))
            return new(video =>
            {
                string[] folders = video.Path.Split('/')[..^1];
                return string.Join('/', folders.Take(depth));
            });
        Regex pattern;
        try
        {
            pattern = new Regex(rule, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"‹group› {rule}: this is no regular expression ({e.Message.TrimEnd('.')}); "
                + "give one, or a number of folders.", e);
        }
        return new(video => pattern.Match(video.Path) is { Success: true } match
            ? match.Groups.Count > 1 ? match.Groups[1].Value : match.Value : "");
    }
}
