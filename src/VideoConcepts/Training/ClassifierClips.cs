using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Evaluation;

namespace VideoConcepts.Training;

/// <summary>
/// One augmented clip per video, for classifiers: T frames from a random start; a shorter video is padded in front with
/// its first frame.
/// </summary>
internal sealed class ClassifierClips(ClipOptions options) : IClipBuilder
{
    private readonly ScratchPool<(FrameImage Source, AugmentationScratch Scratch)> _idle =
        new(() => (new FrameImage(), new AugmentationScratch()));

    public int Clips => 1;

    public int Frames => options.Frames;

    public int Size => options.Size;

    public int FramesNeeded => (options.Span / 2) + 1;

    public void Build(
        VideoEntry video, IFrameReader reader, ref RandomStream random, Span<byte> clips, Span<byte> stills)
    {
        int length = this.FrameLength;
        var positions = new int[Frames];
        Shot shot = video.Shots.Draw(FramesNeeded, ref random);
        int start = shot.First + random.NextInt(0, Math.Max(0, shot.Count - options.Span));
        EvaluationClips.Positions(video.Shots, start, options, positions);
        using ScratchPool<(FrameImage Source, AugmentationScratch Scratch)>.Lease lease = _idle.Take();
        (FrameImage source, AugmentationScratch scratch) = lease.Value;
        ClipAugmentation? augmentation = null;
        var size = new SteadySize();
        for (int t = 0; t < Frames; t++)
        {
            if (t == 0 || positions[t] != positions[t - 1]) size.Read(reader, video, positions[t], source);
            augmentation ??= ClipAugmentation.DrawForClassifier(ref random, source.Width, source.Height,
                Size);
            augmentation.Apply(source, scratch, clips.Slice(t * length, length));
        }
    }
}
