using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Tags, and what is like the tagged moments.</summary>
internal static class TagApi
{
    private const int MostMoments = 200_000;

    public static void Map(RouteGroupBuilder api, ExplorerLibrary library)
    {
        api.MapGet("/tags", async (CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            return new TagsAnswer(Tags(request));
        });
        api.MapGet("/tags/moments", async (string tag, CancellationToken stop, int? skip = null, int take = 60) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            int[] places = [.. request.Tags.MomentsOf(tag)];
            return skip is { } from ? Results.Json(request.Some(places, from, take), ExplorerServer.Json)
                : Results.Json(new IdsAnswer([.. places.Select(place => request.View.Moments[place].Id)]),
                    ExplorerServer.Json);
        });
        api.MapPost("/tags", async (TagRequest asked, CancellationToken stop) =>
        {
            string tag = Name(asked.Tag, 100, required: true)!;
            using Request request = await Request.BeginAsync(library, stop);
            TagMark[] parts = [.. Parts(request, asked, tag)];
            if (parts.Length == 0) throw new RefusedException(400, "Nothing is selected.");
            int added = 0;
            long change = await library.ChangeAsync(lease =>
            {
                var notes = new TagChanges(new LibraryNotes(lease.Library.Store).Marks());
                added = notes.Add(parts);
                return notes.Changed;
            }, stop);
            return new ChangeAnswer(change, Added: asked.Moments?.Distinct().Count() ?? added);
        });
        api.MapDelete("/tags", async ([FromBody] TagRequest asked, CancellationToken stop) =>
        {
            string tag = Name(asked.Tag, 100, required: true)!;
            using Request request = await Request.BeginAsync(library, stop);
            int removed = 0;
            long change = await library.ChangeAsync(lease =>
            {
                var notes = new TagChanges(new LibraryNotes(lease.Library.Store).Marks());
                removed = asked.Moments is null ? notes.Remove(tag, asked.Marks)
                    : asked.Moments.Select(request.Place).GroupBy(place => request.View.VideoOf[place])
                        .Sum(of => notes.Remove(tag, request.View.Videos[of.Key].Path,
                            of.Select(place => request.View.Moments[place])));
                return notes.Changed;
            }, stop);
            return new ChangeAnswer(change, Removed: removed);
        });
        api.MapPost("/tags/rename", async (RenameRequest asked, CancellationToken stop) =>
        {
            string from = Name(asked.From, 100, required: true)!, to = Name(asked.To, 100, required: true)!;
            int renamed = 0;
            long change = await library.ChangeAsync(lease =>
            {
                var notes = new TagChanges(new LibraryNotes(lease.Library.Store).Marks());
                renamed = notes.Rename(from, to);
                if (renamed == 0) throw new RefusedException(404, $"No moment has the tag {from}.");
                return notes.Changed;
            }, stop);
            return new ChangeAnswer(change, Added: renamed);
        });
        api.MapPost("/changes/{id:long}/undo", async (long id, CancellationToken stop) =>
        {
            await library.UndoAsync(id, stop);
            return Results.NoContent();
        });
        var one = new SemaphoreSlim(1); // a probe holds all vectors several times
        api.MapPost("/tags/rank", async (RankRequest asked, CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            await one.WaitAsync(stop);
            try
            {
                return await Task.Run(() => TagRanking.Of(request, asked, stop), stop);
            }
            finally
            {
                one.Release();
            }
        });
        api.MapGet("/export/tags.csv", async (CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            return Results.File(Encoding.UTF8.GetBytes(TagExport.Csv(request.Tags)), "text/csv", "tags.csv");
        });
        api.MapGet("/export/labelled.zip", async (CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            return Results.File(TagExport.Lists(request), "application/zip", "labelled.zip");
        });
    }

    /// <summary>All tags with how much has them.</summary>
    public static IReadOnlyList<TagAnswer> Tags(Request request)
    {
        ILookup<string, TagMark> marks = request.Tags.Marks.Values.ToLookup(mark => mark.Tag, StringComparer.Ordinal);
        return [.. request.Tags.Tags.Select(tag => new TagAnswer(tag, marks[tag].Count(),
            request.Tags.MomentsOf(tag).Count, marks[tag].Select(mark => mark.Video).Distinct().Count(),
            marks[tag].Sum(mark => mark.End - mark.Start)))];
    }

    /// <summary>A name that people gave, without what cannot be seen.</summary>
    /// <exception cref="RefusedException">It is too long, or there is none where one is needed.</exception>
    public static string? Name(string? name, int most, bool required)
    {
        string? kept = name is null ? null : new string([.. name.Where(c => !char.IsControl(c))]).Trim();
        if (string.IsNullOrEmpty(kept)) return required ? throw new RefusedException(400, "Give a name.") : null;
        return kept.Length <= most ? kept
            : throw new RefusedException(400, $"A name has at most {most} characters.");
    }

    private static IEnumerable<TagMark> Parts(Request request, TagRequest asked, string tag)
    {
        if ((asked.Moments?.Length ?? 0) + (asked.Parts?.Length ?? 0) > MostMoments)
            throw new RefusedException(400, $"At most {MostMoments} moments are tagged at once.");
        foreach (long id in asked.Moments ?? [])
        {
            MomentAnswer moment = request.Moment(request.Place(id));
            yield return new(tag, moment.Path, moment.Start, moment.End);
        }
        foreach (TaggedPart? part in asked.Parts ?? [])
        {
            if (part is null) throw new RefusedException(400, "A part names a video, a start and an end.");
            LibraryVideo video = request.View.Videos[request.PlaceOfVideo(part.Video)];
            if (!(part.Start >= 0 && part.End > part.Start && part.End <= video.Duration + 1))
                throw new RefusedException(400,
                    "A part begins at 0 seconds or later, and ends behind its beginning and within the video.");
            yield return new(tag, video.Path, part.Start, part.End);
        }
    }
}
