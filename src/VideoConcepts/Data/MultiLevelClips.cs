using System.Collections.Concurrent;
using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>
/// Three clips of a window of 2T frames: its first half, its second half, and an overview of every second frame, each
/// with an augmentation of its own. Source: spec, multi-level, views.
/// </summary>
public sealed class MultiLevelClips(int framesPerClip, int size, double rate) : IClipBuilder
{
    private const int Overview = 2;
    private readonly ConcurrentBag<(FrameImage Source, AugmentationScratch[] Scratch)> _idle = [];

    public int Clips => 3;

    public int Frames => framesPerClip;

    public int Size => size;

    public int FramesNeeded => 2 * framesPerClip;

    public void Build(
        VideoEntry video, IFrameReader reader, ref RandomStream random, Span<byte> clips, Span<byte> stills)
    {
        int length = this.FrameLength;
        Shot shot = video.Shots.Draw(FramesNeeded, ref random);
        int[] positions = [.. ClipSampler.Sample(shot.Count, 2, Frames, rate, ref random).From(shot.First).Clips
            .SelectMany(clip => clip)];
        if (!_idle.TryTake(out (FrameImage Source, AugmentationScratch[] Scratch) work))
            work = (new FrameImage(), [new(), new(), new()]);
        try
        {
            ClipAugmentation[]? augmentations = null;
            var size = new SteadySize();
            for (int i = 0; i < positions.Length; i++)
            {
                if (i == 0 || positions[i] != positions[i - 1]) size.Read(reader, video, positions[i], work.Source);
                augmentations ??= Draw(ref random, work.Source);
                int clip = i / Frames;
                augmentations[clip].Apply(work.Source, work.Scratch[clip], clips.Slice(i * length, length));
                if (i % 2 == 0)
                    augmentations[Overview].Apply(work.Source, work.Scratch[Overview],
                        clips.Slice(((Overview * Frames) + (i / 2)) * length, length));
            }
        }
        finally
        {
            _idle.Add(work);
        }
    }

    private ClipAugmentation[] Draw(ref RandomStream random, FrameImage source)
    {
        var drawn = new ClipAugmentation[Clips];
        for (int clip = 0; clip < Clips; clip++)
            drawn[clip] = ClipAugmentation.Draw(ref random, source.Width, source.Height, Size);
        return drawn;
    }
}
