using System.Collections.Concurrent;
using System.Security.Cryptography;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Files;

namespace VideoConcepts.Search;

/// <summary>A video on its way into a library: one thread decodes it, another takes its moments.</summary>
internal sealed class IndexJob(IndexSource source, LibraryVideo? before) : IDisposable
{
    private readonly BlockingCollection<ReadMoment> _moments = new(IndexRun.MomentsAhead);
    private readonly TaskCompletionSource<(LibraryVideo Video, IndexOutcome Outcome)> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private double? _length;

    /// <summary>What it counts for in the progress: its bytes, or frames.</summary>
    public long Weight { get; } = Math.Max(1, source.Stamp()?.Size ?? 1);

    /// <summary>Its path in the library.</summary>
    public string Path => source.Path;

    /// <summary>Whether another process did it since this one read the library.</summary>
    /// <param name="now">What the library has of it now.</param>
    public bool IsDoneBy(LibraryVideo now) =>
        now.Id != before?.Id || (source.Stamp() == (now.Size, now.Modified) && now.Tag == source.Tag);

    /// <summary>Moments that were given to the network.</summary>
    public int Given { get; private set; }

    /// <summary>What share of it the moments up to a time are; 0 where its length is not known.</summary>
    public double Share(double time) => _length is > 0 and var length ? Math.Clamp(time / length, 0, 1) : 0;

    /// <summary>Seconds of a share of it.</summary>
    public double Seconds(double share) => share * (_length ?? 0);

    /// <summary>Takes the moments as they are decoded.</summary>
    public IEnumerable<ReadMoment> Moments(CancellationToken stop)
    {
        foreach (ReadMoment moment in _moments.GetConsumingEnumerable(stop))
        {
            Given++;
            yield return moment;
        }
    }

    /// <summary>What came of it; there after the last moment.</summary>
    public (LibraryVideo Video, IndexOutcome Outcome) Result(CancellationToken stop)
    {
        _result.Task.Wait(stop);
        return _result.Task.GetAwaiter().GetResult();
    }

    /// <summary>Decodes it. Never throws: whoever takes the moments is told.</summary>
    public async Task DecodeAsync(LibraryHeader header, Ffmpeg? ffmpeg, int threads, IFrameReader? reader,
        CancellationToken stop)
    {
        try
        {
            _result.SetResult(await ReadAsync(header, ffmpeg, threads, reader, stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            _result.SetCanceled(CancellationToken.None);
        }
        catch (Exception e)
        {
            _result.SetException(e);
        }
        _moments.CompleteAdding();
    }

    /// <summary>Nobody takes the moments any more.</summary>
    public void Abandon() => _result.TrySetCanceled();

    public void Dispose() => _moments.Dispose();

    private async Task<(LibraryVideo Video, IndexOutcome Outcome)> ReadAsync(LibraryHeader header, Ffmpeg? ffmpeg,
        int threads, IFrameReader? reader, CancellationToken stop)
    {
        if (source.Stamp() is not { } stamp) return Failed((0, 0), "", "it is not there, or a link to nothing");
        // beside the decoder; a file that has changed since the last time is looked at first: it may be the same
        Task<string> hashing = Task.Run(() => Hash(stop), CancellationToken.None);
        try
        {
            // what failed may have failed for another reason than its contents: it is tried again
            if (before is not null && !before.IsFailed && await hashing.ConfigureAwait(false) == before.Hash
                && (source.Row is null || before.Frames == source.Row.FrameCount))
                return (before with { Size = stamp.Size, Modified = stamp.Modified, Tag = source.Tag },
                    IndexOutcome.Unchanged);
            (ReadVideo read, bool isNoVideo) = await DecodeAllAsync(header, ffmpeg, threads, reader, stop)
                .ConfigureAwait(false);
            string hash = await hashing.ConfigureAwait(false);
            if (source.Stamp() != stamp) return Failed(stamp, "", "it was changed while it was read");
            if (read.Error is { } error)
                return isNoVideo
                    ? (Video(stamp, hash) with { Kind = VideoKind.NoVideo, Error = error }, IndexOutcome.NoVideo)
                    : Failed(MayPass(error) ? (stamp.Size, 0) : stamp, hash, error);
            LibraryVideo video = Video(stamp, hash) with
            {
                Frames = read.Frames,
                Duration = read.Duration,
                Moments = _count,
            };
            return _count > 0 ? (video, IndexOutcome.Indexed) : (video with
            {
                Error = $"it has {read.Frames} frames; a moment needs {header.FrameStride + 1} or more",
            }, IndexOutcome.TooShort);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadInputException)
        {
            // what cannot be read now may be readable later, without a change of the file
            return Failed(e is BadInputException ? stamp : (stamp.Size, 0), "",
                VisibleText.Of(e.Message.ReplaceLineEndings(" ")));
        }
    }

    // Nothing that the file's contents are to blame for.
    private static bool MayPass(string error) => error == FrameExtractor.NoToneMapping
        || error.StartsWith("ffmpeg ", StringComparison.Ordinal)
        || error.Contains("Cannot allocate memory", StringComparison.Ordinal);

    /// <summary>What the library has of it; null: nothing.</summary>
    public LibraryVideo? Before => before;

    private int _count;

    private async Task<(ReadVideo Read, bool IsNoVideo)> DecodeAllAsync(LibraryHeader header, Ffmpeg? ffmpeg,
        int threads, IFrameReader? reader, CancellationToken stop)
    {
        var moments = new MomentReader(header, ffmpeg, threads);
        if (source.Row is { } row)
        {
            _length = row.FrameCount / header.FramesPerSecond;
            return (moments.ReadFrames(row, reader!, Give, stop), false);
        }
        return await moments.ReadFileAsync(source.File, Give, seconds => _length = seconds, stop).ConfigureAwait(false);

        void Give(ReadMoment moment)
        {
            _moments.Add(moment, stop);
            _count++;
        }
    }

    private LibraryVideo Video((long Size, long Modified) stamp, string hash) => new()
    {
        Path = source.Path,
        RawPath = source.RawPath,
        Kind = source.Row is null ? VideoKind.File : VideoKind.Frames,
        Size = stamp.Size,
        Modified = stamp.Modified,
        Hash = hash,
        Tag = source.Tag,
    };

    private (LibraryVideo, IndexOutcome) Failed((long Size, long Modified) stamp, string hash, string error) =>
        (Video(stamp, hash) with { Error = error }, IndexOutcome.Failed);

    private string Hash(CancellationToken stop)
    {
        if (source.Row is { } row) return FileHash.OfText(VideoContents.Of([[row]], keep: false, stop: stop).Of(row));
        using var stream = new FileStream(source.File.Open(), FileAccess.Read, 1 << 20);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            stop.ThrowIfCancellationRequested();
            hash.AppendData(buffer.AsSpan(0, read));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
