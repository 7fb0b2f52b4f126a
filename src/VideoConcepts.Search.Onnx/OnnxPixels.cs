using System.Numerics;

namespace VideoConcepts.Search;

/// <summary>Frames in the order and as the numbers that a model takes.</summary>
/// <param name="layout">Order of the axes.</param>
/// <param name="area">Pixels of a frame.</param>
/// <param name="levels">What becomes of each level of each colour.</param>
internal sealed class OnnxPixels<T>(string layout, int area, T[][] levels) where T : struct, INumber<T>
{
    private T[] _numbers = [];

    /// <summary>Some rows; those that are missing are nought. What was given before is no longer there.</summary>
    /// <param name="rows">The frames of each, (3, H, W).</param>
    /// <param name="count">How many there shall be.</param>
    public Memory<T> Of(IReadOnlyList<byte[][]> rows, int count)
    {
        int frames = rows[0].Length, length = count * frames * 3 * area;
        if (_numbers.Length < length) _numbers = new T[length];
        bool last = layout[^1] == 'C', colourFirst = layout == "NCTHW";
        for (int i = 0; i < rows.Count; i++)
            for (int t = 0; t < frames; t++)
                for (int c = 0; c < 3; c++)
                {
                    ReadOnlySpan<byte> plane = rows[i][t].AsSpan(c * area, area);
                    int frame = (i * frames) + t;
                    if (last) Copy(plane, levels[c], _numbers.AsSpan((frame * area * 3) + c), 3);
                    else
                        Copy(plane, levels[c],
                            _numbers.AsSpan((colourFirst ? (((i * 3) + c) * frames) + t : (frame * 3) + c) * area), 1);
                }
        _numbers.AsSpan(rows.Count * frames * 3 * area, (count - rows.Count) * frames * 3 * area).Clear();
        return _numbers.AsMemory(0, length);
    }

    private static void Copy(ReadOnlySpan<byte> plane, T[] levels, Span<T> to, int step)
    {
        for (int p = 0, at = 0; p < plane.Length; p++, at += step) to[at] = levels[plane[p]];
    }
}
