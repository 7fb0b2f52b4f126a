namespace VideoConcepts;

/// <summary>
/// A stream of random numbers that depends on its keys alone (seed, epoch, index …), so that data is the same for
/// any number of workers or processes and after a resume. SplitMix64; the sequence is part of the program's
/// contract and does not change with the .NET version.
/// </summary>
internal struct RandomStream
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private ulong _state;

    private RandomStream(ulong state) => _state = state;

    /// <summary>The stream of a key such as (seed, epoch, index). The order of the keys matters.</summary>
    public static RandomStream For(params ReadOnlySpan<long> keys)
    {
        ulong state = 0x243F6A8885A308D3;
        foreach (long key in keys) state = Mix((state ^ (ulong)key) + Gamma);
        return new RandomStream(state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += Gamma);

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double NextDouble(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Uniform integer, both ends included.</summary>
    public int NextInt(int low, int highInclusive)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(highInclusive, low);
        ulong range = (ulong)((long)highInclusive - low + 1);
        return (int)(low + (long)((UInt128)NextBits() * range >> 64));
    }

    /// <summary>True with the given probability.</summary>
    public bool NextBool(double probability = 0.5) => NextDouble() < probability;

    /// <summary>Standard normal (Box–Muller, one of the pair).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>A permutation of 0 … count-1.</summary>
    public int[] NextPermutation(int count)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        for (int i = count - 1; i > 0; i--)
        {
            int j = NextInt(0, i);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
