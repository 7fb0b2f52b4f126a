using System.Globalization;
using VideoConcepts.Training;

namespace VideoConcepts.Search;

/// <summary>The header of a library that is made, or of one that is added to: what is asked for must agree with it.
/// </summary>
internal static class IndexHeader
{
    private const int StripHeight = 72, Batch = 16;

    /// <exception cref="BadInputException">An option says otherwise than the library, or is out of range.</exception>
    public static LibraryHeader Of(IndexOptions options, IMomentStore store, MomentNetwork network)
    {
        if (store.Header is not { } there) return New(options, store, network);
        Compare("stride", options.FrameStride, there.FrameStride);
        Compare("step", options.Step, there.Step);
        Compare("strip", options.Strip, there.StripHeight);
        Compare("batch", options.BatchSize, there.Batch);
        Compare("fps", options.Fps, there.FramesPerSecond);
        Compare("float32", options.Float32, !there.Half);
        foreach ((string name, object? asked) in options.Input?.Options ?? [])
            Compare(name, asked, there.Input?.Options.Single(option => option.Name == name).Value);
        if (options.Precision is not null) Compare("precision", network.Precision, there.Precision);
        return options.Root is null ? there : there with { Root = IndexSources.Root(options) };

        void Compare<T>(string option, T? asked, T has)
        {
            if (asked is not null && !asked.Equals(has))
                throw new BadInputException(string.Create(CultureInfo.InvariantCulture,
                    $"{store.Name}: this library has ‹{option}› {has}, not {asked}; leave it out, or make the library "
                    + $"anew with ‹reindex›."));
        }
    }

    /// <summary>Of a new library.</summary>
    /// <exception cref="BadInputException">An option is out of range.</exception>
    public static LibraryHeader New(IndexOptions options, IMomentStore store, MomentNetwork network)
    {
        int stride = options.FrameStride ?? network.Stride;
        int step = options.Step ?? Math.Max(1, network.Frames / 2) * stride;
        if (step % stride != 0 || step > network.Frames * stride)
            throw new BadInputException($"‹step› is {step}: give a multiple of ‹stride›, {stride}, of at most "
                + $"{network.Frames * stride} frames, the length of a moment.");
        string model = options.Model ?? PretrainedWeights.World;
        string? checkpoint = network.File is not { } file || file == PretrainedWeights.Find(model) ? null
            : Path.GetFullPath(file);
        return new LibraryHeader
        {
            Model = model,
            Checkpoint = checkpoint,
            CheckpointBeside = checkpoint is null || store.IndexFile is null ? null
                : Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(options.Library))!, checkpoint),
            ModelHash = network.Hash,
            Net = network.Net,
            Precision = network.Precision,
            Frames = network.Frames,
            FrameStride = stride,
            Step = step,
            Size = network.Size,
            StripHeight = options.Strip ?? StripHeight,
            Batch = options.BatchSize ?? Batch,
            LookSize = network.LookSize,
            MotionSize = network.MotionSize,
            FeatureSize = network.FeatureSize,
            Concepts = network.Concepts,
            Input = network.Input,
            Half = options.Float32 != true,
            Root = IndexSources.Root(options),
            FramesPerSecond = options.Fps ?? 25,
        };
    }
}
