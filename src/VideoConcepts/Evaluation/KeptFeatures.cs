using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Files;
using static TorchSharp.torch;

namespace VideoConcepts.Evaluation;

/// <summary>
/// A folder with one feature per video of each of several networks and lists, so that none is computed twice: NAME.npy
/// (float32, a row per video that is long enough), and NAME.json, which says of what
/// (<see cref="FeatureDescription"/>). What was stopped goes on. What this program did not make there is left alone;
/// where nothing can be kept, features are computed all the same.
/// </summary>
/// <param name="folder">The folder; null keeps nothing.</param>
/// <param name="say">Told where features come from, and why they are not kept.</param>
internal sealed class KeptFeatures(string? folder, Action<string> say)
{
    private const string MatrixSuffix = ".npy", PartialSuffix = ".npy.partial", DescriptionSuffix = ".json";
    private const int HashLength = 16;

    /// <summary>Features of a list's videos: those that are kept, or computed and kept.</summary>
    /// <param name="what">What they are; of other numbers, others are kept.</param>
    /// <param name="extractor">Cuts and decodes; of several processes the first one keeps.</param>
    /// <param name="batchSize">Its windows per forward pass.</param>
    /// <param name="videos">The list; too short ones are returned as dropped.</param>
    /// <param name="network">Clips (N, 3, T, H, W) → features (N, D).</param>
    /// <param name="progress">Told the number of clips done, after each batch.</param>
    /// <param name="stop">Stops between batches; the videos that are done are kept.</param>
    public FeatureTable Of(FeatureDescription what, FeatureExtractor extractor, int batchSize,
        IReadOnlyList<VideoEntry> videos, Func<Tensor, Tensor> network, IProgress<long>? progress = null,
        CancellationToken stop = default)
    {
        (IReadOnlyList<VideoEntry> kept, IReadOnlyList<VideoEntry> dropped) = extractor.Split(videos);
        int dimension = what.Dimension;
        var values = new float[FeatureTable.Length(kept, dimension)];
        using Entry? entry = extractor.Communicator.Rank == 0 ? Find(what, kept.Count) : null;
        int done = (int)extractor.Communicator.OfFirst(entry?.Read(values) ?? 0);
        if (done < kept.Count) Compute();
        else progress?.Report(extractor.CountWindows(kept));
        Share(extractor, values);
        return new FeatureTable(values, dimension, kept, dropped);

        void Compute()
        {
            var mean = new MeanFeature(dimension, unit: true);
            long before = extractor.CountWindows(new VideoSelection(kept, [.. Enumerable.Range(0, done)]));
            int row = -1, last = -1;
            // in the batches of a run that was not stopped: the last bits of some networks depend on them
            extractor.Visit(kept, network, (video, start, feature) =>
            {
                if (video < done) return;
                if (video != row) (row, last) = (video, LastStart(video));
                mean.Add(feature);
                if (start != last) return;
                Span<float> all = values.AsSpan(video * dimension, dimension);
                mean.Take(all);
                entry?.Append(all);
            }, before / batchSize * batchSize, progress, stop);
            entry?.Finish();
        }

        int LastStart(int video) =>
            EvaluationClips.WindowStarts(VideoSelection.Shots(kept, video), what.Clips)[^1];
    }

    /// <summary>The values of the first process, on all.</summary>
    private static void Share(FeatureExtractor extractor, float[] values)
    {
        if (extractor.Communicator.Size == 1) return;
        using Tensor all = extractor.Communicator.Rank == 0 ? RowTensor.Of(values, [values.Length])
            : zeros([values.Length], float32);
        extractor.Communicator.Sum(all);
        all.data<float>().CopyTo(values);
    }

