using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>The one way by which weights enter a module.</summary>
public static class StateDict
{
    private const int ShownKeys = 8;

    /// <summary>Copies tensors into a module's parameters and buffers, converting the type.</summary>
    /// <exception cref="BadInputException">Keys are missing, unexpected or of another shape; all are reported together
    /// and nothing is copied.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors)
    {
        Dictionary<string, Tensor> own = module.state_dict();
        List<string> missing = [.. own.Keys.Where(k => !tensors.ContainsKey(k))];
        List<string> unexpected = [.. tensors.Keys.Where(k => !own.ContainsKey(k))];
        List<string> misshaped = [.. own.Where(o => tensors.TryGetValue(o.Key, out Tensor? t) && !t.shape.SequenceEqual(o.Value.shape))
            .Select(o => $"{o.Key} ({string.Join("×", tensors[o.Key].shape)} instead of {string.Join("×", o.Value.shape)})")];
        string[] faults = [.. new[] { Describe("missing", missing), Describe("unexpected", unexpected), Describe("of another shape", misshaped) }.OfType<string>()];
        if (faults.Length > 0) throw new BadInputException($"The weights do not fit {module.GetName()}: {string.Join("; ", faults)}.");
        using var noGrad = no_grad();
        foreach ((string key, Tensor target) in own) target.copy_(tensors[key]);
    }

    private static string? Describe(string what, List<string> keys) => keys.Count == 0 ? null
        : $"{keys.Count} {what}: {string.Join(", ", keys.Take(ShownKeys))}{(keys.Count > ShownKeys ? " …" : "")}";
}
