using System.Diagnostics;
using System.Numerics.Tensors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Search by a moment, a concept, or a clip that is sent.</summary>
internal static class SearchApi
{
    /// <summary>Largest clip that is taken, in bytes.</summary>
    internal const long MostBytes = 512L << 20;

    private static readonly TimeSpan s_longestUpload = TimeSpan.FromMinutes(10);
    private const double MostSeconds = 120; // of a clip that are looked at
    private const int Examples = 10; // strongest moments that stand for a concept

    public static void Map(RouteGroupBuilder api, ExplorerLibrary library)
    {
        api.MapGet("/search", async ([AsParameters] SearchRequest asked, CancellationToken stop) =>
        {
            asked.Validate();
            using Request request = await Request.BeginAsync(library, stop);
            return await Task.Run(() => Search(request, asked, stop), stop);
        });
        api.MapPost("/queries", async (HttpContext context, CancellationToken stop, string name = "clip",
            double? at = null, double? length = null) =>
        {
            if (!library.CanDescribe)
                throw new RefusedException(409, "The model of this library is not where it was; start the explorer "
                    + "with --model, and clips can be searched for.");
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
                body.MaxRequestBodySize = MostBytes;
            SentClip clip = await ClipReader.ReadAsync(library, context.Request.Body, name, at,
                Math.Min(length ?? MostSeconds, MostSeconds), stop);
            return new SentAnswer(library.Keep(clip), clip.Name, clip.Query.Strip is not null);
        }).WithMetadata(new RequestSize(MostBytes)).WithRequestTimeout(s_longestUpload);
        api.MapGet("/queries/{id}", (string id) =>
        {
            SentClip clip = library.Clip(id);
            return new SentAnswer(id, clip.Name, clip.Query.Strip is not null);
        });
        api.MapGet("/queries/{id}/strip", (string id) => library.Clip(id).Query.Strip is { } jpeg
            ? Results.Bytes(jpeg, "image/jpeg") : throw new RefusedException(404, "There is no picture of this clip."));
    }

    private static SearchAnswer Search(Request request, SearchRequest asked, CancellationToken stop)
    {
        LibraryView view = request.View;
        if (view.Moments.Length == 0) return new(0, 0, []);
        MomentMatrix matrix = view.Matrix; // read once, before the clock starts
        long begun = Stopwatch.GetTimestamp();
        DescribedQuery query = Query(request, asked);
        var slider = Slider.At(request.Motion(asked.Motion, MomentQuery.DefaultMotion), view.Header.Concepts > 0);
        float[] row = slider.Query(query.Look, query.Motion, view.Header.Concepts);
        float[] products = Products(matrix, row, view.Moments.Length, stop);
        var ranked = new TopMoments((int)Math.Min(view.Moments.Length, asked.Top * 8L));
        Func<int, bool> passes = asked.Filter(request, query.Videos);
        int left = 0;
        for (int i = 0; i < products.Length; i++)
        {
            if (!passes(i)) continue;
            left++;
            if (products[i] >= ranked.Least) ranked.Add(i, products[i]);
        }
        IReadOnlyList<MergedHit> hits = Hits(view, products, ranked.Ordered(), asked.Top);
        if (hits.Count < asked.Top && left > ranked.Ordered().Count) // merged ones leave room for others
        {
            var all = Enumerable.Range(0, products.Length).Where(passes).OrderByDescending(i => products[i])
                .Select(i => ((long)i, products[i]));
            hits = Hits(view, products, all, asked.Top);
        }
        return new(view.Moments.Length, Stopwatch.GetElapsedTime(begun).TotalMilliseconds,
            [.. hits.Select(hit => Answer(request, matrix, hit, query, slider))]);
    }

    private static IReadOnlyList<MergedHit> Hits(LibraryView view, float[] products,
        IEnumerable<(long Place, float Product)> ranked, int top) => HitMerging.Of(
        ranked.Select(one => (view.Moments[one.Place], one.Product)), top,
        id => view.PlaceOf(id) is >= 0 and var place ? (view.Moments[place], products[place]) : null);

