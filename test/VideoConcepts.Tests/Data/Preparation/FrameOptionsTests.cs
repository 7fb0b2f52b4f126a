using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

public sealed class FrameOptionsTests
{
    [Theory]
    [InlineData(100, 2)]
    [InlineData(95, 2)]
    [InlineData(90, 3)]
    [InlineData(80, 6)]
    [InlineData(75, 7)]
    [InlineData(50, 14)]
    [InlineData(22, 31)]
    [InlineData(1, 31)]
    public void QuantizerScale_OfAQuality_IsAsDocumented(int quality, int expected) =>
        new FrameOptions { JpegQuality = quality }.QuantizerScale.ShouldBe(expected);

    [Theory]
    [InlineData(15, 95)]
    [InlineData(4321, 95)]
    [InlineData(256, 0)]
    [InlineData(256, 101)]
    public void Validate_OutOfRange_Throws(int shortSide, int quality) =>
        Should.Throw<BadInputException>(
            new FrameOptions { ShortSide = shortSide, JpegQuality = quality }.Validate);
}
