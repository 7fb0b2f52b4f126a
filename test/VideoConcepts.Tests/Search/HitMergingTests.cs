using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

/// <summary>Moments of eight frames, one every four frames; two videos, whose moments' products are given.</summary>
public sealed class HitMergingTests
{
    [Fact]
    public void Of_MomentsThatOverlap_IsOneHitThatReachesOverAll()
    {
        MergedHit hit = Of(2, [0.89f, 0.9f, 0.88f]).ShouldHaveSingleItem();
        (hit.FirstFrame, hit.LastFrame, hit.Moments).ShouldBe((0, 15, 3));
        (hit.Start, hit.End).ShouldBe((0, 16));
        hit.Best.FirstFrame.ShouldBe(4);
    }

    [Fact]
    public void Of_OneHit_ReachesAsFarAsOfMany() =>
        Of(1, [0.89f, 0.9f, 0.88f], [0.895f]).ShouldHaveSingleItem().LastFrame.ShouldBe(15);

    [Fact]
    public void Of_AMomentThatIsMuchLessSimilar_DoesNotMakeAHitLonger()
    {
        // nor is it a hit of its own, where it overlaps one
        MergedHit hit = Of(2, [0.9f, 0.9f - HitMerging.Slack - 0.01f]).ShouldHaveSingleItem();
        (hit.LastFrame, hit.Moments).ShouldBe((7, 1));
    }

    [Fact]
    public void Of_APeakBesideABetterOne_EndsWhereThatBegins()
    {
        // moments at 0, 4, … 24; the one at 8 overlaps both peaks and is too far below the first
        IReadOnlyList<MergedHit> hits = Of(9, [0.9f, 0.89f, 0.86f, 0.85f, 0.84f]);
        hits.Select(hit => (hit.FirstFrame, hit.LastFrame)).ShouldBe([(0, 11), (12, 23)]);
    }

    [Fact]
    public void Of_OtherVideosAndTimes_AreHitsOfTheirOwnAndOfThoseTheBest()
    {
        float[][] products = [[0.9f, 0.5f, 0.7f], [0.8f]];
        Of(9, products).Select(hit => (hit.Best.VideoId, hit.FirstFrame)).ShouldBe([(1, 0), (2, 0), (1, 8)]);
        Of(2, products).Select(hit => (hit.Best.VideoId, hit.FirstFrame)).ShouldBe([(1, 0), (2, 0)]);
    }

    [Fact]
    public void Of_LongVideos_HasAsManyHitsAsAreWanted()
    {
        // what lies between two peaks joins them, and a third one is still found
        IReadOnlyList<MergedHit> hits = Of(2, [0.9f, 0.89f, 0.9f], [0.1f]);
        hits.Select(hit => (hit.Best.VideoId, hit.LastFrame)).ShouldBe([(1, 15), (2, 7)]);
    }

    [Fact]
    public void Of_HoursInWhichNothingChanges_IsSeveralHits() => Of(3, [.. Enumerable.Repeat(0.9f, 1000)])
        .Select(hit => hit.Moments).ShouldBe([1 + HitMerging.Reach, 1 + HitMerging.Reach, 1 + HitMerging.Reach]);

    private static IReadOnlyList<MergedHit> Of(int count, params float[][] videos)
    {
        (Moment Moment, float Product)[] all = [.. videos.SelectMany((products, video) => products
            .Select((product, i) =>
                (Moment: new Moment(0, video + 1, 4 * i, (4 * i) + 7, 4 * i, (4 * i) + 8), product)))
            .Select((one, id) => one with { Moment = one.Moment with { Id = id } })];
        return HitMerging.Of(all.OrderByDescending(one => one.Product), count,
            id => id >= 0 && id < all.Length ? all[id] : null);
    }
}
