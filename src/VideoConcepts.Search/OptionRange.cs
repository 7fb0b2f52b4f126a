namespace VideoConcepts.Search;

/// <summary>Ranges that the options of several methods share.</summary>
internal static class OptionRange
{
    /// <exception cref="BadInputException">The position of the slider is none.</exception>
    public static void Motion(double? motion)
    {
        if (!(motion is null or (>= 0 and <= 1)))
            throw new BadInputException($"‹motion› is {motion}: give 0 (look alone) to 1 (motion alone).");
    }

    /// <summary>The position in a library: the one that is asked for, or else the usual one; look alone where nothing
    /// is known of motion.</summary>
    /// <exception cref="BadInputException">Motion is asked for there.</exception>
    public static double Motion(double? asked, double otherwise, LibraryHeader header)
    {
        if (header.MotionSize > 0) return asked ?? otherwise;
        return asked is null or 0 ? 0 : throw new BadInputException($"The library's model, {header.Model}, tells how "
            + "moments look, not how things move in them: give ‹motion› 0, look alone.");
    }

    /// <exception cref="BadInputException">It is not among 1 to 10000.</exception>
    public static void Top(int top)
    {
        if (top is < 1 or > 10_000) throw new BadInputException($"‹top› is {top}: give 1 to 10000.");
    }
}
