using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>Places that files of weights are written to, of checkpoints and of exported networks.</summary>
internal static class ClaimedWeights
{
    /// <summary>
    /// The one rule of <see cref="OutputSet"/> for a file of weights, which carries its origin in itself.
    /// </summary>
    /// <param name="target">The file.</param>
    /// <param name="origin">Of what is written.</param>
    /// <param name="input">What it is made from.</param>
    /// <param name="force">Replace what is of another origin.</param>
    /// <param name="isEarlier">Whether an earlier version of the program wrote it, before files had origins.</param>
    /// <param name="read">Its metadata; null: of a safetensors file.</param>
    /// <exception cref="BadInputException">It may not be written over.</exception>
    public static void Claim(string target, Origin origin, InputFile input, bool force,
        Func<Dictionary<string, string>, bool> isEarlier, Func<string, Dictionary<string, string>>? read = null)
    {
        OutputSet.RefuseInputs([target], [input]);
        if (!OutputSet.IsTaken(target)) return;
        Dictionary<string, string> metadata;
        try
        {
            metadata = (read ?? SafeTensors.ReadMetadata)(target);
        }
        catch (BadInputException)
        {
            throw OutputSet.Foreign(target, origin.Command);
        }
        if (Origin.Parse(metadata.GetValueOrDefault(Origin.Key)) is not { } recorded)
        {
            if (!isEarlier(metadata)) throw OutputSet.Foreign(target, origin.Command);
        }
        else if (!force && OutputSet.Objection(origin, recorded) is { } objection)
        {
            throw new BadInputException($"{target}: {objection}; choose another place, or replace it with ‹force›.");
        }
    }
}
