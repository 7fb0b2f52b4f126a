using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Unusual moments, and counts over time.</summary>
internal static class AnalysisApi
{
    private const int MostKept = 8; // answers of what is unusual
    private const int MostBins = 100_000; // of a video

    public static void Map(RouteGroupBuilder api, ExplorerLibrary library)
    {
        var recent = new RecentAnswers<(long Version, UnusualOptions Options), UnusualResult>(MostKept);
        api.MapGet("/unusual", async (CancellationToken stop, double? motion = null, int top = 60, bool all = false) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            var options = new UnusualOptions
            {
                Motion = request.Motion(motion, UnusualOptions.DefaultMotion),
                Top = top,
                InLibrary = all,
            };
            // all moments are compared with all
            UnusualResult found = await recent.OfAsync((request.View.Version, options),
                () => UnusualMoments.Find(request.Lease.Library, options, stop), stop);
            return new UnusualsAnswer([.. found.Parts.Where(part => request.View.PlaceOf(part.Part.Moment.Id) >= 0)
                .Select(part => new UnusualAnswer(request.Moment(request.View.PlaceOf(part.Part.Moment.Id)),
                    part.Part.Start, part.Part.End, part.Score, part.Distance, part.Group))], found.Compared,
                found.Alone);
        });
        api.MapGet("/counts", async (CancellationToken stop, string? concept = null, string? tag = null,
            string? @class = null, double? bin = null, long? video = null) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            if (new[] { concept, tag, @class }.Count(part => part is not null) != 1)
                throw new RefusedException(400, "Count one of a concept, a tag or a class.");
            if (bin is not null and not (>= 0.1 and <= 1e7))
                throw new RefusedException(400, "A bin is 0.1 seconds or longer.");
            return Counts(request, Counted(request, concept, tag, @class), bin, video);
        });
    }

    private static Func<int, bool> Counted(Request request, string? concept, string? tag, string? name)
    {
        LibraryView view = request.View;
        if (concept is not null)
        {
            (bool isDynamic, int index) = request.Concept(concept);
            ushort[] of = isDynamic ? view.Readings!.Motions : view.Readings!.Looks;
            return i => of[i] == index;
        }
        if (tag is not null) return new HashSet<int>(request.Tags.MomentsOf(tag)).Contains;
        int number = Array.IndexOf(view.Classes, name);
        return i => number >= 0 && view.ClassOf[view.VideoOf[i]] == number;
    }

    private static CountsAnswer Counts(Request request, Func<int, bool> counted, double? bin, long? video)
    {
        LibraryView view = request.View;
        int[] videos = [.. Enumerable.Range(0, view.Videos.Length)
            .Where(v => view.FirstOf[v] >= 0 && (video is null || view.Videos[v].Id == video))];
        double length = bin ?? ConceptCounts.Length(videos.Select(v => view.Videos[v]));
        if (videos.Any(v => view.Videos[v].Duration / length > MostBins))
            throw new RefusedException(400, "These are too many bins; give longer ones.");
        VideoCounts[] rows = [.. videos.Select(v =>
        {
            (int first, int end) = view.Span(v);
            return new VideoCounts(view.Videos[v].Id, view.Videos[v].Path, [.. ConceptCounts.Bins(view.Videos[v],
                view.Moments[first..end], length, moment => counted(view.PlaceOf(moment.Id)))
                .Select(bin => (double[])[bin.Start, bin.End, bin.Moments, bin.Count])]);
        })];
        return new(length, rows, rows.Sum(row => row.Counts.Sum(c => (long)c[2])),
            rows.Sum(row => row.Counts.Sum(c => (long)c[3])));
    }
}
