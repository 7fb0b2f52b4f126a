using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Tests.Data.Synthetic;

public sealed class SyntheticOptionsTests
{
    public static TheoryData<string, SyntheticOptions> Wrong => new()
    {
        { "Width", new SyntheticOptions { Width = 8 } },
        { "Width", new SyntheticOptions { Width = 64, Height = 80 } },
        { "Height", new SyntheticOptions { Height = 0 } },
        { "MinFrames", new SyntheticOptions { MinFrames = 0 } },
        { "MaxFrames", new SyntheticOptions { MaxFrames = 20 } },
        { "TrainVideos", new SyntheticOptions { TrainVideos = 0 } },
        { "TrainVideos", new SyntheticOptions { TrainVideos = 2_000_000_000 } },
        { "TestVideos", new SyntheticOptions { TestVideos = int.MaxValue } },
        { "LabelledTrainVideos", new SyntheticOptions { LabelledTrainVideos = 385 } },
        { "TestVideos", new SyntheticOptions { TestVideos = -1 } },
        { "HeldOutPairs", new SyntheticOptions { HeldOutPairs = 25 } },
        { "MaxSize", new SyntheticOptions { MaxSize = 0.2 } },
        { "MinSpeed", new SyntheticOptions { MinSpeed = double.NaN } },
        { "MaxTextureContrast", new SyntheticOptions { MaxTextureContrast = 1.5 } },
        { "Noise", new SyntheticOptions { Noise = -0.1 } },
        { "JpegQuality", new SyntheticOptions { JpegQuality = 101 } },
    };

    [Fact]
    public void Validate_Defaults_Pass() => Should.NotThrow(new SyntheticOptions().Validate);

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Validate_ValueOutOfRange_NamesIt(string name, SyntheticOptions options) =>
        Should.Throw<BadInputException>(options.Validate).Message.ShouldContain(name + " is ");
}