    /// <summary>Null where nothing can be kept.</summary>
    private Entry? Find(FeatureDescription what, int rows)
    {
        if (folder is null) return null;
        try
        {
            OutputFolder.Open(folder, "the folder of kept features");
            string path = Directory.EnumerateFiles(folder, "*" + DescriptionSuffix).Order(StringComparer.Ordinal)
                .Where(file => FileStatus.Of(file) is { Kind: FileKind.Regular })
                .Where(file => FeatureFolder.TryDescribe(file)?.IsSame(what) == true)
                .Select(file => file[..^DescriptionSuffix.Length]).FirstOrDefault() ?? NameOf(what);
            if (!File.Exists(path + DescriptionSuffix))
            {
                string[] files = [path + DescriptionSuffix, path + MatrixSuffix, path + PartialSuffix];
                if (files.FirstOrDefault(OutputSet.IsTaken) is { } taken)
                    throw OutputSet.Foreign(taken, "videoconcepts");
                FeatureFolder.WriteDescription(path + DescriptionSuffix, what);
            }
            else if (FeatureFolder.TryDescribe(path + DescriptionSuffix)?.IsSame(what) != true)
            {
                throw OutputSet.Foreign(path + DescriptionSuffix, "videoconcepts");
            }

            return new Entry(path, rows, what.Dimension, say);
        }
        catch (Exception e) when (e is BadInputException or IOException or UnauthorizedAccessException)
        {
            say($"features are not kept: {ErrorText.Of(e)}");
            return null;
        }
    }

    private string NameOf(FeatureDescription what)
    {
        string key = string.Create(CultureInfo.InvariantCulture,
            $"{what.ModelHash}\n{what.Model}\n{what.ListHash}\n{what.Clips}\n{what.Precision}\n{what.FirstVideo}"
            + $"{what.View}");
        return Path.Combine(folder!, FileHash.OfText(key)[..HashLength]);
    }

    /// <summary>The files of one description, in the process that writes them.</summary>
    private sealed class Entry(string path, int rows, int dimension, Action<string> say) : IDisposable
    {
        private FileStream? _partial;

        /// <summary>Reads the videos that are done, and makes ready for the others; returns their number.</summary>
        public int Read(float[] values)
        {
            if (TryReadAll(values))
            {
                say($"features of before, kept in {path}{MatrixSuffix}");
                return rows;
            }

            try
            {
                _partial = new FileStream(path + PartialSuffix, FileMode.OpenOrCreate, FileAccess.ReadWrite,
                    FileShare.None, 1 << 16);
                return ReadPartial(values);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                GiveUp(e);
                return 0;
            }
        }

        private int ReadPartial(float[] values)
        {
            int row = dimension * sizeof(float);
            int done = (int)Math.Min(rows, Math.Max(0, _partial!.Length - NpyFile.HeaderLength) / row);
            byte[] header = NpyFile.Header(rows, dimension), there = new byte[header.Length];
            if (done > 0 && (_partial.ReadAtLeast(there, there.Length) < there.Length || !there.SequenceEqual(header)))
                done = 0;
            _partial.SetLength(NpyFile.HeaderLength + ((long)done * row));
            _partial.Position = 0;
            _partial.Write(header);
            _partial.Flush();
            ReadRows(_partial, values, done);
            return done;
        }

        // row by row: a span of bytes ends at 2 GB, the features of a large list do not
        private void ReadRows(FileStream stream, float[] values, int count)
        {
            for (int row = 0; row < count; row++)
                NpyFile.ReadRow(stream, values.AsSpan(row * dimension, dimension));
        }

        public void Append(ReadOnlySpan<float> feature)
        {
            try
            {
                _partial?.Write(MemoryMarshal.AsBytes(feature));
            }
            catch (IOException full)
            {
                GiveUp(full);
            }
        }

        public void Finish()
        {
            try
            {
                if (_partial is null) return;
                _partial.Flush(flushToDisk: true);
                _partial.Dispose();
                File.Move(path + PartialSuffix, path + MatrixSuffix, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                GiveUp(e);
            }
        }

        /// <summary>The disk is full, or another command computes the same: what it writes stays its own.</summary>
        private void GiveUp(Exception why)
        {
            say($"features are not kept: {ErrorText.Of(why)}");
            FileStream? own = _partial;
            _partial = null;
            if (own is null) return;
            try
            {
                own.SetLength(0); // also drops what is still to be written
                own.Dispose();
            }
            catch (IOException)
            {
                // It could not be written before.
            }
        }

        public void Dispose() => _partial?.Dispose();

        private bool TryReadAll(float[] values)
        {
            if (!File.Exists(path + MatrixSuffix)) return false;
            try
            {
                (FileStream stream, long found, int columns) = NpyFile.Open(path + MatrixSuffix);
                using (stream)
                {
                    if (found != rows || columns != dimension) return false;
                    ReadRows(stream, values, rows);
                    return true;
                }
            }
            catch (BadInputException damaged)
            {
                say($"computed again: {damaged.Message}");
                return false;
            }
        }
    }
}
