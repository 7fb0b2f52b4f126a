using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VideoConcepts.Files;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Videos, their files and their timelines.</summary>
internal static class VideoApi
{
    private static readonly Dictionary<string, string> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mp4"] = "video/mp4",
        [".m4v"] = "video/mp4",
        [".mov"] = "video/mp4",
        [".webm"] = "video/webm",
        [".ogv"] = "video/ogg",
    };

    public static void Map(RouteGroupBuilder api, ExplorerLibrary library, string? ffmpeg)
    {
        var preview = new VideoPreview(ffmpeg);
        api.MapGet("/videos", async (CancellationToken stop, int skip = 0, int take = 60, string text = "") =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            LibraryView view = request.View;
            int[] found = [.. Enumerable.Range(0, view.Videos.Length)
                .Where(i => view.Videos[i].Path.Contains(text, StringComparison.OrdinalIgnoreCase))
                .OrderBy(i => view.Videos[i].Path, StringComparer.Ordinal)];
            return new VideosAnswer(found.Length, [.. found.Skip(Math.Max(0, skip)).Take(Math.Clamp(take, 0, 200))
                .Select(i => Row(request, i))]);
        });
        api.MapGet("/videos/{id:long}", async (long id, CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            return Answer(request, request.PlaceOfVideo(id));
        });
        api.MapGet("/videos/{id:long}/file", async (long id, CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            LibraryVideo video = request.View.Videos[request.PlaceOfVideo(id)];
            if (Playable(video) != "file" || !request.Lease.Library.IsThere(video))
                throw new RefusedException(404, "There is no file of this video that a browser plays.");
            return Results.File(Path.GetFullPath(request.Lease.Library.FileOf(video)),
                s_types[Path.GetExtension(video.Path)], enableRangeProcessing: true);
        }).DisableRequestTimeout(); // a video is read as long as it plays
        api.MapGet("/videos/{id:long}/preview", async (long id, HttpContext context, CancellationToken stop,
            double from = 0) =>
        {
            if (!(from is >= 0 and < 1e8)) throw new RefusedException(400, "A preview begins at 0 seconds or later.");
            RawFile file;
            using (Request request = await Request.BeginAsync(library, stop))
            {
                LibraryVideo video = request.View.Videos[request.PlaceOfVideo(id)];
                if (video.Kind != VideoKind.File || !request.Lease.Library.IsThere(video))
                    throw new RefusedException(404, "There is no file of this video.");
                file = request.Lease.Library.RawFileOf(video);
            }
            await preview.SendAsync(file, from, context, stop);
        }).DisableRequestTimeout();
    }

    private static ListedVideo Row(Request request, int place)
    {
        LibraryVideo video = request.View.Videos[place];
        return new(video.Id, video.Path, video.Tag, video.Duration, video.Moments,
            !request.Lease.Library.IsThere(video), video.Error,
            request.View.FirstOf[place] is >= 0 and var first
                ? request.View.Moments[first + (video.Moments / 2)].Id : null);
    }

    private static VideoAnswer Answer(Request request, int place)
    {
        (LibraryView view, LibraryVideo video) = (request.View, request.View.Videos[place]);
        (int first, int end) = view.Span(place);
        bool missing = !request.Lease.Library.IsThere(video);
        return new(video.Id, video.Path, video.Tag, video.Duration, video.Frames, missing, video.Error,
            missing ? "none" : Playable(video),
            [.. Enumerable.Range(first, end - first).Select(i => new MomentOfVideo(view.Moments[i].Id,
                view.Moments[i].Start, view.Moments[i].End, view.Readings?.Looks[i] ?? 0,
                view.Readings?.LookStrengths[i] ?? 0, view.Readings?.Motions[i] ?? 0,
                view.Readings?.MotionStrengths[i] ?? 0))],
            [.. request.Tags.Marks.Where(mark => mark.Value.Video == video.Path).OrderBy(mark => mark.Value.Start)
                .Select(mark => new TagOfVideo(mark.Key, mark.Value.Tag, mark.Value.Start, mark.Value.End))]);
    }

    private static string Playable(LibraryVideo video) =>
        video.Kind != VideoKind.File ? "none"
        : video.RawPath is null && s_types.ContainsKey(Path.GetExtension(video.Path)) ? "file" : "preview";
}
