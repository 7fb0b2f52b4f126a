using System.Text.Json.Nodes;
using VideoConcepts.Learning;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Learning;

public sealed class LearnChooserTests
{
    private static readonly VideoStatistics Usual = new(500, 200, 250, 4, 0.3);

    [Fact]
    public void Choices_WithoutAGpu_AreASmallNetworkAndGiveAReasonForEach()
    {
        LearnChooser chooser = Chosen(Usual);
        chooser.ChooseEpochs(20, 0.5, 600);
        TrainOptions run = chooser.Options;
        (run.Net, run.ImgDim, run.Seq, run.Concept, run.TrainBatch).ShouldBe(("r2plus1d-tiny", 64, 8, 16, 24));
        (run.Epoch, run.LocalFrom).ShouldBe((60, 12));
        run.LrDecay.ShouldBe([50]);
        run.Precision.ShouldNotBe("auto"); // what it was stays, wherever the run goes on
        chooser.ShortSide.ShouldBe(96);
        chooser.Choices.ShouldAllBe(choice => choice.Reason.Length > 0 && !choice.Reason.Contains('\n'));
        chooser.Choices.Select(choice => choice.Option).ShouldBeUnique();
        foreach (LearnChoice choice in chooser.Choices)
            RecipeFile.Options.Keys.ShouldContain(choice.Option); // each can be given instead
    }

    [Fact]
    public void Init_OfTheNetThatWeightsComeWith_AreThoseUnlessOthersAreGiven()
    {
        Chosen(Usual).Options.Init.ShouldBe(PretrainedWeights.World);
        Init("r3d-10").ShouldBeNull();
        Init("r2plus1d-tiny", ("init", "random")).ShouldBe("random");
        Init("r2plus1d-tiny", ("init", "mine.safetensors")).ShouldBe("mine.safetensors");
        Init("r2plus1d-tiny", ("method", "multilevel")).ShouldBeNull();

        static string? Init(string net, params (string Key, JsonNode? Value)[] given) => new LearnChooser(
            given.Append(("net", net)).Append(("device", "cpu")).ToDictionary(g => g.Item1, g => (JsonNode?)g.Item2))
            .Options.Init;
    }

    [Theory]
    [InlineData(1, 2)] // something moves always: frames at least not next to each other
    [InlineData(4, 4)]
    [InlineData(16, 15)] // 250 frames hold two clips of eight frames 15 apart
    [InlineData(32, 15)]
    public void Rate_FollowsFromHowFastPicturesChange(int settled, double rate)
    {
        TrainOptions run = Chosen(Usual with { Settled = settled }).Options;
        run.Rate.ShouldBe(rate);
        run.RateMin.ShouldBe(rate >= 8 ? rate / 2 : 1);
    }

    [Theory]
    [InlineData(200, 8)]
    [InlineData(17, 8)]
    [InlineData(16, 6)] // two clips of eight frames need more than sixteen
    [InlineData(12, 4)]
    [InlineData(3, 4)] // not fewer: such videos are too short
    public void Seq_IsWhatNineVideosInTenAreLongEnoughFor(int shortest, int frames) =>
        Chosen(Usual with { Shortest = shortest, Median = 20 }).Options.Seq.ShouldBe(frames);

    [Theory]
    [InlineData(0.9, "compressed", true)]
    [InlineData(0.5, "raw", false)]
    public void Views_OfACameraThatStandsStill_ShowSmallDifferencesToo(double still, string difference, bool own)
    {
        TrainOptions run = Chosen(Usual with { Still = still }).Options;
        (run.Difference, run.OwnTargets, run.SteadyContrast).ShouldBe((difference, own, own));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(10, 10)]
    [InlineData(400, 24)]
    public void Batch_IsNoMoreThanThereAre(int usable, int batch) =>
        Chosen(Usual, usable).Options.TrainBatch.ShouldBe(batch);

    [Fact]
    public void Given_StaysAndDecidesWhatFollows()
    {
        LearnChooser chooser = Chosen(Usual, given: new()
        {
            ["seq"] = 4,
            ["epoch"] = 10,
            ["img_dim"] = 80,
            ["rate"] = 3.5,
            ["precision"] = "full",
        });
        chooser.ChooseEpochs(20, 0, 600);
        TrainOptions run = chooser.Options;
        (run.Seq, run.Epoch, run.ImgDim, run.Rate, run.Precision).ShouldBe((4, 10, 80, 3.5, "full"));
        run.LrDecay.ShouldBe([8]); // of the ten epochs
        chooser.ShortSide.ShouldBe(120);
        chooser.Choices.Where(choice => choice.Reason == "as given").Select(choice => choice.Option)
            .ShouldBe(["precision", "img_dim", "seq", "rate", "epoch"], ignoreOrder: true);
    }

    [Fact]
    public void Given_Rate_DecidesTheLowestRateToo()
    {
        TrainOptions run = Chosen(Usual with { Settled = 32 }, given: new() { ["rate"] = 2 }).Options;
        (run.Rate, run.RateMin).ShouldBe((2, 1));
        run.Validated();
    }

    [Fact]
    public void Options_OfAnotherMethod_AreNotChosen()
    {
        Dictionary<string, JsonNode?> given = new() { ["method"] = "multilevel" };
        LearnChooser chooser = Chosen(Usual with { Still = 0.9, Settled = 32 }, given: given);
        chooser.ChooseEpochs(20, 0.5, 600);
        chooser.Options.Method.ShouldBe("multilevel");
        chooser.Choices.Select(choice => choice.Option).ShouldNotContain(
            option => option == "concept" || option == "difference" || option == "local_from" || option == "rate_min");
    }

    [Theory]
    [InlineData(20, 0.5, 5, 1)] // not even one fits: one it is
    [InlineData(20, 0.5, 39, 3)]
    public void Epochs_AreWhatFitsTheTime(int steps, double secondsPerStep, double seconds, int epochs)
    {
        LearnChooser chooser = Chosen(Usual);
        chooser.ChooseEpochs(steps, secondsPerStep, seconds);
        chooser.Options.Epoch.ShouldBe(epochs);
        chooser.Options.LrDecay.ShouldBe([epochs]); // so few do not decay
    }

    private static LearnChooser Chosen(VideoStatistics videos, int usable = 400,
        Dictionary<string, JsonNode?>? given = null)
    {
        given ??= [];
        given["device"] = "cpu";
        var chooser = new LearnChooser(given);
        chooser.ChooseClips(videos, _ => usable);
        return chooser;
    }
}
