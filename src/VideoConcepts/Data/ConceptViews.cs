using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using VideoConcepts.Augmentation;

namespace VideoConcepts.Data;

/// <summary>
/// The 3S views of a video in the order v1 … vS, s1 … sS, d1 … dS: the clips, their repeated static frames and their
/// frame differences (method page, section 1).
/// </summary>
public sealed class ConceptViews : IViewBuilder
{
    private readonly ConcurrentBag<Scratch> _idle = [];

    /// <param name="clips">S, clips per video.</param>
    /// <param name="framesPerClip">T, at least 2.</param>
    /// <param name="size">Height and width of the views, in pixels.</param>
    /// <param name="rate">Largest sampling rate, in source frames per frame, at least 1.</param>
    public ConceptViews(int clips, int framesPerClip, int size, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clips, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(framesPerClip, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        (Clips, Frames, Size, Rate) = (clips, framesPerClip, size, rate);
    }

    /// <summary>S, clips per video.</summary>
    public int Clips { get; }

    /// <summary>Largest sampling rate, in source frames per frame.</summary>
    public double Rate { get; }

    /// <summary>
    /// Reference quirk: the difference at t = 0 wraps round and subtracts the last frame. Otherwise it repeats the
    /// first real difference.
    /// </summary>
    public bool ReferenceWrap { get; init; }

    /// <inheritdoc/>
    public int Views => 3 * Clips;

    /// <inheritdoc/>
    public int Frames { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public int FramesNeeded => Clips * Frames;

    /// <inheritdoc/>
    /// <exception cref="BadInputException">A frame cannot be read, or differs in size from the video's first one.</exception>
    public void Build(VideoEntry video, IFrameReader reader, ref RandomStream random, Span<float> destination)
    {
        int viewLength = 3 * Frames * Size * Size;
        if (destination.Length != Views * viewLength)
            throw new ArgumentException($"{Views * viewLength} floats are needed, {destination.Length} given.", nameof(destination));
        ClipPositions positions = ClipSampler.Sample(video.FrameCount, Clips, Frames, Rate, ref random);
        if (!_idle.TryTake(out Scratch? scratch)) scratch = new Scratch();
        try
        {
            FillClips(video, positions, reader, ref random, scratch, destination);
        }
        finally
        {
            _idle.Add(scratch);
        }
        for (int clip = 0; clip < Clips; clip++)
        {
            Repeat(destination.Slice((Clips + clip) * viewLength, viewLength));
            Difference(
                destination.Slice(clip * viewLength, viewLength), destination.Slice(((2 * Clips) + clip) * viewLength, viewLength));
        }
    }

    /// <summary>Writes the v views, and frame 0 of the s views. Every frame is decoded once; the first twice if the crops allow smaller ones.</summary>
    private void FillClips(
        VideoEntry video, ClipPositions positions, IFrameReader reader, ref RandomStream random, Scratch scratch, Span<float> destination)
    {
        int viewLength = 3 * Frames * Size * Size, decoded = positions.Clips[0][0];
        FrameImage source = scratch.Source;
        var size = new SteadySize();
        size.Read(reader, video, decoded, source);
        // All draws before the next frame is read: what is random does not depend on what is read.
        var augmentations = new ClipAugmentation[2 * Clips];
        for (int view = 0; view < augmentations.Length; view++)
            augmentations[view] = ClipAugmentation.Draw(ref random, source.Width, source.Height, Size);
        int shrink = Shrink(augmentations);
        if (shrink > 1)
        {
            for (int view = 0; view < augmentations.Length; view++) augmentations[view] = augmentations[view] with { Crop = augmentations[view].Crop.Shrunk(shrink) };
            size = new SteadySize(); // of smaller pictures
            size.Read(reader, video, decoded, source, shrink);
        }
        for (int clip = 0; clip < Clips; clip++)
        {
            Span<float> moving = destination.Slice(clip * viewLength, viewLength);
            Span<float> still = destination.Slice((Clips + clip) * viewLength, viewLength);
            for (int t = 0; t < Frames; t++)
            {
                int position = positions.Clips[clip][t];
                if (position != decoded) // positions do not decrease, so equal ones are neighbours
                {
                    size.Read(reader, video, position, source, shrink);
                    decoded = position;
                }
                augmentations[clip].Apply(source, scratch.Moving, moving, t, Frames);
                if (t == positions.StaticFrame) augmentations[Clips + clip].Apply(source, scratch.Still, still, 0, Frames);
            }
        }
    }

    /// <summary>How much smaller frames can be decoded without any crop becoming smaller than the view: 1, 2, 4 or 8.</summary>
    private int Shrink(ReadOnlySpan<ClipAugmentation> augmentations)
    {
        int smallest = int.MaxValue, shrink = 1;
        foreach (ClipAugmentation augmentation in augmentations) smallest = Math.Min(smallest, Math.Min(augmentation.Crop.Width, augmentation.Crop.Height));
        while (shrink < 8 && smallest / (2 * shrink) >= Size) shrink *= 2;
        return shrink;
    }

    /// <summary>Copies frame 0 of a (3, T, H, W) view to all others.</summary>
    private void Repeat(Span<float> view)
    {
        int area = Size * Size;
        for (int channel = 0; channel < 3; channel++)
        {
            Span<float> planes = view.Slice(channel * Frames * area, Frames * area);
            for (int t = 1; t < Frames; t++) planes[..area].CopyTo(planes[(t * area)..]);
        }
    }

    /// <summary>d[t] = v[t] - v[t-1] for (3, T, H, W) views.</summary>
    private void Difference(ReadOnlySpan<float> moving, Span<float> difference)
    {
        int area = Size * Size;
        for (int channel = 0; channel < 3; channel++)
        {
            ReadOnlySpan<float> v = moving.Slice(channel * Frames * area, Frames * area);
            Span<float> d = difference.Slice(channel * Frames * area, Frames * area);
            Subtract(v[area..], v[..^area], d[area..]);
            if (ReferenceWrap) Subtract(v[..area], v[^area..], d[..area]);
            else d.Slice(area, area).CopyTo(d);
        }
    }

    private static void Subtract(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result)
    {
        ReadOnlySpan<Vector<float>> a = MemoryMarshal.Cast<float, Vector<float>>(left);
        ReadOnlySpan<Vector<float>> b = MemoryMarshal.Cast<float, Vector<float>>(right);
        Span<Vector<float>> c = MemoryMarshal.Cast<float, Vector<float>>(result);
        for (int i = 0; i < c.Length; i++) c[i] = a[i] - b[i];
        for (int i = c.Length * Vector<float>.Count; i < result.Length; i++) result[i] = left[i] - right[i];
    }

    /// <summary>What one build needs; clips and static frames keep their own resize weights.</summary>
    private sealed class Scratch
    {
        public FrameImage Source { get; } = new();

        public AugmentationScratch Moving { get; } = new();

        public AugmentationScratch Still { get; } = new();
    }
}
