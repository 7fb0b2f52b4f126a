using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

public sealed class HitMergingTests
{
    [Fact]
    public void Of_MomentsThatOverlap_IsOneHitThatReachesOverAll()
    {
        MergedHit hit = HitMerging.Of([At(1, 0), At(1, 4), At(1, 8)], 2, isAll: true).ShouldHaveSingleItem();
        (hit.FirstFrame, hit.LastFrame, hit.Moments).ShouldBe((0, 15, 3));
        (hit.Start, hit.End).ShouldBe((0, 16));
        hit.Best.FirstFrame.ShouldBe(0);
    }

    [Fact]
    public void Of_AMomentBetweenTwoHits_MakesThemOneInThePlaceOfTheBetter()
    {
        IReadOnlyList<MergedHit> hits = HitMerging.Of([At(1, 0), At(2, 0), At(1, 12), At(1, 6)], 3, isAll: true)!;
        hits.Select(hit => (hit.Best.VideoId, hit.Best.FirstFrame, hit.LastFrame)).ShouldBe([(1, 0, 19), (2, 0, 7)]);
    }

    [Fact]
    public void Of_OtherVideosOrTimes_AreHitsOfTheirOwn() =>
        HitMerging.Of([At(1, 0), At(2, 4), At(1, 8)], 9, isAll: true)!.Count.ShouldBe(3);

    [Fact]
    public void Of_MoreThanAreWanted_HasNoOthers() =>
        HitMerging.Of([At(1, 0), At(2, 0), At(3, 0)], 2, isAll: false)!.Select(hit => hit.Best.VideoId)
            .ShouldBe([1, 2]);

    [Fact]
    public void Of_AMomentThatIsMuchLessSimilar_DoesNotMakeAHitLonger()
    {
        (Moment near, _) = At(1, 0);
        (Moment far, _) = At(1, 4);
        MergedHit hit = HitMerging.Of([(near, 0.9f), (far, 0.9f - HitMerging.Slack - 0.01f)], 2, isAll: true)!
            .ShouldHaveSingleItem(); // nor a hit of its own
        (hit.LastFrame, hit.Moments).ShouldBe((7, 1));
    }

    [Fact]
    public void Of_MomentsBehindTheLastHit_MakeThoseBeforeItLonger()
    {
        // so the times of a hit do not depend on how many hits are asked for
        IReadOnlyList<MergedHit> one = HitMerging.Of([At(1, 0), At(2, 0), At(1, 4)], 1, isAll: true)!;
        one.ShouldHaveSingleItem().LastFrame.ShouldBe(11);
    }

    [Fact]
    public void Of_TooFewToKnow_IsNull()
    {
        HitMerging.Of([At(1, 0), At(2, 0)], 2, isAll: false).ShouldBeNull();
        HitMerging.Of([At(1, 0), At(2, 0)], 2, isAll: true)!.Count.ShouldBe(2);
    }

    private static int s_id;

    private static (Moment, float) At(long video, int frame) =>
        (new Moment(++s_id, video, frame, frame + 7, frame, frame + 8), 1 - (0.001f * s_id));
}
