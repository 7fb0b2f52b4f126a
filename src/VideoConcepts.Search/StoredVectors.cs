using System.IO.Hashing;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace VideoConcepts.Search;

/// <summary>Vectors as the bytes of a store, little-endian float16 or float32, and back.</summary>
internal static class StoredVectors
{
    /// <summary>The bytes of numbers.</summary>
    public static byte[] Bytes(ReadOnlySpan<float> values, bool half)
    {
        if (!half) return MemoryMarshal.AsBytes(values).ToArray();
        var narrow = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, narrow);
        return MemoryMarshal.AsBytes(narrow.AsSpan()).ToArray();
    }

    /// <summary>The numbers of bytes.</summary>
    /// <exception cref="InvalidDataException">There are more or fewer than expected.</exception>
    public static float[] Numbers(ReadOnlySpan<byte> bytes, int count, bool half)
    {
        if (bytes.Length != (long)count * (half ? 2 : 4))
            throw new InvalidDataException($"{bytes.Length} bytes for {count} numbers");
        if (!half) return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        var wide = new float[count];
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), wide);
        return wide;
    }

    /// <summary>What tells whether the bytes of a block are as they were written: XXH3 of all parts in order.</summary>
    public static long Check(params ReadOnlySpan<byte[]> parts)
    {
        var hash = new XxHash3();
        foreach (byte[] part in parts) hash.Append(part);
        return (long)hash.GetCurrentHashAsUInt64();
    }
}
