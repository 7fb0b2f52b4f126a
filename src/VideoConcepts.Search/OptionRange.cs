namespace VideoConcepts.Search;

/// <summary>Ranges that the options of several methods share.</summary>
internal static class OptionRange
{
    /// <exception cref="BadInputException">The position of the slider is none.</exception>
    public static void Motion(double motion)
    {
        if (!(motion is >= 0 and <= 1))
            throw new BadInputException($"‹motion› is {motion}: give 0 (look alone) to 1 (motion alone).");
    }

    /// <exception cref="BadInputException">It is not among 1 to 10000.</exception>
    public static void Top(int top)
    {
        if (top is < 1 or > 10_000) throw new BadInputException($"‹top› is {top}: give 1 to 10000.");
    }
}
