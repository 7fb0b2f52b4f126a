namespace VideoConcepts.Data;

/// <summary>
/// Loads the batches of an epoch ahead of their use. Order and augmentation follow from seed, epoch and a video's
/// place in the list alone: batches are the same for any number of workers, and after a resume. N processes with
/// batch B see together, step by step, the videos that one process with batch N·B sees.
/// </summary>
internal sealed class ClipLoader
{
    private readonly IReadOnlyList<VideoEntry> _videos;
    private readonly IClipBuilder _builder;
    private readonly Func<IFrameReader> _readerFactory;
    private readonly LoaderOptions _options;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<int>? _usable; // places of the videos that are long enough; null: all are
    private readonly SortedDictionary<int, BadInputException> _skipped = [];
    private long _waitedTicks;

    /// <param name="videos">The list. Videos of <see cref="IClipBuilder.FramesNeeded"/> frames or fewer are left
    /// out.</param>
    /// <param name="builder">Makes a video's clips; shared by all threads.</param>
    /// <param name="readerFactory">Makes a reader for each thread; the loader disposes it.</param>
    /// <param name="options">Validated here.</param>
    /// <param name="time">The clock for <see cref="Waited"/>; the system's by default.</param>
    /// <exception cref="BadInputException">No video is usable, the usable ones do not fill one batch, or an option
    /// is out of range.</exception>
    public ClipLoader(IReadOnlyList<VideoEntry> videos, IClipBuilder builder, Func<IFrameReader> readerFactory,
        LoaderOptions options, TimeProvider? time = null)
    {
        (_videos, _builder, _readerFactory, _options) = (videos, builder, readerFactory, options);
        _time = time ?? TimeProvider.System;
        (IReadOnlyList<VideoEntry> usable, LeftOut) = VideoSelection.Longer(videos, builder.FramesNeeded);
        (Usable, _usable) = (usable.Count, (usable as VideoSelection)?.Places);
        options.Validate(videos.Count > 0 ? videos[0].ListFile : "video list", Usable, LeftOut.Count,
            builder.FramesNeeded);
        BatchesPerEpoch = Usable / options.ProcessCount / options.BatchSize;
    }

    /// <summary>
    /// The same for every process; the videos that do not fill a batch are dropped, other ones each epoch.
    /// </summary>
    public int BatchesPerEpoch { get; }

    /// <summary>The list.</summary>
    public IReadOnlyList<VideoEntry> Videos => _videos;

    /// <summary>The file that the list was read from, if there is one.</summary>
    internal VideoList? List { get; init; }

    /// <summary>How many videos of the list are long enough.</summary>
    public int Usable { get; }

    /// <summary>A video is used only if it has more frames than this.</summary>
    public int FramesNeeded => _builder.FramesNeeded;

    /// <summary>The videos that are too short, in the list's order.</summary>
    public IReadOnlyList<VideoEntry> LeftOut { get; }

    /// <summary>
    /// The videos that could not be read so far and why, in the list's order; see <see cref="LoaderOptions.MaxBad"/>.
    /// </summary>
    public IReadOnlyList<(VideoEntry Video, string Reason)> Skipped =>
        [.. _skipped.Select(s => (_videos[s.Key], s.Value.Message))];

    /// <summary>
    /// How long consumers have waited for data, over all epochs; without workers, all of the loading.
    /// </summary>
    public TimeSpan Waited => new(Interlocked.Read(ref _waitedTicks));

