using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

/// <summary>Every pixel, of draws whose crops are as large as a clip: nothing is resampled.</summary>
public sealed class MultiLevelClipsTests
{
    private const int Frames = 3, Size = 5, Width = 8, Height = 6;

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Build_OfConsecutiveFrames_IsBothHalvesAndEverySecondFrameEachWithACropAndMirrorOfItsOwn(int first)
    {
        // no change of colours at the first step, and the video's second shot begins at first
        IClipBuilder builder = new MultiLevelClips(Frames, Size, 1) { JitterWarmup = 1 }.At(0);
        var video = new VideoEntry("video", first + (2 * Frames) + 1, null, "train.csv", 1)
        { Cuts = first == 0 ? [] : [first] };
        var frames = new MarkedFrames(Width, Height);
        (int seed, int start, ClipAugmentation[] drawn) = Draw(first == 0);

        byte[] clips = new byte[builder.ClipsLength];
        RandomStream random = RandomStream.For(seed);
        builder.Build(video, frames, ref random, clips, []);

        int[][] positions = [[0, 1, 2], [3, 4, 5], [0, 2, 4]];
        clips.ShouldBe(positions.SelectMany((clip, view) => clip.SelectMany(position => frames.Square(
            first + start + position, drawn[view].Crop.X, drawn[view].Crop.Y, Size, drawn[view].Flip))));
    }

    /// <summary>A seed whose three squares lie apart, and of which one or two are mirrored.</summary>
    private static (int Seed, int Start, ClipAugmentation[] Drawn) Draw(bool later)
    {
        for (int seed = 0; seed < 100_000; seed++)
        {
            RandomStream random = RandomStream.For(seed);
            int start = ClipSampler.Sample((2 * Frames) + 1, 2, Frames, 1, ref random).Clips[0][0];
            var drawn = new ClipAugmentation[3];
            for (int i = 0; i < drawn.Length; i++) drawn[i] = ClipAugmentation.Draw(ref random, Width, Height, Size, 0);
            if (drawn.All(d => (d.Crop.Width, d.Crop.Height) == (Size, Size))
                && drawn.Select(d => d.Crop).Distinct().Count() == 3
                && drawn.Count(d => d.Flip) is 1 or 2 && start > 0 == later) return (seed, start, drawn);
        }
        throw new InvalidOperationException("No seed draws such squares.");
    }
}
