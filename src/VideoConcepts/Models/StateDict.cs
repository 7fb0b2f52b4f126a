using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>What a tensor is but for its numbers.</summary>
internal readonly record struct TensorShape(ScalarType Type, long[] Sizes)
{
    public static TensorShape Of(Tensor tensor) => new(tensor.dtype, tensor.shape);

    /// <summary>
    /// Whether its numbers can become those of a tensor of another type: whole numbers are no weights, since what one
    /// step of theirs is worth is said elsewhere.
    /// </summary>
    public bool CanBecome(ScalarType type) => IsFloating(Type) || !IsFloating(type);

    public override string ToString() => $"[{string.Join(", ", Sizes)}]";

    private static bool IsFloating(ScalarType type) =>
        type is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;
}

/// <summary>Weights by state_dict key.</summary>
internal static class StateDict
{
    private const int Named = 5; // keys spelled out per kind of fault; the rest is counted

    /// <summary>
    /// Copies <paramref name="tensors"/> into the module and converts their numbers to its type and device. Nothing is
    /// copied unless the keys and shapes are exactly those of the module.
    /// </summary>
    /// <param name="module">Gets them.</param>
    /// <param name="tensors">By key.</param>
    /// <param name="mayLack">A key that may be missing, and keeps the numbers that it has then.</param>
    /// <exception cref="BadInputException">As <see cref="Check"/>.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> tensors, string? mayLack = null)
    {
        Check(module, tensors.ToDictionary(t => t.Key, t => TensorShape.Of(t.Value)), mayLack);
        Dictionary<string, Tensor> state = module.state_dict();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach ((string key, Tensor target) in state)
            if (tensors.TryGetValue(key, out Tensor? there)) target.copy_(there);
    }

    /// <summary>
    /// Whether tensors of these shapes are the weights of a module, which needs to have no numbers (<see
    /// cref="ShapesOnly"/>).
    /// </summary>
    /// <param name="module">Its keys and shapes count.</param>
    /// <param name="tensors">Shapes by key.</param>
    /// <param name="mayLack">A key that may be missing.</param>
    /// <exception cref="BadInputException">Keys are missing, unknown, of another shape or of whole numbers; one message
    /// names them all.</exception>
    public static void Check(nn.Module module, IReadOnlyDictionary<string, TensorShape> tensors,
        string? mayLack = null)
    {
        Dictionary<string, TensorShape> state = module.state_dict().ToDictionary(t => t.Key,
            t => TensorShape.Of(t.Value));
        string[] faults =
        [
            .. Describe("missing", [.. state.Keys.Where(k => !tensors.ContainsKey(k) && k != mayLack)]),
            .. Describe("unknown", [.. tensors.Keys.Where(k => !state.ContainsKey(k))]),
            .. Describe("of another shape",
                [.. state.Where(s => tensors.TryGetValue(s.Key, out TensorShape t)
                && !t.Sizes.SequenceEqual(s.Value.Sizes))
                .Select(s => $"{s.Key} {tensors[s.Key]} instead of {s.Value}")]),
            .. Describe("of whole numbers",
                [.. state.Where(s => tensors.TryGetValue(s.Key, out TensorShape t) && !t.CanBecome(s.Value.Type))
                .Select(s => $"{s.Key} {tensors[s.Key].Type}")]),
        ];
        if (faults.Length > 0)
            throw new BadInputException($"The weights do not fit the model: {string.Join("; ", faults)}.");
    }

    /// <summary>SHA-256 of all keys, shapes and numbers, wherever they lie.</summary>
    public static string Hash(nn.Module module)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var noGrad = no_grad();
        foreach ((string key, Tensor tensor) in module.state_dict().OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{key} {tensor.dtype} {TensorShape.Of(tensor)}\n"));
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Describe(string fault, string[] keys)
    {
        if (keys.Length == 0) yield break;
        string more = keys.Length > Named ? $" and {keys.Length - Named} more" : "";
        yield return $"{keys.Length} {fault} ({string.Join(", ", keys.Take(Named))}{more})";
    }
}