    /// <summary>
    /// The batches of an epoch in order, each to be disposed by the consumer. Threads run from the first request
    /// until the enumeration ends or its enumerator is disposed, as foreach does. An exception from the builder or
    /// reader arrives as it was thrown, after the batches before it.
    /// </summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="firstBatch">Batches to leave out at the start, for a resume.</param>
    /// <param name="firstStep">The run's number of the first step, from 0; null: as if all epochs had had as many
    /// batches.</param>
    public IEnumerable<ClipBatch> Epoch(int epoch, int firstBatch = 0, long? firstStep = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBatch, BatchesPerEpoch);
        long begin = (firstStep ?? (((long)epoch * BatchesPerEpoch) + firstBatch)) - firstBatch;
        return _options.Workers == 0 ? LoadHere(epoch, firstBatch, begin) : LoadAhead(epoch, firstBatch, begin);
    }

    private IEnumerable<ClipBatch> LoadAhead(int epoch, int firstBatch, long begin)
    {
        int[] order = Order(epoch);
        using var pipeline = new BatchPipeline(_options.Workers, _readerFactory,
            (batch, slot, reader) => Load(epoch, batch, slot, reader));
        int added = firstBatch;
        for (int number = firstBatch; number < BatchesPerEpoch; number++)
        {
            // Tensors are made on the consumer's thread, where they are disposed too: TorchSharp counts per thread.
            int end = (int)Math.Min((long)number + 1 + _options.Prefetch, BatchesPerEpoch);
            while (added < end) pipeline.Add(EmptyBatch(order, added, begin + added++));
            long start = _time.GetTimestamp();
            ClipBatch batch = Settle(pipeline.Take());
            AddWaited(start);
            yield return batch;
        }
    }

    private IEnumerable<ClipBatch> LoadHere(int epoch, int firstBatch, long begin)
    {
        int[] order = Order(epoch);
        using IFrameReader reader = _readerFactory();
        for (int number = firstBatch; number < BatchesPerEpoch; number++)
        {
            long start = _time.GetTimestamp();
            ClipBatch batch = EmptyBatch(order, number, begin + number);
            try
            {
                for (int slot = 0; slot < batch.Videos.Count; slot++) Load(epoch, batch, slot, reader);
            }
            catch
            {
                batch.Dispose();
                throw;
            }
            batch = Settle(batch);
            AddWaited(start);
            yield return batch;
        }
    }

    /// <summary>
    /// Leaves out what could not be read, as far as that is allowed. Runs in the order of the batches, whatever the
    /// threads' timing.
    /// </summary>
    private ClipBatch Settle(ClipBatch batch)
    {
        foreach ((int index, BadInputException reason) in batch.DropBad())
        {
            _skipped.TryAdd(index, reason);
            if (_skipped.Count <= _options.MaxBad) continue;
            batch.Dispose();
            throw new BadInputException(
                $"{_skipped.Count} videos cannot be read, ‹max_bad› allows {_options.MaxBad}; "
                + $"the last: {reason.Keyed}", reason);
        }
        if (batch.Videos.Count >= Math.Min(2, _options.BatchSize)) return batch;
        batch.Dispose();
        throw new BadInputException(
            $"of a batch of {_options.BatchSize} videos fewer than 2 can be read; "
            + $"run validate on the list, {_videos[0].ListFile}, and mend it.");
    }

    private void Load(int epoch, ClipBatch batch, int slot, IFrameReader reader)
    {
        var random = RandomStream.For(_options.Seed, epoch, batch.Indices[slot]);
        try
        {
            batch.Fill(slot, reader, ref random);
        }
        catch (BadInputException e) when (_options.MaxBad > 0)
        {
            batch.MarkBad(slot, e);
        }
    }

    /// <summary>Places in the list, in the order in which all processes together go through them.</summary>
    private int[] Order(int epoch)
    {
        int[] order = RandomStream.For(_options.Seed, epoch, -1).NextPermutation(Usable);
        for (int i = 0; _usable is not null && i < order.Length; i++) order[i] = _usable[order[i]];
        return order;
    }

    private ClipBatch EmptyBatch(int[] order, int number, long runStep)
    {
        var indices = new int[_options.BatchSize];
        for (int slot = 0; slot < indices.Length; slot++)
        {
            int step = (number * _options.BatchSize) + slot;
            indices[slot] = order[(step * _options.ProcessCount) + _options.ProcessRank];
        }
        return new ClipBatch(indices, [.. indices.Select(index => _videos[index])],
            _builder.At(runStep), _options.Pinned);
    }

    private void AddWaited(long start) => Interlocked.Add(ref _waitedTicks, _time.GetElapsedTime(start).Ticks);
}
