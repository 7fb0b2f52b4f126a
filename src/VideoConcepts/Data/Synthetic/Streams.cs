namespace VideoConcepts.Data.Synthetic;

/// <summary>
/// Second key of each random stream of the generator, after the seed. A video's third key is its index.
/// </summary>
internal static class Streams
{
    public const long Train = 0;
    public const long Test = 1;
    public const long HeldOut = 2;
    public const long TrainPairs = 3;
    public const long TestPairs = 4;
    public const long TrainOrder = 5;
    public const long TestOrder = 6;
    public const long Clouds = 7;
    public const long Exchange = 8;
    public const long OtherMotion = 9;
    public const long OtherAppearance = 10;
}
