using VideoConcepts.Search;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Search;

/// <summary>A long video takes no more memory than a short one.</summary>
[Collection(nameof(SerialTests))]
public sealed class IndexMemoryTests
{
    [Fact(Explicit = true)] // a minute
    public void Build_OfALongVideo_TakesTheMemoryOfAShortOne()
    {
        using var work = new WorkFolder();
        InstalledFfmpeg.SkipUnlessThere();
        long Memory(int frames)
        {
            TestVideo.Make(work.NewFile($"in{frames}/v.mp4"), "testsrc2=s=64x48:r=25,format=yuv420p", frames, "-c:v",
                "mpeg4");
            return PeakMemory.Of(() => VideoIndex.Build(new IndexOptions
            {
                Library = work[$"{frames}.db"],
                Videos = work[$"in{frames}"],
                FrameStride = 1,
                Step = 8,
                Device = "cpu",
            }, stop: TestContext.Current.CancellationToken).Indexed.ShouldBe(1));
        }
        _ = Memory(1000); // what is made once
        long shorter = Memory(2000), longer = Memory(20_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{shorter >> 20} MB, {longer >> 20} MB");
        // frames as the network sees them alone would be 20000 · 3 · 112² bytes, 700 MB
        (longer - shorter).ShouldBeLessThan(100L << 20);
    }
}
