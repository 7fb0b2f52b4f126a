using System.Globalization;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
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
        if (!Directory.Exists(options.Videos))
            throw new BadInputException(
                $"There is no folder {options.Videos}; give the folder of the videos with ‹videos›.");
        TimeProvider clock = TimeProvider.System;
        long begin = clock.GetTimestamp();
        string file = Path.Combine(options.Out, LearnPlan.FileName);
        var chooser = new LearnChooser(options.Given);
        PreparationOptions preparation = Frames(options, chooser.ShortSide);
        preparation.Validate();
        OutputFolder.Open(options.Out, "‹out›");
        LearnPlan? plan = LearnPlan.Read(options.Out);
        // a report of later on knows itself what it may take the place of
        string[] reports = plan is not null ? []
            : [Path.Combine(options.Out, "report.html"), Path.Combine(options.Out, "report.json")];
        OutputSet claimed = OutputSet.Claim(new Origin("learn", [Source.Folder("videos", options.Videos)]), file, reports,
            []);
        plan?.RequireSame(options);
        double frames = 0;
        if (plan is null)
        {
            RunFolder.Check(Run(options), []);
            string list = Prepare(options, preparation, work, observer, stop);
            frames = clock.GetElapsedTime(begin).TotalSeconds;
            plan = Plan(options, chooser, list, work, clock, stop);
            claimed.Write(plan.ToJson());
        }
        else
        {
            work.Say($"going on with what {file} says");
        }
        observer?.Chosen(plan.Choices);
        var judge = new Judge();
        TrainOptions training = plan.Training with { Resume = "auto" };
        TrainingRun.Run(training.Validated(), work, observer is null ? [judge] : [judge, observer], stop).Dispose();
        WrittenReport report = Report(options, plan, work, stop);
        return new LearnResult(plan.Choices, Path.Combine(training.Out, Checkpoint.FileName), report, judge.Verdict,
            Lists(options), (frames, clock.GetElapsedTime(begin).TotalSeconds - frames));
    }

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
        Frames = new FrameOptions { ShortSide = shortSide, Pack = true, Tolerate = options.Tolerate },
    };

    /// <summary>Takes the frames of all videos; returns the list of those that have some.</summary>
    private static string Prepare(LearnOptions options, PreparationOptions frames, WorkContext work,
        ILearnObserver? observer, CancellationToken stop)
    {
        Ffmpeg ffmpeg = Ffmpeg.FindAsync(options.Ffmpeg, stop).GetAwaiter().GetResult();
        var preparation = new DatasetPreparation(ffmpeg, frames);
        PreparationResult result = work.Track("take frames", 1, tell => preparation.RunAsync(
            new InlineProgress<PreparationProgress>(p => tell((p.Done + p.Skipped + p.Failed + p.NoVideo) / (p.Total + 1.0),
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
        return new LearnPlan(options.Minutes, options.Given, chooser.Choices, chosen.Validated(), left);
    }

    private static void WarnOfFew(ClipLoader loader, WorkContext work)
    {
        if (loader.LeftOut.Count > 0)
            work.Say($"{loader.LeftOut.Count} videos are too short: clips need more than {loader.FramesNeeded} frames "
                + "without a cut");
        if (loader.Usable < LearnChooser.FewVideos)
            work.Say($"{loader.Usable} videos are few: what is learned tells these apart, and will say little of others; "
                + "cut long videos into parts, or add some");
    }

    /// <summary>Seconds for the page: each window goes through the network some four times, a step trains on three views
    /// of each clip, forward and twice as long backward.</summary>
    private static double ReportTime(int videos, double secondsPerStep, TrainOptions training)
    {
        double window = secondsPerStep / (training.TrainBatch * training.Sample * 3 * 3);
        return ReportSeconds + (4 * Windows * videos * window * 1.5);
    }

    /// <summary>A list of every n-th video, so that two looks at each fit.</summary>
    private static string Some(LearnOptions options, IReadOnlyList<VideoEntry> videos, TrainOptions training,
        double steps)
    {
        int count = (int)Math.Clamp(steps / 2 * training.TrainBatch, 2 * training.TrainBatch, videos.Count);
        return Spread(videos, count, Path.Combine(Data(options), "some.csv"));
    }

    private static string Spread(IReadOnlyList<VideoEntry> videos, int count, string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))! + Path.DirectorySeparatorChar;
        VideoList.Write(file, Enumerable.Range(0, count).Select(i => videos[(int)((long)i * videos.Count / count)])
            .Select(video => new VideoRow(video.Path.StartsWith(folder, StringComparison.Ordinal)
                ? video.Path[folder.Length..] : video.Path, video.FrameCount, video.Label)));
        return file;
    }

    private static WrittenReport Report(LearnOptions options, LearnPlan plan, WorkContext work, CancellationToken stop)
    {
        string list = Lists(options)[^1]; // with labels, if there are any
        IReadOnlyList<VideoEntry> videos = VideoList.Read(list, acrossCuts: true).Videos;
        int stride = (int)Math.Max(1, Math.Round((plan.Training.RateMin + plan.Training.Rate) / 2));
        int shown = VideoSelection.Longer(videos, (plan.Training.Seq * stride) - 1).Longer.Count;
        if (videos.Count > MostShown) list = Spread(videos, MostShown, Path.Combine(Data(options), "shown.csv"));
        return RunReport.Write(new RunReportOptions
        {
            Checkpoint = plan.Training.Out,
            List = list,
            FrameStride = stride,
            TimeCues = shown >= TimeCueStudy.FewestVideos,
            Windows = Windows,
            Device = plan.Training.Device,
            Workers = Math.Max(1, plan.Training.Workers),
            AcrossCuts = plan.Training.AcrossCuts,
            Out = Path.Combine(options.Out, "report.html"),
            Command = options.Command,
        }, work, stop);
    }

    private sealed class Judge : ITrainingObserver
    {
        public LearningVerdict? Verdict { get; private set; }

        public void Judged(LearningVerdict verdict) => Verdict = verdict;
    }
}
