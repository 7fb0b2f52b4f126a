using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class NearestNeighbourTests
{
    [Fact]
    public void Run_GivesEachVideoTheClassOfTheMostSimilarOne()
    {
        FeatureTable train = Tables.Of(2, [1, 0, 0, 1, -1, 0, 0, -1], [0, 1, 2, 2]);
        FeatureTable test = Tables.Of(2, [2, 0.1f, 0.1f, 3, -1, -0.1f, -0.9f, -3], [0, 1, 2, 0]);
        LinearProbeResult result = NearestNeighbour.Run(train, test);
        result.Top1.ShouldBe(0.75);
        result.MeanClassAccuracy.ShouldBe((0.5 + 1 + 1) / 3, 1e-12);
        result.Confusion[0, 2].ShouldBe(1);
        foreach (int row in (int[])[0, 1, 2, 3]) // each as if it were alone
        {
            FeatureTable one = Tables.Of(2, test.Row(row).ToArray(), [test.Videos[row].Label!.Value]);
            NearestNeighbour.Run(train, one).Probabilities.AsSpan(0, 3).ToArray()
                .ShouldBe(result.Probabilities.AsSpan(3 * row, 3).ToArray());
        }
        for (int row = 0; row < 4; row++) result.Probabilities.AsSpan(3 * row, 3).ToArray().Sum().ShouldBe(1, 1e-5f);
    }

    /// <summary>The five classes whose most similar videos are the most similar.</summary>
    [Fact]
    public void Run_OfManyClasses_RanksThemByTheirMostSimilarVideo()
    {
        FeatureTable train = Tables.Of(2, [.. Enumerable.Range(0, 12).SelectMany(i => At(30 * i))],
            [.. Enumerable.Range(0, 12)]);
        FeatureTable test = Tables.Of(2, [.. At(304)], [8]); // nearest 10, then 11, 9, 0, 8
        LinearProbeResult result = NearestNeighbour.Run(train, test);
        (result.Top1, result.Top5).ShouldBe((0, 1));
        NearestNeighbour.Run(train, Tables.Of(2, [.. At(304)], [7])).Top5.ShouldBe(0);

        static float[] At(double degrees) =>
            [(float)Math.Cos(degrees * Math.PI / 180), (float)Math.Sin(degrees * Math.PI / 180)];
    }
}