    private static HitAnswer Answer(Request request, MomentMatrix matrix, MergedHit hit, DescribedQuery query,
        Slider slider)
    {
        ReadOnlySpan<float> row = matrix.Row(hit.Best.Id);
        int look = request.View.Header.LookSize;
        return new(request.Moment(request.View.PlaceOf(hit.Best.Id)), hit.Start, hit.End, hit.Product,
            TensorPrimitives.Dot(row[..look], query.Look),
            slider.Motion(row[look..], query.Motion, request.View.Header.Concepts));
    }

    private static DescribedQuery Query(Request request, SearchRequest asked)
    {
        if (asked.Query is { } id) return request.Library.Clip(id).Query;
        MomentMatrix matrix = request.View.Matrix;
        int[] places;
        if (asked.Moment is { } moment) places = [request.Place(moment)];
        else
        {
            (bool isDynamic, int index) = request.Concept(asked.Concept!);
            places = [.. (isDynamic ? request.View.Motions : request.View.Looks)[index].Take(Examples)];
            if (places.Length == 0) throw new RefusedException(404, "In no moment does this concept stand out most.");
        }
        LibraryHeader header = request.View.Header;
        var sum = new float[matrix.Width];
        foreach (int place in places)
            TensorPrimitives.Add(sum, matrix.Row(request.View.Moments[place].Id), sum);
        return DescribedQuery.OfSum(sum[..header.LookSize], sum[header.LookSize..], header.Concepts,
            asked.Moment is null ? [] : [request.View.Moments[places[0]].VideoId]);
    }

    private static float[] Products(MomentMatrix matrix, float[] query, int count, CancellationToken stop)
    {
        var products = new float[count];
        var blocks = matrix.Blocks().ToArray();
        var starts = new int[blocks.Length];
        for (int b = 1; b < blocks.Length; b++) starts[b] = starts[b - 1] + blocks[b - 1].Count;
        Parallel.For(0, blocks.Length, new ParallelOptions { CancellationToken = stop }, b =>
        {
            (_, _, int rows, float[] block) = blocks[b];
            for (int i = 0; i < rows && starts[b] + i < count; i++)
                products[starts[b] + i] = TensorPrimitives.Dot<float>(
                    block.AsSpan(i * matrix.Width, matrix.Width), query);
        });
        return products;
    }
}

/// <summary>What is searched for, and where.</summary>
internal sealed record SearchRequest(long? Moment, string? Query, string? Concept, long? Video, string? Class,
    string? Tag, int? Look, int? Dynamic, double? From, double? To, double? Motion, int Top = 48,
    bool Within = false)
{
    /// <exception cref="RefusedException">A part is out of range.</exception>
    public void Validate()
    {
        if (new object?[] { Moment, Query, Concept }.Count(part => part is not null) != 1)
            throw new RefusedException(400, "Search by one of a moment, a clip or a concept.");
        if (!(Motion is null or (>= 0 and <= 1))) throw new RefusedException(400, "Motion is from 0 to 1.");
        if (Top is < 1 or > 200) throw new RefusedException(400, "Between 1 and 200 hits are shown.");
    }

    /// <summary>Whether a moment, by its place, may be a hit.</summary>
    public Func<int, bool> Filter(Request request, HashSet<long> own)
    {
        LibraryView view = request.View;
        var tagged = Tag is null ? null : new HashSet<int>(request.Tags.MomentsOf(Tag));
        int ofClass = Class is null ? -1 : Array.IndexOf(view.Classes, Class);
        return i => (Within || !own.Contains(view.Moments[i].VideoId))
            && (Video is null || view.Moments[i].VideoId == Video)
            && (Class is null || (ofClass >= 0 && view.ClassOf[view.VideoOf[i]] == ofClass))
            && (tagged is null || tagged.Contains(i))
            && (Look is null || view.Readings?.Looks[i] == Look)
            && (Dynamic is null || view.Readings?.Motions[i] == Dynamic)
            && (From is null || view.Moments[i].End >= From) && (To is null || view.Moments[i].Start <= To);
    }
}
