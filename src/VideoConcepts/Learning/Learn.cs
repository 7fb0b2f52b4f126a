using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Evaluation;
using VideoConcepts.Files;
using VideoConcepts.Models;
using VideoConcepts.Reports;
using VideoConcepts.Training;

namespace VideoConcepts.Learning;

/// <summary>What was learned from a folder of videos, and where it is.</summary>
/// <param name="Choices">How it was learned.</param>
/// <param name="Checkpoint">The model.</param>
/// <param name="Report">The page, and its figures.</param>
/// <param name="Verdict">What was learned, told without labels; null of a method without concepts.</param>
/// <param name="Lists">The lists of the videos' frames.</param>
/// <param name="Seconds">What the frames took, and what training and report took.</param>
public sealed record LearnResult(IReadOnlyList<LearnChoice> Choices, string Checkpoint, WrittenReport Report,
    LearningVerdict? Verdict, IReadOnlyList<string> Lists, (double Frames, double Learning) Seconds);

/// <summary>A folder of videos → frames → a model and a report, in the time there is.</summary>
public static class Learn
{
    private const string SomeName = "learn-some.csv", ShownName = "learn-shown.csv";
    private const int MostShown = 500, Windows = 2;
    private const double ReportSeconds = 15; // beside what the network computes for it

