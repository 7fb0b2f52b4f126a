using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>The library as a whole, its concepts and moments.</summary>
internal static class ConceptApi
{
    public static void Map(RouteGroupBuilder api, ExplorerLibrary library)
    {
        api.MapGet("/library", async (CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            return About(request);
        });
        api.MapGet("/concepts", async (CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            return Concepts(request);
        });
        api.MapPut("/concepts/{kind}/{index:int}", async (string kind, int index, ConceptChange change,
            CancellationToken stop) =>
        {
            using (Request request = await Request.BeginAsync(library, stop)) request.Concept(kind, index);
            string? name = TagApi.Name(change.Name, 60, required: false);
            return new ChangeAnswer(await library.ChangeAsync(_ => new Dictionary<string, byte[]?>(
                [LibraryNotes.Of(kind, index, new ConceptNote(name, change.Hidden))]), stop));
        });
        api.MapGet("/concepts/{kind}/{index:int}/moments", async (string kind, int index, CancellationToken stop,
            int skip = 0, int take = 60) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            (bool isDynamic, _) = request.Concept(kind, index);
            return request.Some((isDynamic ? request.View.Motions : request.View.Looks)[index], skip, take);
        });
        api.MapGet("/cells/{look:int}/{motion:int}", async (int look, int motion, CancellationToken stop, int skip = 0,
            int take = 60) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            request.Concept("static", look);
            request.Concept("dynamic", motion);
            LibraryView view = request.View;
            return request.Some([.. view.Looks[look].Where(i => view.Readings!.Motions[i] == motion)], skip, take);
        });
        api.MapGet("/moments/{id:long}", async (long id, CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            return request.Moment(request.Place(id));
        });
        api.MapGet("/moments/{id:long}/map/{kind}", async (long id, string kind, CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            int place = request.Place(id);
            ConceptReadings? read = request.View.Readings;
            (bool isDynamic, int concept) = request.Concept(kind,
                (kind == "static" ? read?.Looks[place] : read?.Motions[place]) ?? -1);
            LibraryVideo video = request.View.Videos[request.View.VideoOf[place]];
            if (video.Kind != VideoKind.File || !request.Lease.Library.IsThere(video) || !library.CanDescribe)
                throw new RefusedException(404, "This needs the video's file and the library's model.");
            return Results.Bytes(await library.DescribeAsync(network => network.Where(video,
                request.View.Moments[place], isDynamic, concept, stop), stop), "image/png");
        });
        api.MapGet("/moments", async (string ids, CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            int[] places = [.. ids.Split(',').Take(200).Select(id => long.TryParse(id, out long number)
                ? request.View.PlaceOf(number) : -1).Where(place => place >= 0)];
            return request.Some(places, 0, places.Length);
        });
        api.MapGet("/strips/{id:long}", async (long id, HttpContext context, CancellationToken stop) =>
        {
            using ExplorerLibrary.Lease lease = await library.RentAsync(stop);
            if (lease.Library.Strip(id) is not { } jpeg)
                throw new RefusedException(404, $"There is no picture of moment {id}.");
            context.Response.Headers.CacheControl = "private, max-age=86400, immutable";
            return Results.Bytes(jpeg, "image/jpeg");
        });
    }

    private static LibraryAnswer About(Request request)
    {
        (LibraryView view, LibraryHeader header) = (request.View, request.View.Header);
        bool strip = header.StripHeight > 0;
        return new(request.Library.Name, header.Model, header.Net, view.Videos.Count(v => v.Moments > 0),
            view.Moments.Length, view.Videos.Where(v => v.Moments > 0).Sum(v => v.Duration), header.Concepts,
            header.MotionSize > 0, strip,
            Math.Min(MomentStrip.Frames, header.Frames), request.Library.IsReadOnly, request.Library.CanDescribe,
            TagExport.CanList(view), $"{request.Library.Identity}-{view.Version}",
            view.Videos.Count(v => v.Moments == 0),
            view.Classes, TagApi.Tags(request));
    }

    // What the library's version says is computed once; names and tags are those of now.
    private static ConceptsAnswer Concepts(Request request)
    {
        LibraryView view = request.View;
        if (view.Concepts is not { } all) return new([], [], new([]), null);
        var notes = request.Library.Concepts(request.Lease);
        return new(Of("static", all.Looks), Of("dynamic", all.Motions), new(all.Table), all.Quality);

        ConceptAnswer[] Of(string kind, ConceptOverview.Concept[] concepts) => [.. concepts.Select((concept, c) =>
        {
            ConceptNote? note = notes.GetValueOrDefault((kind, c));
            return new ConceptAnswer(c, note?.Name, note?.Hidden ?? false, concept.Moments, concept.Share,
                concept.Strength, [.. concept.Strongest.Select(request.Moment)], concept.Classes);
        })];
    }
}
