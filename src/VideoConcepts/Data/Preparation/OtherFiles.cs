using System.Globalization;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>Files that are no videos and were passed over, counted by their endings.</summary>
internal sealed class OtherFiles
{
    private const int KindsShown = 8;
    private const int LongestEnding = 12;
    private const string NoEnding = "no ending";

    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Total => _kinds.Values.Sum();

    /// <summary>Endings in small letters with their dot, and how many files have each; most frequent first.</summary>
    public IReadOnlyList<OtherKind> Kinds => [.. _kinds.Select(kind => new OtherKind(kind.Key, kind.Value))
        .OrderByDescending(kind => kind.Files).ThenBy(kind => kind.Ending, StringComparer.Ordinal)];

    /// <summary>Counts a file.</summary>
    public void Add(string name)
    {
        string ending = Path.GetExtension(RawName.Show(name)).ToLowerInvariant();
        // The end of a sentence with a full stop in it is no ending.
        if (ending.Length is < 2 or > LongestEnding || ending.Any(char.IsWhiteSpace)) ending = NoEnding;
        _kinds[ending] = _kinds.GetValueOrDefault(ending) + 1;
    }

    /// <summary>`3 files are no videos: .txt 2, .jpg 1`.</summary>
    public override string ToString()
    {
        string kinds = string.Join(", ", Kinds.Take(KindsShown)
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Ending} {kind.Files}")));
        string more = _kinds.Count > KindsShown ? ", …" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{Total} {(Total == 1 ? "file is no video" : "files are no videos")}: {kinds}{more}");
    }
}

/// <summary>An ending, and how many files have it.</summary>
internal readonly record struct OtherKind(string Ending, int Files);

/// <summary>What a folder holds.</summary>
/// <param name="Videos">In ordinal order of their names.</param>
/// <param name="LeftOut">What has the name of a video, or looks like one, and was left out.</param>
/// <param name="Others">What is no video.</param>
internal sealed record FoundVideos(
    IReadOnlyList<SourceVideo> Videos, IReadOnlyList<LeftOut> LeftOut, OtherFiles Others);
