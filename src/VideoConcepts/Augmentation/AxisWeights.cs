namespace VideoConcepts.Augmentation;

/// <summary>
/// The weights of a one-dimensional antialiased resize, in fixed point: an output sample is a weighted sum of
/// neighbouring input samples. The numbers are those of the Python Imaging Library, whose 8-bit resize the published
/// program trains on.
/// </summary>
internal sealed class AxisWeights
{
    /// <summary>
    /// Fractional bits of a weight: 8 bits of pixel and 2 of headroom for kernels with negative lobes.
    /// </summary>
    public const int Precision = 32 - 8 - 2;

    /// <summary>Weights are stored in groups of this many, the last group filled up with zeros.</summary>
    public const int Group = 4;

    private int[] _starts = [];
    private int[] _counts = [];
    private int[] _weights = [];
    private double[] _exact = [];
    private int _stride;

    /// <summary>
    /// Computes the weights that turn <paramref name="input"/> samples into <paramref name="output"/>.
    /// </summary>
    public void Build(int input, int output, ResampleFilter filter)
    {
        double scale = (double)input / output, stretch = Math.Max(scale, 1);
        double support = stretch * (filter == ResampleFilter.Bilinear ? 1 : 2);
        int most = ((int)Math.Ceiling(support) * 2) + 1;
        _stride = (most + Group - 1) / Group * Group;
        if (_starts.Length < output) (_starts, _counts) = (new int[output], new int[output]);
        if (_weights.Length < output * _stride) _weights = new int[output * _stride];
        if (_exact.Length < most) _exact = new double[most];
        for (int i = 0; i < output; i++)
        {
            double centre = (i + 0.5) * scale;
            int start = Math.Max((int)(centre - support + 0.5), 0);
            int count = Math.Min((int)(centre + support + 0.5), input) - start;
            (_starts[i], _counts[i]) = (start, count);
            double sum = 0;
            for (int k = 0; k < count; k++)
            {
                double distance = (start + k - centre + 0.5) / stretch;
                sum += _exact[k] = filter == ResampleFilter.Bilinear ? Triangle(distance) : Cubic(distance);
            }
            Span<int> weights = _weights.AsSpan(i * _stride, _stride);
            weights.Clear();
            for (int k = 0; k < count; k++)
                weights[k] = (int)Math.Round(_exact[k] / sum * (1 << Precision), MidpointRounding.AwayFromZero);
        }
    }

    /// <summary>Index of the first input sample of an output sample.</summary>
    public int Start(int output) => _starts[output];

    /// <summary>The weights of an output sample.</summary>
    public ReadOnlySpan<int> Weights(int output) => _weights.AsSpan(output * _stride, _counts[output]);

    /// <summary>The weights of an output sample, up to the next multiple of <see cref="Group"/> with zeros.</summary>
    public ReadOnlySpan<int> PaddedWeights(int output) =>
        _weights.AsSpan(output * _stride, (_counts[output] + Group - 1) / Group * Group);

    private static double Triangle(double x) => Math.Max(1 - Math.Abs(x), 0);

    private static double Cubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((((a + 2) * x) - (a + 3)) * x * x) + 1;
        return x < 2 ? ((((x - 5) * x) + 8) * x - 4) * a : 0;
    }
}
