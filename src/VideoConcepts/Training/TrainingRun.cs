using System.Globalization;
using TorchSharp;
using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Training.Import;

namespace VideoConcepts.Training;

/// <summary>A pretraining run from options to a saved model: list, loader, model, objective, loop.</summary>
public static class TrainingRun
{
    /// <summary>What progress calls the training itself.</summary>
    internal const string Part = "train";

    private const string Verdict = "what was learned";

    /// <summary>
    /// Trains without labels: saves after every epoch and when stopped, keeps a log, and returns the trained model,
    /// which the caller disposes.
    /// </summary>
    /// <param name="options">The run: its list, its folder, its net and all numbers.</param>
    /// <param name="observers">Told of every step, interval and evaluation.</param>
    /// <param name="work">Who is told how far it is, and the processes that train together.</param>
    /// <param name="stop">Asks for an end after the step under way.</param>
    /// <exception cref="BadInputException">An option or the list is wrong, or the folder holds another run, or
    /// something that no run made; nothing was changed.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the model so far is saved.</exception>
    /// <exception cref="TrainingFailedException">The loss is not finite any more, or the disk took no
    /// checkpoint.</exception>
    public static IVideoModel Train(TrainOptions options, IReadOnlyList<ITrainingObserver>? observers = null,
        WorkContext? work = null, CancellationToken stop = default) =>
        Run(options.Validated(), work ?? new WorkContext(), observers ?? [], stop);

    /// <summary>As <see cref="Train(TrainOptions, IReadOnlyList{ITrainingObserver}, WorkContext, CancellationToken)"/>,
    /// of classifiers too, and into a folder that the caller may hold.</summary>
    internal static IVideoModel Run(TrainOptions options, WorkContext work, IReadOnlyList<ITrainingObserver> observers,
        CancellationToken stop, RunFolder? folder = null)
    {
        ICommunicator ranks = work.Communicator;
        TimeProvider clock = TimeProvider.System;
        ClipLoader loader = OpenLoader(options, ranks);
        var start = new RunStarted(options, loader.Usable, loader.LeftOut.Count, loader.BatchesPerEpoch, ranks.Size);
        foreach (ITrainingObserver observer in observers) observer.Started(start);
        IVideoModel? model = null;
        try
        {
            long began = clock.GetTimestamp();
            (long Bytes, TimeSpan Time) before = ranks.Traffic; // of an evaluation that trains several times
            var last = new LastInterval();
            model = Train(options, loader, clock, [last, new StepProgress(work), .. observers], stop, ranks, folder);
            work.Progress?.Report(new WorkProgress(Part, 1, 1));
            var end = new RunEnded(ranks.Traffic.Bytes - before.Bytes,
                (ranks.Traffic.Time - before.Time) / clock.GetElapsedTime(began));
            foreach (ITrainingObserver observer in observers) observer.Ended(end);
            if (last.Metrics is { } metrics && ranks.Rank == 0)
                Judge(model, options, metrics, loader, work, observers, stop);
            return model;
        }
        catch
        {
            model?.Dispose();
            throw;
        }
        finally
        {
            foreach ((VideoEntry video, string reason) in loader.Skipped)
                foreach (ITrainingObserver observer in observers) observer.Skipped(video, reason);
        }
    }

    /// <summary>The model is saved already: what goes wrong here is said, and no more.</summary>
    private static void Judge(IVideoModel model, TrainOptions options, IntervalMetrics last, ClipLoader loader,
        WorkContext work, IReadOnlyList<ITrainingObserver> observers, CancellationToken stop)
    {
        if (model is not ConceptModel concepts) return;
        try
        {
            LearningVerdict verdict = work.Track(Verdict, LearningVerdict.Clips(options, loader.Videos),
                bar => LearningVerdict.Of(concepts, options, last.Terms, loader.Videos,
                    work.Communicator.Size * options.TrainBatch, new InlineProgress<long>(n => bar(n, "")), stop));
            foreach (ITrainingObserver observer in observers) observer.Judged(verdict);
        }
        catch (Exception e) when (e is BadInputException or ArithmeticException)
        {
            work.Progress?.Report(new WorkProgress(Verdict, 1, 1));
            work.Say($"what was learned was not looked at: {ErrorText.Of(e)}");
        }
    }

    private sealed class StepProgress(WorkContext work) : ITrainingObserver
    {
        public void StepDone(long step, long totalSteps, double loss) =>
            work.Progress?.Report(new WorkProgress(Part, step, totalSteps,
                string.Create(CultureInfo.InvariantCulture, $"step {step}/{totalSteps}, loss {loss:F3}")));
    }

