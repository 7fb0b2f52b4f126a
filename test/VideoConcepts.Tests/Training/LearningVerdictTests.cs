using VideoConcepts.Data;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Training;

[Collection(nameof(SerialTests))]
public sealed class LearningVerdictTests(TinyVideos videos) : TrainingTests
{
    [Theory]
    [InlineData(0.3, 0.9, "trust the look; the motion was not learned")]
    [InlineData(0.9, 0.3, "trust the motion; the look was not learned")]
    [InlineData(0.7, 0.7, "look and motion were learned")]
    [InlineData(0.8, 1.0, "neither look nor motion was learned")]
    public void Text_OfTheContrasts_SaysWhatToTrust(double look, double motion, string expected) =>
        new LearningVerdict(look, motion, []).Text.ShouldStartWith(expected);

    [Fact]
    public void Of_AModel_ComparesTheContrastsWithChanceAndChangesEachClip()
    {
        TrainOptions options = TinyRun.Options(videos, Work["run"]);
        using ConceptModel model = Untrained(options);
        VideoList list = VideoList.Read(videos.Files.Train);
        double chance = 2 * Math.Log(4);
        LearningVerdict verdict = LearningVerdict.Of(model, options,
            [new("I_vs", chance / 2), new("I_vd", chance)], list.Videos, batch: 4, null, Stop);
        (verdict.Look, verdict.Motion).ShouldBe((0.5, 1));
        verdict.Changes.Select(c => $"{c.Head.Kind} {c.Head.Views}")
            .ShouldBe(["static clips", "dynamic clips", "dynamic differences"]);
        foreach (ConceptChange change in verdict.Changes)
            foreach (double share in (double[])[change.Frozen, change.Reversed, change.Shuffled])
                share.ShouldBeInRange(0, 1);
        // of a clip that stands still the differences are nothing, whatever it shows
        verdict.Changes[2].Frozen.ShouldBeGreaterThan(0);
        LearningVerdict.Of(model, options, [new("I_vs", 1), new("I_vd", 1)], list.Videos, 4, null, Stop)
            .Changes.ShouldBe(verdict.Changes);
    }

    /// <summary>At the rates that were trained, a window would be longer than any video.</summary>
    [Fact]
    public void Of_VideosTooShortForTheRate_LooksAtClipsThatFit()
    {
        TrainOptions options = TinyRun.Options(videos, Work["run"]) with { Rate = 64 };
        using ConceptModel model = Untrained(options);
        VideoList list = VideoList.Read(videos.Files.Train);
        LearningVerdict.Of(model, options, [new("I_vs", 1), new("I_vd", 1)], list.Videos, 4, null, Stop).Changes[0]
            .Reversed.ShouldBeInRange(0, 1);
    }

    /// <summary>What a run leaves out says nothing of it, and does not change how the others are looked at.</summary>
    [Fact]
    public void Of_VideosThatARunLeavesOut_IsAsWithoutThem()
    {
        TrainOptions options = TinyRun.Options(videos, Work["run"]) with { Rate = 3 };
        using ConceptModel model = Untrained(options);
        IReadOnlyList<VideoEntry> used = VideoList.Read(videos.Files.Train).Videos;
        VideoEntry[] more = [.. used.Take(3).Select(v => v with { FrameCount = 4 }), .. used];
        KeyValuePair<string, double>[] terms = [new("I_vs", 1), new("I_vd", 1)];
        LearningVerdict.Clips(options, more).ShouldBe(LearningVerdict.Clips(options, used));
        LearningVerdict.Of(model, options, terms, more, 4, null, Stop).Changes
            .ShouldBe(LearningVerdict.Of(model, options, terms, used, 4, null, Stop).Changes);
    }

    /// <summary>Ours: one negative more makes the contrast of chance larger.</summary>
    [Fact]
    public void Of_ARunWithStaticNegatives_CountsThemInWhatChanceGives()
    {
        TrainOptions options = TinyRun.Options(videos, Work["run"]) with { StaticNegatives = true };
        using ConceptModel model = Untrained(options);
        LearningVerdict.Of(model, options, [new("I_vs", 1), new("I_vd", Math.Log(4) + Math.Log(5))],
            VideoList.Read(videos.Files.Train).Videos, 4, null, Stop).Motion.ShouldBe(1, 1e-12);
    }

    private static ConceptModel Untrained(TrainOptions options)
    {
        var model = (ConceptModel)TrainingRun.BuildModel(options);
        Initialization.Fill(model, 1);
        return model;
    }

    [Fact]
    public void Train_ThatEnds_SaysWhatWasLearned()
    {
        CommandRun run = TinyCommand.Train(videos.Files.Train, Work["run"]).Run().ShouldBeDone();
        run.Error.ShouldMatch("I_vs is [0-9]+ % and I_vd [0-9]+ % of its value by chance\n");
        run.Error.ShouldMatch(
            "leading dynamic concept, read from differences: changes for [0-9]+ % of clips that are frozen");
        run.ErrorLines[^1].ShouldStartWith("=> ");
    }
}
