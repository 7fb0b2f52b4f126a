using TorchSharp;
using VideoConcepts.Models;

namespace VideoConcepts.Training.Import;

/// <summary>What became of the keys of a foreign file.</summary>
/// <param name="Prefix">What was taken off the file's keys; empty for none.</param>
/// <param name="Loaded">Keys of the model that the file has.</param>
/// <param name="Missing">Keys of the model that the file has not.</param>
/// <param name="Unknown">Keys of the file, as it writes them, that the model has not.</param>
/// <param name="Misshaped">Keys of another shape, with both shapes.</param>
public sealed record KeyReport(
    string Prefix,
    IReadOnlyList<string> Loaded,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unknown,
    IReadOnlyList<string> Misshaped)
{
    /// <summary>Loaded, missing, unknown and misshaped keys, one line each, those that have the size of the number of
    /// concepts apart; long lists are cut.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"{Loaded.Count} tensors taken{(Prefix.Length > 0 ? $", without their prefix \"{Prefix}\"" : "")}";
        ILookup<bool, string> misshaped = Misshaped.ToLookup(line => ConceptModel.IsOfConcepts(line.Split(' ')[0]));
        foreach ((string what, IReadOnlyList<string> keys) in ((string, IReadOnlyList<string>)[])
            [("missing in the file", Missing), ("unknown to the model", Unknown),
                ("of another shape", [.. misshaped[false]]),
                ("of another number of concepts", [.. misshaped[true]])])
            if (keys.Count > 0)
                yield return $"{keys.Count} {what}: {string.Join(", ", keys.Take(8))}{(keys.Count > 8 ? ", …" : "")}";
    }
}

/// <summary>
/// Weights of another program: a safetensors file, or one of torch.save, whose keys may begin with <c>module.</c>
/// (DataParallel), <c>backbone.</c> or <c>encoder_q.0.</c> (MoCo-like training, as CoCLR's).
/// </summary>
internal static class WeightFile
{
    private const string Backbone = "backbone.";
    private static readonly string[] Prefixes =
        ["", "module.", "encoder_q.0.", "module.encoder_q.0.", "backbone.", "module.backbone."];

    /// <summary>All tensors of a file under its own names; the caller owns them.</summary>
    /// <exception cref="BadInputException">Neither kind of file, or damaged.</exception>
    public static Dictionary<string, torch.Tensor> Read(string path)
    {
        if (!File.Exists(path)) throw new BadInputException($"{path}: there is no such file; check the path.");
        return TorchFile.IsOne(path) ? TorchFile.Read(path) : SafeTensors.Read(path).Tensors;
    }

    /// <summary>
    /// Copies weights into a model that has its backbone under <c>backbone.</c>. All of the backbone must be there, but
    /// for the unused <c>fc</c> and the counters of batch norm; the other parts may be missing, but not of another
    /// shape.
    /// </summary>
    /// <param name="origin">The file, for messages.</param>
    /// <param name="anyConcepts">What has the size of the number of concepts may be of another one, and stays as it
    /// is.</param>
    /// <exception cref="BadInputException">The backbone is not in the file, or weights are whole numbers; nothing is
    /// copied.</exception>
    public static KeyReport Load(string origin, IReadOnlyDictionary<string, torch.Tensor> tensors,
        torch.nn.Module model, bool anyConcepts = false)
    {
        Dictionary<string, torch.Tensor> state = model.state_dict();
        (string prefix, Dictionary<string, string> names) = Prefixes
            .Select(p => (p, Match(tensors.Keys, state, p))).MaxBy(m => m.Item2.Count);
        ILookup<bool, string> fits = names.Keys
            .ToLookup(key => tensors[names[key]].shape.SequenceEqual(state[key].shape));
        string[] misshaped = [.. fits[false].Select(key =>
            $"{key} [{string.Join(", ", tensors[names[key]].shape)}] "
            + $"instead of [{string.Join(", ", state[key].shape)}]")];
        string[] whole = [.. names.Where(n => !TensorShape.Of(tensors[n.Value]).CanBecome(state[n.Key].dtype))
            .Select(n => $"{n.Value} ({tensors[n.Value].dtype})")];
        if (whole.Length > 0)
            throw new BadInputException(
                $"{origin}: {whole.Length} tensors hold whole numbers where weights are floating-point ones: "
                + $"{string.Join(", ", whole.Take(4))}{(whole.Length > 4 ? ", …" : "")}. "
                + "Quantised weights cannot be taken; save them as float32, float16 or bfloat16.");
        var report = new KeyReport(
            prefix,
            [.. fits[true]],
            [.. state.Keys.Where(k => !names.ContainsKey(k))],
            [.. tensors.Keys.Except(names.Values)],
            misshaped);
        string[] needed =
        [
            .. report.Missing.Where(IsNeeded),
            .. fits[false].Where(k => IsNeeded(k) || !(k.StartsWith(Backbone, StringComparison.Ordinal)
                || (anyConcepts && ConceptModel.IsOfConcepts(k))))
        ];
        if (needed.Length > 0)
            throw new BadInputException(
                $"{origin}: the weights do not fit this net: {string.Join("; ", report.Lines())}. "
                + "Choose the ‹net› and ‹concept› that they are of.");
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        foreach (string key in report.Loaded) state[key].copy_(tensors[names[key]]);
        return report;
    }

    private static bool IsNeeded(string key) => key.StartsWith(Backbone, StringComparison.Ordinal)
        && !key.StartsWith(Backbone + "fc.", StringComparison.Ordinal)
        && !key.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    /// <summary>The model's key → the file's key, for one prefix.</summary>
    private static Dictionary<string, string> Match(
        IEnumerable<string> keys, Dictionary<string, torch.Tensor> state, string prefix)
    {
        Dictionary<string, string> found = [];
        foreach (string key in keys)
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal)) continue;
            string rest = key[prefix.Length..];
            foreach (string name in (string[])[rest, Backbone + rest])
                if (state.ContainsKey(name)) found.TryAdd(name, key);
        }
        return found;
    }
}
