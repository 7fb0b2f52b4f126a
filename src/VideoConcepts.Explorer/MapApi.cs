using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Moments as numbers, little endian, in the order of their numbers.</summary>
internal static class MapApi
{
    private const int MostKept = 8; // concepts

    public static void Map(RouteGroupBuilder api, ExplorerLibrary library)
    {
        var recent = new RecentAnswers<(long Version, bool IsDynamic, int Index), byte[]>(MostKept);
        api.MapGet("/points", async (HttpContext context, CancellationToken stop) =>
        {
            LibraryView view = await library.ViewAsync(stop);
            return Bytes(context, view, view.Points);
        });
        api.MapGet("/map", async (string by, HttpContext context, CancellationToken stop) =>
        {
            if (!MapMaker.Kinds.ContainsKey(by))
                throw new RefusedException(400, "A map is by look, both or motion.");
            LibraryView view = await library.ViewAsync(stop);
            if (view.Header.MotionSize == 0 && MapMaker.Kinds[by] > 0)
                throw new RefusedException(400,
                    "The model of this library tells nothing of motion: its map is by look.");
            (DrawnMap? map, double done) = library.Maps.Of(by, view);
            if (map is null)
                return Results.Json(new MapProgress("computing", done), statusCode: StatusCodes.Status202Accepted);
            context.Response.Headers["X-Placed"] = map.Embedded.ToString(CultureInfo.InvariantCulture);
            return Bytes(context, view, map.Places);
        });
        api.MapGet("/strengths/{kind}/{index:int}", async (string kind, int index, HttpContext context,
            CancellationToken stop) =>
        {
            using Request request = await Request.BeginAsync(library, stop);
            (bool isDynamic, _) = request.Concept(kind, index);
            byte[] strengths = await recent.OfAsync((request.View.Version, isDynamic, index), () =>
                MemoryMarshal.AsBytes(
                request.View.Readings!.Strengths(request.Lease.Library.Store, isDynamic, index,
                    stop).AsSpan()).ToArray(),
                stop);
            return Bytes(context, request.View, strengths);
        });
    }

    private static IResult Bytes(HttpContext context, LibraryView view, byte[] bytes)
    {
        context.Response.Headers["X-Version"] = view.Version.ToString(CultureInfo.InvariantCulture);
        return Results.Bytes(bytes, "application/octet-stream");
    }
}
