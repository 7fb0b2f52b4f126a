using System.Text.Json.Serialization;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

// What the API answers, as JSON with lower-case first letters. Times are seconds from a video's beginning.
#pragma warning disable CS1591 // names of the API's own documents

internal sealed record Refused(string Error);

internal sealed record TagAnswer(string Tag, int Marks, int Moments, int Videos, double Seconds);

internal sealed record LibraryAnswer(string Name, string Model, string Net, int Videos, int Moments, double Seconds,
    int Concepts, bool Motion, bool Strip, int StripFrames, bool ReadOnly, bool CanDescribe, bool CanList,
    string Version, int Failed,
    IReadOnlyList<string> Classes, IReadOnlyList<TagAnswer> Tags);

internal record MomentAnswer(long Id, long Video, string Path, double Start, double End, int Look, float LookStrength,
    int Motion, float MotionStrength, string? Class, IReadOnlyCollection<string> Tags);

internal sealed record HitAnswer([property: JsonIgnore] MomentAnswer Of, double HitStart, double HitEnd,
    double Similarity,
    double LookSimilarity, double? MotionSimilarity)
    : MomentAnswer(Of);

internal sealed record UnusualAnswer([property: JsonIgnore] MomentAnswer Of, double HitStart,
    double HitEnd, double Score, double Distance,
    string Group)
    : MomentAnswer(Of);

internal sealed record RankedAnswer([property: JsonIgnore] MomentAnswer Of, double Score)
    : MomentAnswer(Of);

internal sealed record MomentsAnswer(int Total, IReadOnlyList<MomentAnswer> Moments);

internal sealed record ClassShare(string Name, double Share, double Lift);

internal sealed record ConceptAnswer(int Index, string? Name, bool Hidden, int Moments, double Share, double Strength,
    IReadOnlyList<MomentAnswer> Strongest, IReadOnlyList<ClassShare> Classes);

internal sealed record CrossAnswer(int[][] Counts);

internal sealed record QualityAnswer(double Ami);

internal sealed record ConceptQualityAnswer(QualityAnswer Static, QualityAnswer Dynamic);

internal sealed record ConceptsAnswer(IReadOnlyList<ConceptAnswer> Static, IReadOnlyList<ConceptAnswer> Dynamic,
    CrossAnswer Table, ConceptQualityAnswer? Quality);

internal sealed record ConceptChange(string? Name, bool Hidden);

internal sealed record ChangeAnswer(long Change, int Added = 0, int Removed = 0);

internal sealed record MapProgress(string State, double Done);

internal sealed record SearchAnswer(int Compared, double Milliseconds, IReadOnlyList<HitAnswer> Hits);

internal sealed record SentAnswer(string Query, string Name, bool Strip);

internal sealed record ListedVideo(long Id, string Path, string? Class, double Seconds, int Moments, bool Missing,
    string? Error, long? First);

internal sealed record VideosAnswer(int Total, IReadOnlyList<ListedVideo> Videos);

internal sealed record MomentOfVideo(long Id, double Start, double End, int Look, float LookStrength, int Motion,
    float MotionStrength);

internal sealed record TagOfVideo(long Id, string Tag, double Start, double End);

internal sealed record VideoAnswer(long Id, string Path, string? Class, double Seconds, int Frames, bool Missing,
    string? Error, string Playable, IReadOnlyList<MomentOfVideo> Moments, IReadOnlyList<TagOfVideo> Tags);

internal sealed record UnusualsAnswer(IReadOnlyList<UnusualAnswer> Parts, long Judged, long NotJudged);

internal sealed record VideoCounts(long Id, string Path, IReadOnlyList<double[]> Counts);

internal sealed record CountsAnswer(double Bin, IReadOnlyList<VideoCounts> Videos, long Total, long Counted);

internal sealed record TagsAnswer(IReadOnlyList<TagAnswer> Tags);

internal sealed record TaggedPart(long Video, double Start, double End);

internal sealed record TagRequest(string? Tag, long[]? Moments, TaggedPart?[]? Parts, long[]? Marks);

internal sealed record RenameRequest(string? From, string? To);

internal sealed record RankRequest(string? Tag, string? Part, int? Top, long[]? Not);

internal sealed record RankAnswer(int Positives, HeldOutPrecision? HoldOut, IReadOnlyList<RankedAnswer> Moments);

internal sealed record IdsAnswer(IReadOnlyList<long> Ids);
