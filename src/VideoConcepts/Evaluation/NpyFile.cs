using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace VideoConcepts.Evaluation;

/// <summary>numpy's .npy, format 1.0, of a float32 matrix: <c>numpy.load(path, mmap_mode="r")</c> reads it.</summary>
internal static partial class NpyFile
{
    public const int HeaderLength = 128;

    /// <summary>The header of a matrix (rows, columns), always 128 bytes.</summary>
    public static byte[] Header(long rows, int columns)
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
        byte[] header = new byte[HeaderLength];
        header.AsSpan().Fill((byte)' ');
        byte[] magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, HeaderLength - 10, 0];
        magic.CopyTo(header, 0);
        Encoding.ASCII.GetBytes(text).CopyTo(header, magic.Length);
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>Opens a matrix for reading row by row.</summary>
    /// <exception cref="BadInputException">Missing, not a float32 matrix in row-major order, or cut short.</exception>
    public static (FileStream Stream, long Rows, int Columns) Open(string path)
    {
        if (!File.Exists(path))
            throw new BadInputException($"{path}: there is no such file; extract the features first.");
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        try
        {
            byte[] start = new byte[10];
            stream.ReadExactly(start);
            byte[] header = new byte[BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8))];
            stream.ReadExactly(header);
            Match shape = Shape().Match(Encoding.ASCII.GetString(header));
            if (start[0] != 0x93 || start[6] != 1 || !shape.Success)
                throw new BadInputException($"{path}: not a float32 matrix that extract or numpy.save wrote.");
            long rows = long.Parse(shape.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            int columns = int.Parse(shape.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            if (stream.Length - stream.Position != checked(rows * columns * sizeof(float)))
                throw new BadInputException(
                    $"{path}: {rows} rows of {columns} numbers do not fit its length; extract the features again.");
            return (stream, rows, columns);
        }
        catch (Exception e) when (e is EndOfStreamException or OverflowException or FormatException)
        {
            stream.Dispose();
            throw new BadInputException($"{path}: not a readable .npy file ({e.Message}).", e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public static void ReadRow(FileStream stream, Span<float> row) => stream.ReadExactly(MemoryMarshal.AsBytes(row));

    [GeneratedRegex(@"'descr': '<f4', 'fortran_order': False, 'shape': \((\d{1,18}), (\d{1,9})\)")]
    private static partial Regex Shape();
}
