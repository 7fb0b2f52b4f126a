using VideoConcepts.Search;

namespace VideoConcepts.Tests.Search;

public sealed class SliderTests
{
    [Theory]
    [InlineData(0, 1, 0, 0)]
    [InlineData(0.25, 0.75, 0.25, 0)]
    [InlineData(0.5, 0.5, 0.5, 0)]
    [InlineData(0.75, 0.25, 0.375, 0.375)]
    [InlineData(1, 0, 0, 1)]
    public void At_WithConcepts_GoesFromDifferencesToConcepts(double motion, double look, double d, double c)
    {
        var slider = Slider.At(motion, concepts: true);
        slider.Look.ShouldBe(look, 1e-12);
        slider.Differences.ShouldBe(d, 1e-12);
        slider.Concepts.ShouldBe(c, 1e-12);
    }

    [Fact]
    public void At_WithoutConcepts_HasDifferencesAlone() =>
        Slider.At(1, concepts: false).ShouldBe(new Slider(0, 1, 0));

    [Fact]
    public void Query_TimesARow_IsTheWeightedSumOfCosines()
    {
        float[] look = [0.6f, 0.8f], motion = [1, 0, 0, 1]; // two of differences, two of concepts
        float[] otherLook = [1, 0], otherMotion = [0.8f, 0.6f, 0.6f, 0.8f];
        var slider = Slider.At(0.75, concepts: true);
        float[] query = slider.Query(look, motion, concepts: 2);
        double product = query.Zip([.. otherLook, .. otherMotion]).Sum(x => x.First * x.Second);
        product.ShouldBe((0.25 * 0.6) + (0.375 * 0.8) + (0.375 * 0.8), 1e-6);
        slider.Motion(motion, otherMotion, concepts: 2)!.Value.ShouldBe(0.8, 1e-6);
        // as motion alone would
        Slider.At(0, concepts: true).Motion([1, 0, 1, 0], otherMotion, 2)!.Value.ShouldBe(0.6, 1e-6);
    }
}
