using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TorchSharp;
using VideoConcepts.Files;
using VideoConcepts.Models;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>
/// The safetensors format: 8 bytes of header length, a JSON header of name → dtype, shape, offsets, then the data.
/// </summary>
internal static class SafeTensors
{
    private const int LongestHeader = 100_000_000;
    internal const string ChecksumKey = "checksum";
    private const string MetadataKey = "__metadata__";
    private static readonly string NoChecksum = new('0', 64);

    private static readonly (string Name, ScalarType Type, int Size)[] Types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4),
        ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4),
        ("I16", ScalarType.Int16, 2), ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    /// <summary>
    /// Writes aside, flushes to disk, then renames: a reader sees the old file or the whole new one, and nothing is
    /// left aside where the disk does not take it. The metadata gets a SHA-256 of the file, its own 64 digits read as
    /// zeros, which <see cref="Read"/> checks.
    /// </summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        List<KeyValuePair<string, Tensor>> entries = [.. tensors];
        byte[] header = Header(entries, new Dictionary<string, string>(metadata) { [ChecksumKey] = NoChecksum });
        int digits = header.AsSpan().IndexOf(Encoding.ASCII.GetBytes(NoChecksum));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AsideFile.Write(path, file =>
        {
            void Add(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                file.Write(bytes);
            }
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            Add(length);
            Add(header);
            foreach ((_, Tensor tensor) in entries)
            {
                using var scope = NewDisposeScope();
                Tensor plain = tensor.detach().cpu().contiguous();
                if (plain.numel() > 0) Add(plain.bytes);
            }
            file.Position = 8 + digits;
            file.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));
        });
    }

    /// <summary>Reads a whole file; the caller owns the tensors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ours">It must have the checksum that <see cref="Write"/> gives; files of other programs have
    /// none.</param>
    /// <exception cref="BadInputException">The file is missing, cut short or not a safetensors file.</exception>
    public static (Dictionary<string, Tensor> Tensors, Dictionary<string, string> Metadata) Read(
        string path, bool ours = false)
    {
        if (!File.Exists(path)) throw new BadInputException($"{path}: there is no such file; check the path.");
        ReadableFile.Check(path);
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            using FileStream file = File.OpenRead(path);
            using JsonDocument header = ReadHeader(file, path);
            long data = file.Position;
            CheckSum(file, header, path, ours);
            CheckOverlap(header, path);
            Dictionary<string, string> metadata = [];
            foreach (JsonProperty entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == MetadataKey)
                    foreach (JsonProperty m in entry.Value.EnumerateObject())
                        metadata[m.Name] = m.Value.GetString() ?? "";
                else
                    tensors[entry.Name] = ReadTensor(file, data, entry, path);
            }
            metadata.Remove(ChecksumKey); // it belongs to the file, not to what is in it
            return (tensors, metadata);
        }
        catch (Exception e)
        {
            foreach (Tensor t in tensors.Values) t.Dispose();
            if (e is BadInputException) throw;
            throw new BadInputException($"{path}: not a readable safetensors file ({ErrorText.Of(e)}).", e);
        }
    }

    /// <summary>The metadata alone.</summary>
    /// <exception cref="BadInputException">As <see cref="Read"/>.</exception>
    public static Dictionary<string, string> ReadMetadata(string path) => Inspect(path, (file, header) =>
        header.RootElement.TryGetProperty(MetadataKey, out JsonElement metadata)
            ? metadata.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetString() ?? "") : []);

    /// <summary>How many numbers each tensor has.</summary>
    /// <exception cref="BadInputException">As <see cref="Read"/>.</exception>
    public static Dictionary<string, long> ReadSizes(string path) =>
        ReadShapes(path).ToDictionary(t => t.Key, t => t.Value.Sizes.Aggregate(1L, (a, n) => checked(a * n)));

    /// <summary>What each tensor is but for its numbers, which are all in the file.</summary>
    /// <exception cref="BadInputException">As <see cref="Read"/>.</exception>
    public static Dictionary<string, TensorShape> ReadShapes(string path) => Inspect(path, (file, header) =>
    {
        CheckOverlap(header, path);
        long data = file.Length - file.Position;
        return header.RootElement.EnumerateObject().Where(e => e.Name != MetadataKey).ToDictionary(e => e.Name,
            e => Place(data, e, path).Shape);
    });

    /// <summary>Checks by its checksum that a file of <see cref="Write"/> is whole.</summary>
    /// <exception cref="BadInputException">It is not.</exception>
    public static void Verify(string path) => Inspect(path, (file, header) =>
    {
        CheckSum(file, header, path, ours: true);
        return true;
    });

    private static T Inspect<T>(string path, Func<FileStream, JsonDocument, T> look)
    {
        if (!File.Exists(path)) throw new BadInputException($"{path}: there is no such file; check the path.");
        ReadableFile.Check(path);
        try
        {
            using FileStream file = File.OpenRead(path);
            using JsonDocument header = ReadHeader(file, path);
            return look(file, header);
        }
        catch (Exception e) when (e is not BadInputException)
        {
            throw new BadInputException($"{path}: not a readable safetensors file ({ErrorText.Of(e)}).", e);
        }
    }

    private static byte[] Header(
        List<KeyValuePair<string, Tensor>> entries, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            foreach ((string key, string value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach ((string name, Tensor tensor) in entries)
            {
                (string type, _, int size) = Types.First(t => t.Type == tensor.dtype);
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (long n in tensor.shape) json.WriteNumberValue(n);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.numel() * size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static JsonDocument ReadHeader(FileStream file, string path)
    {
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        long size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size is < 2 or > LongestHeader || size > file.Length - 8)
            throw new BadInputException(
                $"{path}: not a safetensors file (header of {size} bytes in a file of {file.Length}).");
        byte[] header = new byte[size];
        file.ReadExactly(header);
        return JsonDocument.Parse(header);
    }

    private static void CheckSum(FileStream file, JsonDocument header, string path, bool ours)
    {
        if (!header.RootElement.TryGetProperty(MetadataKey, out JsonElement metadata)
            || metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty(ChecksumKey, out JsonElement value)
            || value.GetString() is not { Length: 64 } expected)
        {
            if (ours)
                throw new BadInputException(
                    $"{path}: no checkpoint of this program, or damaged: it has no checksum.");
            return;
        }
        long data = file.Position;
        file.Position = 0;
        byte[] start = new byte[data];
        file.ReadExactly(start);
        int digits = start.AsSpan().IndexOf(Encoding.ASCII.GetBytes(expected));
        if (digits >= 0) start.AsSpan(digits, expected.Length).Fill((byte)'0');
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        byte[] buffer = new byte[1 << 20];
        for (int read; (read = file.Read(buffer)) > 0;) hash.AppendData(buffer, 0, read);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != expected)
            throw new BadInputException(
                $"{path}: the file is damaged, its checksum does not fit; take an earlier checkpoint.");
        file.Position = data;
    }

    // Tensors that share bytes could ask for far more memory than the file has.
    private static void CheckOverlap(JsonDocument header, string path)
    {
        HashSet<string> names = [];
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
            if (!names.Add(entry.Name)) throw new BadInputException($"{path}: {entry.Name} occurs twice.");
        long at = 0;
        foreach (var entry in header.RootElement.EnumerateObject().Where(e => e.Name != MetadataKey)
            .Select(e => (e.Name, Offsets: e.Value.GetProperty("data_offsets")))
            .Select(e => (e.Name, Begin: e.Offsets[0].GetInt64(), End: e.Offsets[1].GetInt64()))
            .OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin < at && entry.End > entry.Begin)
                throw new BadInputException($"{path}: {entry.Name} overlaps another tensor.");
            at = Math.Max(at, entry.End);
        }
    }

    private static Tensor ReadTensor(FileStream file, long data, JsonProperty entry, string path)
    {
        (TensorShape shape, long begin, long bytes) = Place(file.Length - data, entry, path);
        Tensor tensor = empty(shape.Sizes, shape.Type).DetachFromDisposeScope();
        file.Position = data + begin;
        if (bytes > 0) file.ReadExactly(tensor.bytes);
        return tensor;
    }

    /// <summary>What a tensor is and where its bytes lie, checked against the length of the data.</summary>
    private static (TensorShape Shape, long Begin, long Bytes) Place(long length, JsonProperty entry, string path)
    {
        (_, ScalarType type, int size) = Types
            .FirstOrDefault(t => t.Name == entry.Value.GetProperty("dtype").GetString());
        if (size == 0) throw new BadInputException($"{path}: {entry.Name} has a type that is not supported.");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64())];
        long begin = entry.Value.GetProperty("data_offsets")[0].GetInt64();
        long end = entry.Value.GetProperty("data_offsets")[1].GetInt64();
        long bytes = shape.Aggregate((long)size, (a, n) => n < 0
            ? throw new BadInputException($"{path}: {entry.Name} has a negative size.") : checked(a * n));
        if (begin < 0 || end - begin != bytes || end > length)
            throw new BadInputException($"{path}: {entry.Name} lies outside the file or does not fit its shape.");
        if (bytes > int.MaxValue)
            throw new BadInputException($"{path}: {entry.Name} is larger than 2 GiB, which is not supported.");
        return (new TensorShape(type, shape), begin, bytes);
    }
}
