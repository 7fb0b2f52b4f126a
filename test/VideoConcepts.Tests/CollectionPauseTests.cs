using System.Runtime;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests;

[Collection(nameof(SerialTests))]
public sealed class CollectionPauseTests
{
    private static bool IsHeldBack => GCSettings.LatencyMode == GCLatencyMode.NoGCRegion;

    [Fact]
    public void Dispose_OfThePauseThatBeganFirst_LeavesItToTheLast()
    {
        CollectionPause first = CollectionPause.Begin(), second = CollectionPause.Begin();
        IsHeldBack.ShouldBeTrue();
        first.Dispose();
        IsHeldBack.ShouldBeTrue();
        second.Dispose();
        IsHeldBack.ShouldBeFalse();
    }

    [Fact]
    public void Dispose_WithinTheApplicationsOwnRegion_LeavesThat()
    {
        GC.TryStartNoGCRegion(32L << 20).ShouldBeTrue();
        try
        {
            CollectionPause.Begin().Dispose();
            IsHeldBack.ShouldBeTrue();
        }
        finally
        {
            if (IsHeldBack) GC.EndNoGCRegion();
        }
        using (CollectionPause.Begin()) IsHeldBack.ShouldBeTrue(); // its own again
        IsHeldBack.ShouldBeFalse();
    }
}
