using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Evaluation;
using VideoConcepts.Learning;
using VideoConcepts.Search;
using VideoConcepts.Training;

namespace VideoConcepts.Cli;

/// <summary>learn: a folder of videos → frames → model → report, in the time there is.</summary>
internal static class LearnCommand
{
    public static Command Create()
    {
        var command = new Command("learn", "Learn from a folder of videos: takes their frames, chooses network, clips "
            + "and schedule for the time there is, trains, and writes a report. The same command goes on where it was "
            + "stopped. Each option of train that is given is taken as it is.");
        var videos = new Option<string>("--videos")
        {
            Description = "folder of videos, in whatever formats and sub-folders; labels from sub-folders, if each "
                + "video is in one, are used for figures alone",
            Required = true,
            HelpName = "folder",
        };
        var output = new Option<string>("--out")
        {
            Description = "folder for frames, model, report.html and library.db",
            Required = true,
            HelpName = "folder",
        };
        var minutes = new Option<double>("--minutes")
        {
            Description = "minutes for training and the report; taking the frames comes before, library.db behind",
            DefaultValueFactory = _ => LearnOptions.DefaultMinutes,
            HelpName = "number",
        };
        var jobs = new Option<int>("--jobs")
        {
            Description = "videos whose frames are taken at a time",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var ffmpeg = new Option<string?>("--ffmpeg")
        {
            Description = "the ffmpeg program, if it is not on PATH",
            HelpName = "file",
        };
        var tolerate = new Option<double>("--tolerate")
        {
            Description = "keep videos of which at most this share of the frames is damaged, 0 to below 1",
            HelpName = "share",
        };
        var noIndex = new Option<bool>("--no-index", "--no_index")
        {
            Description = "leave out the library of moments, library.db, that search finds",
        };
        foreach (Option option in (Option[])[videos, output, minutes, tolerate, noIndex, jobs, ffmpeg])
            command.Options.Add(option);
        var training = new TrainOptionSet(command, null, chosen: true, "csv_file", "root", "out", "resume",
            "distributed", "sync_bn", "eval_csv", "eval_every");
        command.SetAction((parsed, stop) =>
        {
            var options = new LearnOptions
            {
                Videos = parsed.GetRequiredValue(videos),
                Out = parsed.GetRequiredValue(output),
                Minutes = parsed.GetValue(minutes),
                Tolerate = parsed.GetValue(tolerate),
                Jobs = parsed.GetValue(jobs),
                Ffmpeg = parsed.GetValue(ffmpeg),
                Given = training.Given(parsed),
                Command = CommandLine.Words,
            };
            using var screen = new ScreenWork();
            try
            {
                if (!parsed.GetValue(noIndex)) LearnedLibrary.Claim(options);
                LearnResult learned = Learn.Run(options, screen.Context(), new LearnConsole(), stop);
                screen.Dispose();
                Show(learned, options);
                IndexResult? index = parsed.GetValue(noIndex) ? null
                    : LearnedLibrary.Build(options, learned, screen.Context(), stop);
                screen.Dispose();
                ShowNext(learned, options, index);
            }
            catch (OperationCanceledException)
            {
                Screen.Say("The same command goes on from here.");
                throw;
            }
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static void Show(LearnResult result, LearnOptions options)
    {
        if (result.Report.Classes is { } figures) Screen.Print(figures);
        if (result.Verdict is { } verdict) Screen.Print($"=> {verdict.Text}");
        Screen.Say(string.Create(CultureInfo.InvariantCulture,
            $"frames {result.Seconds.Frames / 60:0.0} minutes, training and report "
            + $"{result.Seconds.Learning / 60:0.0} of {options.Minutes} minutes"));
        Screen.Print(result.Checkpoint);
        Screen.Print(result.Report.Page);
    }

    private static void ShowNext(LearnResult result, LearnOptions options, IndexResult? index)
    {
        foreach (LibraryVideo video in index?.Failed ?? []) Screen.Error($"not indexed: {video.Path}: {video.Error}");
        if (index is not null) Screen.Print(index.Library);
        Screen.Say("What next:");
        Screen.Say($"  open {result.Report.Page} in a browser");
        if (index?.FirstMoment is { } first)
            Screen.Say($"  what moves like the first moment of the first video: videoconcepts search --library "
                + $"{index.Library} --moment {first} --like motion --sheet {Path.Combine(options.Out, "search.html")}");
        Screen.Say($"  learn for longer: the same command with --minutes {options.Minutes * 4} and another --out");
        Screen.Say($"  features of each video: videoconcepts extract --checkpoint {Path.Combine(options.Out, "run")} "
            + $"--csv_file {result.Lists[0]} --out {Path.Combine(options.Out, "features")}");
    }

    private sealed class LearnConsole : TrainingConsole, ILearnObserver
    {
        public void Prepared(PreparationResult result)
        {
            PrepareCommand.ShowFaults(result);
            if (result.Plan.Others.Total > 0) Screen.Say(result.Plan.Others.ToString());
            Screen.Say($"{result.Done + result.Skipped} videos, {result.Frames} frames"
                + (result.Failed > 0 ? $"; {result.Failed} videos failed, all named in {result.Report}" : ""));
        }

        /// <summary>The sentence itself is a result, printed at the end.</summary>
        public override void Judged(LearningVerdict verdict)
        {
            foreach (string line in verdict.Lines()) Screen.Say(line);
        }

        public void Chosen(IReadOnlyList<LearnChoice> choices)
        {
            int option = choices.Max(choice => choice.Option.Length);
            int value = choices.Max(choice => choice.Value.Length);
            Screen.Say("chosen (each option can be given instead):");
            foreach (LearnChoice choice in choices)
                Screen.Say($"  --{choice.Option.PadRight(option)}  {choice.Value.PadRight(value)}  {choice.Reason}");
        }
    }
}
