using System.CommandLine;
using System.Globalization;
using VideoConcepts.Search;

namespace VideoConcepts.Cli;

/// <summary>--like and --motion: two ways to say what is to be alike.</summary>
internal sealed class LikeOptionSet
{
    private static readonly (string Name, double Motion)[] s_likes = [("look", 0), ("both", 0.5), ("motion", 1)];

    private readonly Option<string?> _like = new("--like") { HelpName = "text" };
    private readonly Option<double?> _motion = new("--motion")
    {
        Description = "instead of --like: how much motion counts, 0 (look alone) to 1 (motion alone)",
        HelpName = "number",
    };

    /// <param name="command">Gets the options.</param>
    /// <param name="otherwise">How much motion counts where neither is given.</param>
    public LikeOptionSet(Command command, double otherwise = MomentQuery.DefaultMotion)
    {
        string unsaid = s_likes.FirstOrDefault(like => like.Motion == otherwise).Name is { } name ? $"default: {name}"
            : $"default: as --motion {otherwise.ToString(CultureInfo.InvariantCulture)}";
        _like.Description = $"what is to be alike: look, motion or both ({unsaid})";
        command.Options.Add(_like);
        command.Options.Add(_motion);
    }

    /// <summary>How much motion counts; null: it is not said.</summary>
    /// <exception cref="BadInputException">Both are given, or a word that is none.</exception>
    public double? Weight(ParseResult parsed)
    {
        (string? like, double? motion) = (parsed.GetValue(_like), parsed.GetValue(_motion));
        if (like is not null && motion is not null)
            throw new BadInputException("--like and --motion say the same in two ways; leave one of the two out.");
        if (like is null) return motion;
        return s_likes.Where(known => known.Name == like).Select(known => (double?)known.Motion).FirstOrDefault()
            ?? throw new BadInputException($"--like {like}: choose look, motion or both.");
    }
}
