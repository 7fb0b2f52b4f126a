namespace VideoConcepts.Data.Synthetic;

/// <summary>
/// What a synthetic data set is made of. Lengths are fractions of the frame height, so the same values suit every
/// frame size.
/// </summary>
public sealed record SyntheticOptions
{
    private const int MostVideos = 1_000_000;

    /// <summary>Seed of every random draw.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Frame width in pixels.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Frame height in pixels.</summary>
    public int Height { get; init; } = 64;

    /// <summary>Fewest frames of a video.</summary>
    public int MinFrames { get; init; } = 36;

    /// <summary>Most frames of a video.</summary>
    public int MaxFrames { get; init; } = 48;

    /// <summary>Training videos. A multiple of 8 makes both factors' classes equally frequent.</summary>
    public int TrainVideos { get; init; } = 384;

    /// <summary>How many of the training videos the labelled training lists name; null: all.</summary>
    public int? LabelledTrainVideos { get; init; }

    /// <summary>Test videos. A multiple of 64 makes all pairs of classes equally frequent.</summary>
    public int TestVideos { get; init; } = 256;

    /// <summary>
    /// How many of the 64 (appearance, motion) pairs never occur in training, at most 24: every class keeps at least
    /// 5 partners.
    /// </summary>
    public int HeldOutPairs { get; init; } = 12;

    /// <summary>Objects of the same shape that move alike, 1 to 8.</summary>
    public int Objects { get; init; } = 3;

    /// <summary>Smallest object diameter.</summary>
    public double MinSize { get; init; } = 0.44;

    /// <summary>Largest object diameter.</summary>
    public double MaxSize { get; init; } = 0.54;

    /// <summary>Slowest motion, frame heights per frame (2 pixels of 64).</summary>
    public double MinSpeed { get; init; } = 0.07;

    /// <summary>Fastest motion, frame heights per frame (4 pixels of 64).</summary>
    public double MaxSpeed { get; init; } = 0.09;

    /// <summary>Smallest brightness difference between the two colours of the background, of 1.</summary>
    public double MinTextureContrast { get; init; } = 0.345;

    /// <summary>Largest brightness difference between the two colours of the background, of 1.</summary>
    public double MaxTextureContrast { get; init; } = 0.545;

    /// <summary>Smallest texture period.</summary>
    public double MinTexturePeriod { get; init; } = 0.18;

    /// <summary>Largest texture period.</summary>
    public double MaxTexturePeriod { get; init; } = 0.22;

    /// <summary>The texture is turned by up to this many radians to either side; pi: any way.</summary>
    public double TextureTilt { get; init; } = 0.2;

    /// <summary>
    /// Standard deviation of the noise of the noisiest video, of 1; each video has 0 to 1 times this.
    /// </summary>
    public double Noise { get; init; } = 0.02;

    /// <summary>JPEG quality, 1 to 100.</summary>
    public int JpegQuality { get; init; } = 90;

    /// <summary>Width over height.</summary>
    internal double Aspect => (double)Width / Height;

    /// <summary>Training videos with labels.</summary>
    internal int LabelledCount => LabelledTrainVideos ?? TrainVideos;

    /// <summary>Checks all values.</summary>
    /// <exception cref="BadInputException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(Width is >= 32 and <= 4096, nameof(Width), Width, "must be 32 to 4096 pixels");
        Require(Height is >= 32 and <= 4096, nameof(Height), Height, "must be 32 to 4096 pixels");
        Require(Width >= Height, nameof(Width), Width, $"must not be less than the height, {Height}");
        Require(MinFrames >= 1, nameof(MinFrames), MinFrames, "must be at least 1");
        Require(MaxFrames >= MinFrames, nameof(MaxFrames), MaxFrames, $"must not be less than MinFrames, {MinFrames}");
        Require(TrainVideos is >= 1 and <= MostVideos, nameof(TrainVideos), TrainVideos,
            $"must be at least 1, at most {MostVideos}");
        Require(LabelledCount >= 1 && LabelledCount <= TrainVideos, nameof(LabelledTrainVideos), LabelledCount,
            $"must be 1 to TrainVideos, {TrainVideos}");
        Require(TestVideos is >= 1 and <= MostVideos, nameof(TestVideos), TestVideos,
            $"must be at least 1, at most {MostVideos}");
        Require(HeldOutPairs is >= 0 and <= PairPlan.MaxHeldOut, nameof(HeldOutPairs), HeldOutPairs,
            $"must be 0 to {PairPlan.MaxHeldOut}");
        Require(Objects is >= 1 and <= 8, nameof(Objects), Objects, "must be 1 to 8");
        RequireRange(MinSize, MaxSize, 0.1, 0.8, "Size");
        RequireRange(MinSpeed, MaxSpeed, 0.001, 0.125, "Speed");
        RequireRange(MinTextureContrast, MaxTextureContrast, 0, 1, "TextureContrast");
        RequireRange(MinTexturePeriod, MaxTexturePeriod, 0.02, 1, "TexturePeriod");
        Require(TextureTilt is >= 0 and <= Math.PI, nameof(TextureTilt), TextureTilt, "must be 0 to pi");
        Require(Noise is >= 0 and <= 0.25, nameof(Noise), Noise, "must be 0 to 0.25");
        Require(JpegQuality is >= 1 and <= 100, nameof(JpegQuality), JpegQuality, "must be 1 to 100");
    }

    private static void RequireRange(double min, double max, double lowest, double highest, string name)
    {
        Require(min >= lowest && min <= highest, "Min" + name, min, $"must be {lowest} to {highest}");
        Require(max >= min && max <= highest, "Max" + name, max, $"must be Min{name} to {highest}");
    }

    private static void Require<T>(bool condition, string name, T value, string what)
    {
        if (!condition) throw new BadInputException($"Synthetic videos: {name} is {value}; it {what}.");
    }
}