    private sealed class LastInterval : ITrainingObserver
    {
        public IntervalMetrics? Metrics { get; private set; }

        public void IntervalDone(IntervalMetrics metrics) => Metrics = metrics;
    }

    /// <summary>A fresh model of the run's method, from the options' seed.</summary>
    public static IVideoModel BuildModel(TrainOptions options)
    {
        IVideoModel model = Method.Of(options).Build(options);
        Initialization.Fill(model.Module, options.Seed);
        return model;
    }

    /// <summary>The list of a run, as it reads it.</summary>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    internal static VideoList List(TrainOptions options) => VideoList.Read(options.CsvFile, options.Root,
        requireLabels: options.Classifier is not null, options.AcrossCuts);

    /// <summary>
    /// The loader of a run. Touches no folder, so that bad input is found before anything is written.
    /// </summary>
    /// <exception cref="BadInputException">An option, the list or the number of usable videos is wrong.</exception>
    internal static ClipLoader OpenLoader(TrainOptions options, ICommunicator? ranks = null)
    {
        options = options.Validated();
        torch.Device device = ComputeDevice.Choose(options.Device);
        Tf32.Check(options, device);
        if (ranks is { Size: > 1 } && options.MaxBad > 0)
            throw new BadInputException("‹max_bad› needs a single process: the parts of a batch must be of one size. "
                + "Run validate on the list and mend it.");
        VideoList list = List(options);
        IReadOnlyList<VideoEntry> videos = list.Videos;
        var loader = new ClipLoader(videos, Method.Of(options).Clips(options), FrameReaders.Create,
            Loading(options, ranks ?? new SingleProcess(), device))
        { List = list };
        if (loader.LeftOut.Count > options.MaxShort * videos.Count)
            throw new BadInputException(
                $"{options.CsvFile}: {loader.LeftOut.Count} of {videos.Count} videos are too short, a run needs more "
                + $"than {loader.FramesNeeded} frames of each; "
                + $"the first one in line {loader.LeftOut[0].Line}; ‹max_short› {options.MaxShort} allows fewer.");
        if (options.Init is { } weights && !(options.Resume == "auto" && RunFolder.HoldsRun(options.Out))
            && !File.Exists(RunFolder.FileOf(weights)) && !Directory.Exists(weights))
            throw new BadInputException($"{weights}: there is no such file; check the path"
                + (PretrainedWeights.Names is { Count: > 0 } names ? $", or give {string.Join(", ", names)}." : "."));
        Method.CheckProcesses(options, ranks?.Size ?? 1);
        if (options.EvalCsv is not null) EvaluationList.Check(options, ranks ?? new SingleProcess());
        return loader;
    }

    /// <summary>How a run that computes on <paramref name="device"/> loads.</summary>
    internal static LoaderOptions Loading(TrainOptions options, ICommunicator ranks, torch.Device device) => new()
    {
        BatchSize = options.TrainBatch,
        Workers = options.Workers,
        Seed = options.Seed,
        MaxBad = options.MaxBad,
        ProcessRank = ranks.Rank,
        ProcessCount = ranks.Size,
        Pinned = device.type == DeviceType.CUDA,
    };

    /// <summary>
    /// Trains, saves after every epoch and when stopped; returns the trained model, which the caller disposes.
    /// </summary>
    /// <param name="options">The run.</param>
    /// <param name="loader">Of <see cref="OpenLoader"/>.</param>
    /// <param name="clock">Measures.</param>
    /// <param name="observers">Told of every step, interval and evaluation.</param>
    /// <param name="stop">Asks for an end after the step under way.</param>
    /// <param name="ranks">The processes that train together; null: this one alone.</param>
    /// <param name="folder">The folder <see cref="TrainOptions.Out"/>, if the caller holds it already; it stays the
    /// caller's.</param>
    /// <exception cref="BadInputException">The folder holds another run, or something that no run made.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was asked for; the model so far is
    /// saved.</exception>
    internal static IVideoModel Train(TrainOptions options, ClipLoader loader, TimeProvider clock,
        IEnumerable<ITrainingObserver> observers, CancellationToken stop = default, ICommunicator? ranks = null,
        RunFolder? folder = null)
    {
        ranks ??= new SingleProcess();
        Method.CheckProcesses(options, ranks.Size);
        VideoList list = loader.List ?? List(options);
        (string listHash, string cutsHash) = (list.Hash(), list.CutsHash());
        Agreement.Check(options, listHash, ranks);
        bool first = ranks.Rank == 0; // logs and saves
        if (options.Threads > 0) torch.set_num_threads(options.Threads);
        else Launch.ShareCores(ranks);
        using RunFolder? opened = first && folder is null ? new RunFolder(options.Out, options.Keep) : null;
        folder ??= opened;
        ResumedRun? resumed = ResumedRun.Find(options, ranks.Size, cutsHash);
        if (resumed is not null) options = options with { Init = null }; // it has its weights
        folder?.Claim(Inputs(options), resumed?.IsIn(options.Out) == true ? resumed.Path : null);
        torch.Device device = ComputeDevice.Choose(options.Device);
        Tf32.Check(options, device);
        Tf32.Allowed = options.Tf32;
        options = options with
        {
            Precision = resumed?.Precision ?? PrecisionChoice.Resolve(options.Precision, device.type, ranks)
        };
        CudnnBenchmark.Choose(device, PrecisionChoice.Parse(options.Precision)); // all batches have one shape
        IVideoModel model = BuildModel(options);
        try
        {
            model.Module.to(device);
            KeyReport? started = options.Init is { } weights ? Checkpoint.Init(weights, model) : null;
            if (started is not null)
                foreach (ITrainingObserver observer in observers) observer.Initialised(started);
            // Only now, when nothing is left to be refused: what stands in the folder may be another run's.
            if (first) RunDescription.Write(options.Out, options);
            Train(options, model, loader, (listHash, cutsHash), folder, resumed, clock, observers, stop, ranks);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The files that a run reads.</summary>
    private static IEnumerable<InputFile> Inputs(TrainOptions options)
    {
        yield return new("the list of videos", options.CsvFile);
        if (options.EvalCsv is { } list) yield return new("the list for evaluation", list);
        if (options.Init is { } weights) yield return new("the weights to start from", RunFolder.FileOf(weights));
    }

    private static void Train(TrainOptions options, IVideoModel model, ClipLoader loader,
        (string List, string Cuts) hashes, RunFolder? folder, ResumedRun? resumed, TimeProvider clock,
        IEnumerable<ITrainingObserver> observers, CancellationToken stop, ICommunicator ranks)
    {
        Method method = Method.Of(options);
        IObjective objective = method.Objective(options, model, new SplitBatch(ranks, options.SyncBn));
        RunPosition from = resumed?.Run.Position ?? default;
        bool goesOnThere = resumed?.IsIn(options.Out) == true; // else what stands in the folder is of another run
        using MetricsLog? metrics = folder is null ? null
            : new MetricsLog(Path.Combine(options.Out, MetricsLog.FileName), goesOnThere ? from.Step : 0);
        ITrainingObserver[] listeners = metrics is null
            ? []
            : [metrics, new TensorBoardLog(Path.Combine(options.Out, TensorBoardLog.FolderName)), .. observers];
        // All processes evaluate together, unless each has statistics of its own: then it is done with those that
        // are saved.
        bool together = options.SyncBn || ranks.Size == 1;
        VideoList? labelled = options.EvalCsv is null ? null : EvaluationList.Read(options);
        PeriodicEvaluation? evaluation = labelled is null || (metrics is null && !together) ? null
            : new PeriodicEvaluation(options, objective, method, labelled, metrics, () => folder?.KeepAsBest(),
                listeners, together ? ranks : new SingleProcess(), model.Backbone.Device);
        using var trainer = new Pretrainer(options, objective, loader, clock,
            evaluation is null ? listeners : [.. listeners, evaluation])
        { Communicator = ranks };
        TrainerState state = trainer.State;
        if (labelled is not null && EvaluationList.Shared(options, labelled, loader.Videos) is { } shared)
            foreach (ITrainingObserver observer in listeners) observer.Warned(shared);
        string rowsHash = FileHash.Of(options.CsvFile);
        string identity = resumed is not null ? RunIdentity.Of(resumed.Path)
            : RunIdentity.Of(options, hashes.List, options.Init is { } weights ? FileHash.Of(RunFolder.FileOf(weights))
                : null);
        if (resumed is not null)
        {
            Checkpoint.Resume(resumed.Path, model, state, resumed.Run);
            if (goesOnThere) folder?.Continue(resumed.Path, from.Step);
            else Save(from); // from here on the folder is this run's
            foreach (ITrainingObserver observer in listeners) observer.Resumed(resumed.Told);
        }
        trainer.Run(Save, stop, from);

        void Save(RunPosition at) => folder?.Save(at.Step, path => Checkpoint.Save(path, model, options, at.Epoch,
            new RunState(at, rowsHash, state.Sums, state.Steps, RunDescription.Version,
                ranks.Size)
            { Identity = identity, CutsHash = hashes.Cuts }, state));
    }
}
