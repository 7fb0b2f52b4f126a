using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

/// <summary>Every pixel, of draws that keep colours and crop as much as a clip shows: nothing is resampled.</summary>
public sealed class ClassifierClipsTests
{
    private const int Size = 5, Width = 9, Height = 6;

    [Theory]
    [InlineData(9, 1, false, new[] { 3, 4, 5, 6 })]
    [InlineData(9, 1, true, new[] { 3, 4, 5, 6 })]
    [InlineData(12, 2, true, new[] { 3, 5, 7, 9 })]
    [InlineData(3, 1, false, new[] { 0, 0, 1, 2 })]
    [InlineData(3, 1, true, new[] { 0, 0, 1, 2 })]
    public void Build_OfVideo_IsTheCropOfEveryFrameMirroredWhereDrawnSo(int count, int stride, bool flip,
        int[] positions)
    {
        var builder = new ClassifierClips(new ClipOptions { Frames = 4, Size = Size, FrameStride = stride });
        var frames = new MarkedFrames(Width, Height);
        (int seed, CropBox crop) = Draw(Math.Max(0, count - (4 * stride)), positions[0], flip);

        byte[] clips = new byte[4 * 3 * Size * Size];
        RandomStream random = RandomStream.For(seed);
        builder.Build(new VideoEntry("video", count, 0, "train.csv", 1), frames, ref random, clips, []);

        clips.ShouldBe(positions.SelectMany(position => frames.Square(position, crop.X, crop.Y, Size, flip)));
    }

    /// <summary>A seed that starts where it should, with a square that is not in a corner.</summary>
    private static (int Seed, CropBox Crop) Draw(int lastStart, int start, bool flip)
    {
        for (int seed = 0; seed < 100_000; seed++)
        {
            RandomStream random = RandomStream.For(seed);
            if (random.NextInt(0, lastStart) != start) continue;
            ClipAugmentation drawn = ClipAugmentation.DrawForClassifier(ref random, Width, Height, Size);
            if (drawn.Jitter is null && drawn.Flip == flip
                && drawn.Crop is { X: > 0, Y: > 0, Width: Size, Height: Size })
                return (seed, drawn.Crop);
        }
        throw new InvalidOperationException("No seed draws such a square.");
    }
}
