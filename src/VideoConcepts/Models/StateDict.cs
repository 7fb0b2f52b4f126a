using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>Weights by state_dict key.</summary>
public static class StateDict
{
    private const int Named = 5; // keys spelled out per kind of fault; the rest is counted

    /// <summary>
    /// Copies <paramref name="tensors"/> into the module and converts their numbers to its type and device. Nothing is
    /// copied unless the keys and shapes are exactly those of the module.
    /// </summary>
    /// <exception cref="BadInputException">Keys are missing, unknown or of another shape; one message names them all.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors)
    {
        Dictionary<string, Tensor> state = module.state_dict();
        string[] faults =
        [
            .. Describe("missing", [.. state.Keys.Where(k => !tensors.ContainsKey(k))]),
            .. Describe("unknown", [.. tensors.Keys.Where(k => !state.ContainsKey(k))]),
            .. Describe("of another shape", [.. state.Where(s => tensors.TryGetValue(s.Key, out Tensor? t) && !t.shape.SequenceEqual(s.Value.shape))
                .Select(s => $"{s.Key} {Shape(tensors[s.Key])} instead of {Shape(s.Value)}")]),
        ];
        if (faults.Length > 0) throw new BadInputException($"The weights do not fit the model: {string.Join("; ", faults)}.");

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach ((string key, Tensor target) in state) target.copy_(tensors[key]);
    }

    private static IEnumerable<string> Describe(string fault, string[] keys)
    {
        if (keys.Length == 0) yield break;
        string more = keys.Length > Named ? $" and {keys.Length - Named} more" : "";
        yield return $"{keys.Length} {fault} ({string.Join(", ", keys.Take(Named))}{more})";
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
