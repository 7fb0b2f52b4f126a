using System.Text.Json;
using System.Text.Json.Nodes;
using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>
/// What makes a run the run it is: the videos that it learns from, the weights that it begins with and everything that
/// cannot change while it goes on. Its checkpoints carry it: it stays when the run is moved, trained further or copied,
/// and two runs that compute the same have the same.
/// </summary>
internal static class RunIdentity
{
    /// <summary>
    /// The identity of the run that saved a checkpoint; of weights that no run saved, their file's hash.
    /// </summary>
    /// <param name="checkpoint">The file.</param>
    /// <exception cref="BadInputException">Not a checkpoint of this program.</exception>
    public static string Of(string checkpoint)
    {
        if (!Checkpoint.HoldsRunState(checkpoint)) return FileHash.Of(checkpoint);
        (TrainOptions options, RunState run) = Checkpoint.ReadRun(checkpoint);
        // those of earlier versions do not say what they began with
        return run.Identity ?? Of(options, run.ListHash, null);
    }

    /// <summary>The identity of a run that begins.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="listHash">SHA-256 of its list of videos.</param>
    /// <param name="initHash">SHA-256 of the weights that it begins with; null: random ones.</param>
    internal static string Of(TrainOptions options, string listHash, string? initHash)
    {
        // Once the default; what auto is depends on the machine.
        TrainOptions defaults = new() { Precision = "full" };
        var identity = new JsonObject
        {
            ["list"] = listHash,
            ["init"] = initHash,
            ["classifier"] = Json(options.Classifier?.OfTraining),
            ["momentum"] = options.Momentum,
            ["backbone_rate"] = options.BackboneRate,
        };
        // Defaults are left out: an option that a later version adds changes nothing for the runs before it.
        foreach ((string key, var option) in RecipeFile.Options)
            if (!ResumedRun.MayChange(option.Name) && !Equals(option.GetValue(options), option.GetValue(defaults)))
                identity[key] = Json(option.GetValue(options));
        return FileHash.OfText(identity.ToJsonString());
    }

    /// <summary>A run as a source of results.</summary>
    /// <param name="checkpoint">The file.</param>
    public static Source Source(string checkpoint) => new("checkpoint", Of(checkpoint));

    private static JsonNode? Json(object? value) => JsonSerializer.SerializeToNode(value, RecipeFile.Json);
}