    /// <summary>
    /// Takes the frames, chooses network, clips and schedule from the videos and the machine, trains and writes the
    /// report. What was stopped goes on, with the same choices, when it is called again.
    /// </summary>
    /// <param name="options">The videos, the folder and the time.</param>
    /// <param name="work">Who is told how it goes.</param>
    /// <param name="observer">Told of the frames, of the choices and of the training.</param>
    /// <param name="stop">Stops; what is done stays for the next call.</param>
    /// <exception cref="BadInputException">An option or the folder is wrong, or too few videos can be used.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static LearnResult Run(LearnOptions options, WorkContext? work = null,
        ILearnObserver? observer = null, CancellationToken stop = default)
    {
        work ??= new WorkContext();
        work.RefuseSeveral("learn");
        if (!(options.Minutes is >= 0.1 and <= 100_000))
            throw new BadInputException($"‹minutes› {options.Minutes}: must be 0.1 to 100000.");
        LibTorch.Require();
        TimeProvider clock = TimeProvider.System;
        long begin = clock.GetTimestamp();
        string file = Path.Combine(options.Out, LearnPlan.FileName);
        var chooser = new LearnChooser(options.Given);
        PreparationOptions preparation = Frames(options, chooser.ShortSide);
        preparation.Validate();
        LearnPlan? plan = LearnPlan.Read(options.Out);
        if (plan is null && !Directory.Exists(options.Videos))
            throw new BadInputException(
                $"There is no folder {options.Videos}; give the folder of the videos with ‹videos›.");
        OutputFolder.Open(options.Out, "‹out›");
        using IDisposable only = FolderLock.Take(options.Out, ".learn.lock");
        OutputSet claimed = Claim(options, plan);
        plan?.RequireSame(options);
        double frames = 0;
        if (plan is null)
        {
            RunFolder.Check(Run(options), []);
            claimed.Write(new JsonObject { ["finished"] = false }); // from here on what is in the folder is learn's
            string list = Prepare(options, preparation, work, observer, stop);
            frames = clock.GetElapsedTime(begin).TotalSeconds;
            plan = Plan(options, chooser, list, work, clock, stop);
            Claim(options, plan).Write(plan.ToJson());
        }
        else
        {
            work.Say($"going on with what {file} says");
        }
        observer?.Chosen(plan.Choices);
        var judge = new Judge();
        TrainOptions training = InPlace(plan.Training, options);
        if (RunFolder.HoldsRun(training.Out)) training = training with { Resume = "auto", Init = null };
        else if (!options.Given.ContainsKey("init") && training.Init is { } chosen)
            training = training with { Init = PretrainedWeights.Find(chosen) }; // whatever has that name here
        string checkpoint = Path.Combine(training.Out, Checkpoint.FileName);
        LearningVerdict? verdict;
        using (IVideoModel model =
            TrainingRun.Run(training.Validated(), work, observer is null ? [judge] : [judge, observer], stop))
            // of a run that was at its end already it is not said again
            verdict = judge.Verdict
                ?? LearningVerdict.OfRun(checkpoint, model, TrainingRun.List(training).Videos, null, stop);
        WrittenReport report = Report(options, training, work, stop);
        return new LearnResult(plan.Choices, checkpoint, report, verdict, Lists(options),
            (frames, clock.GetElapsedTime(begin).TotalSeconds - frames));
    }

    /// <summary>Looks at what is in the folder; writes nothing.</summary>
    private static OutputSet Claim(LearnOptions options, LearnPlan? plan)
    {
        string file = Path.Combine(options.Out, LearnPlan.FileName);
        bool begun = plan is not null || OutputSet.ReadJson(file)?.ContainsKey("finished") == true;
        if (!begun && Directory.Exists(Data(options)) && Directory.EnumerateFileSystemEntries(Data(options)).Any())
            throw new BadInputException(
                $"{Data(options)}: is there already, and learn did not make it; move it away or choose another ‹out›.");
        // what comes later on is this command's own when it goes on
        string[] later = begun ? [] : [.. ((string[])["report.html", "report.json", SomeName, ShownName])
            .Select(name => Path.Combine(options.Out, name))];
        return OutputSet.Claim(new Origin("learn", [Source.Folder("videos", options.Videos)]), file, later, []);
    }

    /// <summary>The run with its folder and list where they lie now.</summary>
    private static TrainOptions InPlace(TrainOptions training, LearnOptions options) => training with
    {
        Out = Run(options),
        CsvFile = Path.Combine(training.CsvFile == SomeName ? options.Out : Data(options), training.CsvFile),
    };

    private static string Run(LearnOptions options) => Path.Combine(options.Out, "run");

    private static string Data(LearnOptions options) => Path.Combine(options.Out, "data");

    private static string[] Lists(LearnOptions options) =>
        [.. ((string[])["videos.csv", "labelled.csv"]).Select(name => Path.Combine(Data(options), name))
            .Where(File.Exists)];

    private static PreparationOptions Frames(LearnOptions options, int shortSide) => new()
    {
        Videos = options.Videos,
        Output = Data(options),
        Jobs = options.Jobs,
        ForLearn = true,
        Frames = new FrameOptions { ShortSide = shortSide, Pack = true, Tolerate = options.Tolerate },
    };

    /// <summary>Takes the frames of all videos; returns the list of those that have some.</summary>
    private static string Prepare(LearnOptions options, PreparationOptions frames, WorkContext work,
        ILearnObserver? observer, CancellationToken stop)
    {
        Ffmpeg ffmpeg = Ffmpeg.FindAsync(options.Ffmpeg, stop).GetAwaiter().GetResult();
        var preparation = new DatasetPreparation(ffmpeg, frames);
        PreparationResult result = work.Track("take frames", 1, tell => preparation.RunAsync(
            new InlineProgress<PreparationProgress>(p => tell(
                (p.Done + p.Skipped + p.Failed + p.NoVideo) / (p.Total + 1.0),
                $"{p.Done + p.Skipped} of {p.Total} videos, {p.Frames} frames, {p.Failed} failed")), stop)
            .GetAwaiter().GetResult());
        observer?.Prepared(result);
        string list = Path.Combine(Data(options), "videos.csv");
        return File.Exists(list) ? list
            : throw new BadInputException($"{options.Videos}: of no video could frames be taken; see {result.Report}.");
    }

    private static LearnPlan Plan(LearnOptions options, LearnChooser chooser, string list, WorkContext work,
        TimeProvider clock, CancellationToken stop)
    {
        long begin = clock.GetTimestamp();
        IReadOnlyList<VideoEntry> videos = VideoList.Read(list, acrossCuts: chooser.Options.AcrossCuts).Videos;
        VideoStatistics statistics = work.Track("look at videos", 1,
            _ => VideoStatistics.Of(videos, FrameReaders.Create, stop));
        chooser.ChooseClips(statistics, frames => VideoSelection.Longer(videos, frames).Longer.Count);
        TrainOptions training = chooser.Options with { CsvFile = list, Out = Run(options) };
        ClipLoader loader = TrainingRun.OpenLoader(training); // refuses too few videos in words
        WarnOfFew(loader, work);
        double seconds = options.Given.ContainsKey("epoch") ? 0 : work.Track("time steps", 1, tell =>
            StepTiming.Measure(training, TimeSpan.FromMinutes(options.Minutes / 20), clock,
                (done, all) => tell(done / (all + 1.0), $"step {done} of {all}"), stop));
        int shown = Math.Min(MostShown, videos.Count);
        double left = (60 * options.Minutes) - clock.GetElapsedTime(begin).TotalSeconds
            - ReportTime(shown, seconds, training);
        int steps = loader.BatchesPerEpoch;
        if (steps * seconds > left && seconds > 0)
        {
            training = training with { CsvFile = Some(options, videos, training, left / seconds) };
            steps = TrainingRun.OpenLoader(training).BatchesPerEpoch;
            work.Say(string.Create(CultureInfo.InvariantCulture, $"one look at all {videos.Count} videos takes longer "
                + $"than {options.Minutes} minutes: {steps * training.TrainBatch} of them are learned from; give more "
                + $"‹minutes› for all"));
        }
        chooser.ChooseEpochs(steps, seconds, left);
        TrainOptions chosen = chooser.Options with { CsvFile = training.CsvFile, Out = training.Out };
        return new LearnPlan(options.Minutes, options.Tolerate, options.Given, chooser.Choices,
            chosen.Validated() with { CsvFile = Path.GetFileName(chosen.CsvFile), Out = "" });
    }

    private static void WarnOfFew(ClipLoader loader, WorkContext work)
    {
        if (loader.LeftOut.Count > 0)
            work.Say($"{loader.LeftOut.Count} videos are too short: clips need more than {loader.FramesNeeded} frames "
                + "without a cut");
        if (loader.Usable < LearnChooser.FewVideos)
            work.Say($"{loader.Usable} videos are few: what is learned tells these apart, and will say little of "
                + "others; cut long videos into parts, or add some");
    }

    /// <summary>Seconds for the page: each window goes through the network some four times, a step trains on three
    /// views of each clip, forward and twice as long backward.</summary>
    private static double ReportTime(int videos, double secondsPerStep, TrainOptions training)
    {
        double window = secondsPerStep / (training.TrainBatch * training.Sample * 3 * 3);
        return ReportSeconds + (4 * Windows * videos * window * 1.5);
    }

    /// <summary>A list of every n-th video, so that two looks at each fit.</summary>
    private static string Some(LearnOptions options, IReadOnlyList<VideoEntry> videos, TrainOptions training,
        double steps)
    {
        int least = Math.Min(2 * training.TrainBatch, videos.Count);
        int count = (int)Math.Clamp(steps / 2 * training.TrainBatch, least, videos.Count);
        return Spread(videos, count, Path.Combine(options.Out, SomeName));
    }

    private static string Spread(IReadOnlyList<VideoEntry> videos, int count, string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))! + Path.DirectorySeparatorChar;
        VideoList.Write(file, Enumerable.Range(0, count).Select(i => videos[(int)((long)i * videos.Count / count)])
            .Select(video => new VideoRow(video.Path.StartsWith(folder, StringComparison.Ordinal)
                ? video.Path[folder.Length..] : video.Path, video.FrameCount, video.Label)));
        return file;
    }

    private static WrittenReport Report(LearnOptions options, TrainOptions training, WorkContext work,
        CancellationToken stop)
    {
        string list = Lists(options)[^1]; // with labels, if there are any
        IReadOnlyList<VideoEntry> videos = VideoList.Read(list, acrossCuts: training.AcrossCuts).Videos;
        if (videos.Count > MostShown)
        {
            list = Spread(videos, MostShown, Path.Combine(options.Out, ShownName));
            videos = VideoList.Read(list, acrossCuts: training.AcrossCuts).Videos;
        }
        (int stride, int fitting) = Stride(videos, training);
        return RunReport.Write(new RunReportOptions
        {
            Checkpoint = training.Out,
            List = list,
            FrameStride = stride,
            TimeCues = fitting >= TimeCueStudy.FewestVideos,
            Windows = Windows,
            Device = training.Device,
            Workers = Math.Max(1, training.Workers),
            AcrossCuts = training.AcrossCuts,
            Out = Path.Combine(options.Out, "report.html"),
            Command = options.Command,
        }, work, stop);
    }

    /// <summary>The distance in the middle of those that were trained, or less, so that most videos have windows.
    /// </summary>
    private static (int Stride, int Fitting) Stride(IReadOnlyList<VideoEntry> videos, TrainOptions training)
    {
        int stride = (int)Math.Max(1, Math.Round((training.RateMin + training.Rate) / 2)), all = Fitting(1);
        while (stride > 1 && Fitting(stride) < Math.Max(2, 0.9 * all)) stride--;
        return (stride, Fitting(stride));

        int Fitting(int distance)
        {
            var clips = new ClipOptions { Frames = training.Seq, Size = training.ImgDim, FrameStride = distance };
            return videos.Count(video => !EvaluationClips.IsDropped(video.Shots, clips));
        }
    }

    private sealed class Judge : ITrainingObserver
    {
        public LearningVerdict? Verdict { get; private set; }

        public void Judged(LearningVerdict verdict) => Verdict = verdict;
    }
}
