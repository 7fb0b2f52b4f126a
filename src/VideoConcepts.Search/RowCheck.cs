using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace VideoConcepts.Search;

/// <summary>What tells whether a row of a store is as it was written.</summary>
internal static class RowCheck
{
    /// <summary>XXH3 of the values in order; whole numbers, real ones, texts, bytes and null each in a form that no
    /// other value has.</summary>
    public static long Of(params ReadOnlySpan<object?> values)
    {
        var hash = new XxHash3();
        foreach (object? value in values)
        {
            (char kind, byte[] bytes) = value switch
            {
                null => ('0', (byte[])[]),
                string text => ('t', Encoding.UTF8.GetBytes(text)),
                byte[] blob => ('b', blob),
                double number => ('r', BitConverter.GetBytes(number + 0.0)), // SQLite knows no -0
                IConvertible number => ('i', BitConverter.GetBytes(number.ToInt64(CultureInfo.InvariantCulture))),
                _ => throw new ArgumentException($"{value.GetType()} is no value of a row", nameof(values)),
            };
            hash.Append([(byte)kind, .. BitConverter.GetBytes(bytes.Length)]);
            hash.Append(bytes);
        }
        return (long)hash.GetCurrentHashAsUInt64();
    }

    /// <exception cref="InvalidDataException">They are others.</exception>
    public static void Require(long check, string row, params ReadOnlySpan<object?> values)
    {
        if (Of(values) != check) throw new InvalidDataException($"{row} is not as it was written");
    }
}
