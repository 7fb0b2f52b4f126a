using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>What a request reads: the library as it is, its tags, a connection.</summary>
internal sealed record Request(ExplorerLibrary Library, LibraryView View, TagView Tags, ExplorerLibrary.Lease Lease)
    : IDisposable
{
    public static async Task<Request> BeginAsync(ExplorerLibrary library, CancellationToken stop)
    {
        LibraryView view = await library.ViewAsync(stop).ConfigureAwait(false);
        ExplorerLibrary.Lease lease = await library.RentAsync(stop).ConfigureAwait(false);
        try
        {
            return new(library, view, library.Tags(view, lease), lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    public void Dispose() => Lease.Dispose();

    /// <summary>A moment as it is answered, by its place.</summary>
    public MomentAnswer Moment(int place)
    {
        Moment moment = View.Moments[place];
        LibraryVideo video = View.Videos[View.VideoOf[place]];
        ConceptReadings? read = View.Readings;
        return new(moment.Id, video.Id, video.Path, moment.Start, moment.End, read?.Looks[place] ?? 0,
            read?.LookStrengths[place] ?? 0, read?.Motions[place] ?? 0, read?.MotionStrengths[place] ?? 0, video.Tag,
            Tags.Of(place));
    }

    /// <summary>Some of the moments in order.</summary>
    public MomentsAnswer Some(IReadOnlyList<int> places, int skip, int take) => new(places.Count,
        [.. places.Skip(Math.Max(0, skip)).Take(Math.Clamp(take, 0, 200)).Select(Moment)]);

    /// <summary>The place of a moment.</summary>
    /// <exception cref="RefusedException">The library has none of this number.</exception>
    public int Place(long moment) => View.PlaceOf(moment) is >= 0 and var place ? place
        : throw new RefusedException(404, $"There is no moment {moment} in this library.");

    /// <summary>The place of a video.</summary>
    /// <exception cref="RefusedException">The library has none of this number.</exception>
    public int PlaceOfVideo(long video) => View.PlaceOfVideo(video) is >= 0 and var place ? place
        : throw new RefusedException(404, $"There is no video {video} in this library.");

    /// <summary>How much motion counts; look alone where nothing is known of it.</summary>
    /// <exception cref="RefusedException">Motion is asked for there.</exception>
    public double Motion(double? asked, double otherwise)
    {
        if (View.Header.MotionSize > 0) return asked ?? otherwise;
        return asked is null or 0 ? 0
            : throw new RefusedException(400, "The model of this library tells nothing of motion: ask for look alone.");
    }

    /// <summary>Refuses concepts that are not there.</summary>
    public (bool IsDynamic, int Index) Concept(string kind, int index)
    {
        int k = View.Readings?.Concepts ?? 0;
        if (kind is not ("static" or "dynamic") || index < 0 || index >= k)
            throw new RefusedException(404, k == 0 ? "The model of this library has no concepts."
                : $"There is no concept {kind}:{index}; there are static:0 to dynamic:{k - 1}.");
        return (kind == "dynamic", index);
    }

    /// <summary>The same of <c>static:3</c>.</summary>
    public (bool IsDynamic, int Index) Concept(string text) => text.Split(':') is [var kind, var number]
        && int.TryParse(number, System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out int index)
        ? Concept(kind, index) : throw new RefusedException(400, "A concept is named like static:3 or dynamic:3.");
}
