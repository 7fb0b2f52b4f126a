using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Support;

/// <summary>Weights and inputs of the reference vectors: numbers that follow from a name and a seed alone.</summary>
internal static class ReferenceFill
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary><paramref name="count"/> numbers in ±bound, in row-major order.</summary>
    public static double[] Values(string name, ulong seed, long count, double bound)
    {
        ulong state = unchecked(Fnv1a(name) + seed);
        var values = new double[count];
        for (long i = 0; i < count; i++)
            values[i] = ((2 * Uniform(unchecked(state + ((ulong)(i + 1) * Gamma)))) - 1) * bound;
        return values;
    }

    /// <summary>A tensor of the given shape filled under <paramref name="name"/>.</summary>
    public static Tensor Input(
        string name, ulong seed, double bound, long[] shape, ScalarType dtype = ScalarType.Float64)
    {
        using Tensor values = tensor(Values(name, seed, shape.Aggregate(1L, (a, b) => a * b), bound), shape);
        return values.to(dtype, copy: true);
    }

    /// <summary>
    /// Fills every tensor of the state_dict; <paramref name="prefix"/> goes before the keys that are hashed.
    /// </summary>
    public static void Fill(nn.Module module, ulong seed, string prefix = "")
    {
        using var noGrad = no_grad();
        foreach ((string key, Tensor target) in module.state_dict())
        {
            using var scope = NewDisposeScope();
            target.copy_(State(prefix + key, seed, target.shape));
        }
    }

    private static Tensor State(string key, ulong seed, long[] shape)
    {
        if (key.EndsWith("running_mean", StringComparison.Ordinal)
            || key.EndsWith("num_batches_tracked", StringComparison.Ordinal))
        {
            return zeros(shape, ScalarType.Float64);
        }
        if (key.EndsWith("running_var", StringComparison.Ordinal)) return ones(shape, ScalarType.Float64);
        if (key == "queue") return Input(key, seed, Math.Sqrt(3), shape);
        if (shape.Length >= 2)
            return Input(key, seed, Math.Sqrt(3.0 / shape.Skip(1).Aggregate(1L, (a, b) => a * b)), shape);
        Tensor small = Input(key, seed, 0.1, shape);
        return key.EndsWith("weight", StringComparison.Ordinal) ? small + 1 : small;
    }

    private static ulong Fnv1a(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 0x100000001B3);
        return hash;
    }

    // splitmix64, the upper 53 bits as a number in [0, 1)
    private static double Uniform(ulong z)
    {
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        z ^= z >> 31;
        return (z >> 11) * (1.0 / (1UL << 53));
    }
}
