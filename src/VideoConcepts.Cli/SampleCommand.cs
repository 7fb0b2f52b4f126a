using System.CommandLine;
using System.Globalization;
using VideoConcepts.Files;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>sample: a library → some moments that cover it.</summary>
internal static class SampleCommand
{
    public static Command Create()
    {
        var command = new Command("sample", "Take some moments that cover a library: each is the one that is least "
            + "like those before.");
        var diverse = new Option<int>("--diverse") { Description = "how many", Required = true, HelpName = "n" };
        var videos = new Option<bool>("--one-per-video", "--one_per_video")
        {
            Description = "at most one of each video",
        };
        var seed = new Option<long>("--seed")
        {
            Description = "decides which moment is the first one",
            DefaultValueFactory = _ => 0,
            HelpName = "n",
        };
        var output = new Option<string?>("--out") { Description = "write them as a table, .csv", HelpName = "file" };
        Option<string?> sheet = LibraryOptionSet.Sheet();
        Option<bool> json = LibraryOptionSet.Json();
        var library = new LibraryOptionSet(command);
        var like = new LikeOptionSet(command);
        foreach (Option option in (Option[])[diverse, videos, seed, output, sheet, json]) command.Options.Add(option);
        command.SetAction((parsed, stop) =>
        {
            using var screen = new ScreenWork();
            var options = new SampleOptions
            {
                Count = parsed.GetValue(diverse),
                Motion = like.Weight(parsed),
                OnePerVideo = parsed.GetValue(videos),
                Seed = parsed.GetValue(seed),
            };
            using MomentLibrary opened = library.Open(parsed, screen);
            options = options.For(opened.Header);
            (string? table, string? shown) = (parsed.GetValue(output), parsed.GetValue(sheet));
            AnalysisFiles.RefuseOneName(table, shown);
            AnalysisFiles? list = table is null ? null
                : AnalysisFiles.Claim("sample", "out", table, AnalysisFiles.Inputs(opened));
            MomentSheet? page = shown is null ? null : MomentSheet.Claim("sample", shown, opened);
            SampleResult sample = MomentSample.Draw(opened, options, stop);
            screen.Dispose();
            list?.Write(AnalysisJson.Of(options, sample), OutputSet.Bytes(SampleTable.Of(sample)));
            page?.Write(AnalysisJson.Of(options, sample), "A sample of the library",
                $"{sample.Moments.Count} moments of {sample.Compared}, each least like those before.",
                [new SheetGroup("", [.. sample.Moments.Select((moment, i) =>
                    (moment.Part, $"{i + 1} · nearest to {moment.Covers} moments"))])]);
            if (parsed.GetValue(json)) MomentTables.Print(AnalysisJson.Of(options, sample));
            else Show(sample);
            foreach (string? written in (string?[])[table, shown])
                if (written is not null) Screen.Say(written);
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static void Show(SampleResult sample)
    {
        var table = new TextTable(["video", "time"], ["distance", "covers", "moment"]);
        foreach (SampledMoment moment in sample.Moments)
            table.AddRow(MomentTables.Video(moment.Part), MomentTables.Time(moment.Part),
                MomentTables.Number(moment.Distance), moment.Covers.ToString(CultureInfo.InvariantCulture),
                MomentTables.Moment(moment.Part));
        Screen.Print(table);
        Screen.Say($"of {sample.Compared} moments the farthest from the sample is at "
            + $"{MomentTables.Number(sample.Radius)}, the mean at {MomentTables.Number(sample.MeanDistance)}");
    }
}
