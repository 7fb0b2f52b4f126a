using System.Collections.Concurrent;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Evaluation;

/// <summary>One augmented clip per video, for classifiers: T frames from a random start; a shorter video is padded in front with its first frame.</summary>
public sealed class ClassifierViews(ClipOptions clips) : IViewBuilder
{
    private readonly ConcurrentBag<(FrameImage Source, AugmentationScratch Scratch)> _idle = [];

    public int Views => 1;

    public int Frames => clips.Frames;

    public int Size => clips.Size;

    public int FramesNeeded => (clips.Span / 2) + 1;

    public void Build(VideoEntry video, IFrameReader reader, ref RandomStream random, Span<float> destination)
    {
        var positions = new int[Frames];
        EvaluationClips.Positions(video.FrameCount, random.NextInt(0, Math.Max(0, video.FrameCount - clips.Span)), clips, positions);
        if (!_idle.TryTake(out (FrameImage Source, AugmentationScratch Scratch) work)) work = (new FrameImage(), new AugmentationScratch());
        try
        {
            ClipAugmentation? augmentation = null;
            var size = new SteadySize();
            for (int t = 0; t < Frames; t++)
            {
                if (t == 0 || positions[t] != positions[t - 1]) size.Read(reader, video, positions[t], work.Source);
                augmentation ??= ClipAugmentation.DrawForClassifier(ref random, work.Source.Width, work.Source.Height, Size);
                augmentation.Apply(work.Source, work.Scratch, destination, t, Frames);
            }
        }
        finally
        {
            _idle.Add(work);
        }
    }
}
