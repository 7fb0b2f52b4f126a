using System.Buffers.Binary;
using System.IO.Compression;
using TorchSharp;
using VideoConcepts.Files;
using static TorchSharp.torch;

namespace VideoConcepts.Training.Import;

/// <summary>
/// The files of torch.save that hold a state_dict: zip files, and the older ones of pickles in a row. Memory stays
/// within the file's size and a constant, whatever the file says of itself.
/// </summary>
internal static class TorchFile
{
    private const long LongestPickle = 64 << 20;
    private const long OldMagic = unchecked((long)0xa86a20f9469cfc6c); // low 8 bytes of the old format's number

    private static readonly Dictionary<string, (ScalarType Type, int Size)> Storages = new()
    {
        ["DoubleStorage"] = (ScalarType.Float64, 8),
        ["FloatStorage"] = (ScalarType.Float32, 4),
        ["HalfStorage"] = (ScalarType.Float16, 2),
        ["BFloat16Storage"] = (ScalarType.BFloat16, 2),
        ["LongStorage"] = (ScalarType.Int64, 8),
        ["IntStorage"] = (ScalarType.Int32, 4),
        ["ShortStorage"] = (ScalarType.Int16, 2),
        ["CharStorage"] = (ScalarType.Int8, 1),
        ["ByteStorage"] = (ScalarType.Byte, 1),
        ["BoolStorage"] = (ScalarType.Bool, 1),
    };

    /// <summary>Whether a file begins as torch.save's do.</summary>
    public static bool IsOne(string path)
    {
        ReadableFile.Check(path);
        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        return file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2
            && (start is [(byte)'P', (byte)'K'] || start[0] == 0x80 && start[1] <= 5);
    }

    /// <summary>
    /// The tensors of the state_dict in a file: the whole of it, or the one under <c>state_dict</c>, <c>model</c> or a
    /// like name. The caller owns them. What is not a tensor is passed over.
    /// </summary>
    /// <exception cref="BadInputException">Damaged, or it holds more than a state_dict needs; nothing in it is
    /// run.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return IsZip(file) ? ReadZip(file) : ReadOld(file);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException
            or OverflowException or NotSupportedException or ArgumentException or System.Text.DecoderFallbackException)
        {
            throw new BadInputException($"{path}: not a readable PyTorch file: {ErrorText.Of(e).TrimEnd('.')}.", e);
        }
    }

    private static bool IsZip(FileStream file)
    {
        bool zip = file.ReadByte() == 'P';
        file.Position = 0;
        return zip;
    }

    private static Dictionary<string, Tensor> ReadZip(FileStream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        long total = 0;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            if (entry.CompressedLength != entry.Length)
                throw new InvalidDataException($"{entry.FullName} is compressed, which torch.save never does");
            total = checked(total + entry.Length);
            if (total > file.Length) throw new InvalidDataException("its parts are larger than the file: they overlap");
        }
        ZipArchiveEntry pickle =
            zip.Entries.FirstOrDefault(e => e.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new InvalidDataException("it has no data.pkl; was it written by torch.save?");
        string folder = pickle.FullName[..^"data.pkl".Length];
        if (zip.GetEntry(folder + "byteorder") is { Length: < 16 } order
            && System.Text.Encoding.ASCII.GetString(Bytes(order)) == "big")
            throw new InvalidDataException("its numbers are big-endian");
        if (pickle.Length > LongestPickle)
            throw new InvalidDataException(
                $"its data.pkl of {pickle.Length} bytes is longer than a state_dict's");
        object? root = new Unpickler(new MemoryStream(Bytes(pickle))).Read();
        return Load(StateDict(root), (key, size) =>
        {
            ZipArchiveEntry data = zip.GetEntry($"{folder}data/{key}")
                ?? throw new InvalidDataException($"the numbers data/{key} are missing");
            if (data.Length < size) throw new InvalidDataException($"the numbers data/{key} are cut short");
            return data.Open();
        });
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        byte[] bytes = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>
    /// Magic number, protocol, facts of the machine, the object, the keys of its storages, the storages.
    /// </summary>
    private static Dictionary<string, Tensor> ReadOld(FileStream file)
    {
        using var stream = new BufferedStream(file, 1 << 16);
        var pickles = new Unpickler(stream);
        if (pickles.Read() is not OldMagic)
            throw new InvalidDataException("it does not begin as torch.save's files do");
        pickles.Read();
        pickles.Read();
        Dictionary<string, PickledTensor> tensors = StateDict(pickles.Read());
        if (stream.Position > LongestPickle) throw new InvalidDataException("its pickle is longer than a state_dict's");
        string[] keys = pickles.Read() is List<object?> list ? [.. list.OfType<string>()]
            : throw new InvalidDataException("the list of its storages is missing");
        Dictionary<string, long> begins = [];
        Span<byte> count = stackalloc byte[8];
        foreach (string key in keys)
        {
            stream.ReadExactly(count);
            if (!pickles.Storages.TryGetValue(key, out PickledStorage? storage))
                throw new InvalidDataException($"storage {key} belongs to no tensor");
            if (BinaryPrimitives.ReadInt64LittleEndian(count) != storage.Count)
                throw new InvalidDataException($"the length of storage {key} differs within the file");
            begins[key] = stream.Position;
            long end = checked(stream.Position + storage.Count * Kind(storage).Size);
            if (storage.Count < 0 || end > file.Length) throw new InvalidDataException("it is cut short");
            stream.Position = end;
        }
        return Load(tensors, (key, _) =>
        {
            stream.Position = begins.TryGetValue(key, out long begin) ? begin
                : throw new InvalidDataException($"the numbers of storage {key} are missing");
            return new NotOwned(stream);
        });
    }

    private static Dictionary<string, PickledTensor> StateDict(object? root)
    {
        if (root is not Dictionary<object, object?> dictionary)
            throw new InvalidDataException("it holds something else than a dictionary of tensors");
        foreach (string name in (string[])["state_dict", "model_state_dict", "model", "net"])
            if (dictionary.TryGetValue(name, out object? inner) && inner is Dictionary<object, object?> found
                && found.Values.Any(v => v is PickledTensor))
                dictionary = found;
        Dictionary<string, PickledTensor> tensors = [];
        foreach ((object key, object? value) in dictionary)
            if (key is string name && value is PickledTensor tensor) tensors[name] = tensor;
        return tensors.Count > 0 ? tensors : throw new InvalidDataException("it holds no tensors under names");
    }

    private static (ScalarType Type, int Size) Kind(PickledStorage storage) =>
        storage.Type.Module == "torch" && Storages.TryGetValue(storage.Type.Name, out (ScalarType, int) kind) ? kind
            : throw new InvalidDataException($"numbers of type {storage.Type} are not supported");

    /// <summary>Reads each storage once, forward; so tensors that share numbers are refused.</summary>
    private static Dictionary<string, Tensor> Load(
        Dictionary<string, PickledTensor> wanted, Func<string, long, Stream> open)
    {
        Dictionary<string, Tensor> loaded = [];
        try
        {
            foreach (var storage in wanted.GroupBy(t => t.Value.Storage.Key))
            {
                (ScalarType type, int size) = Kind(storage.First().Value.Storage);
                long count = storage.First().Value.Storage.Count;
                if (count < 0) throw new InvalidDataException($"the length of storage {storage.Key} is negative");
                using Stream data = open(storage.Key, checked(count * size));
                long at = 0;
                foreach ((string name, PickledTensor tensor) in storage.OrderBy(t => t.Value.Offset))
                {
                    long span = Span(name, tensor, count);
                    if (Kind(tensor.Storage).Type != type || tensor.Storage.Count != count)
                        throw new InvalidDataException($"{name} says of its numbers what another tensor denies");
                    if (span > 0 && tensor.Offset < at)
                        throw new InvalidDataException($"{name} overlaps another tensor");
                    Skip(data, (tensor.Offset - at) * size);
                    loaded[name] = ReadView(data, tensor, span, type, size);
                    at = tensor.Offset + span;
                }
            }
            return loaded;
        }
        catch
        {
            foreach (Tensor tensor in loaded.Values) tensor.Dispose();
            throw;
        }
    }

    /// <summary>
    /// How many numbers of its storage a tensor reaches over; checks that they are there, and that it has no more than
    /// they.
    /// </summary>
    private static long Span(string name, PickledTensor tensor, long count)
    {
        if (tensor.Shape.Length != tensor.Strides.Length || tensor.Offset < 0
            || tensor.Shape.Any(n => n < 0) || tensor.Strides.Any(n => n < 0) || tensor.Shape.Length > 16)
            throw new InvalidDataException($"{name} has a negative or wrong size, stride or offset");
        long numbers = tensor.Shape.Aggregate(1L, (a, n) => checked(a * n));
        long span = numbers == 0 ? 0
            : tensor.Shape.Zip(tensor.Strides).Aggregate(1L, (a, d) => checked(a + (d.First - 1) * d.Second));
        return numbers <= span && tensor.Offset <= count - span ? span
            : throw new InvalidDataException($"{name} lies outside its numbers");
    }

    private static Tensor ReadView(Stream data, PickledTensor tensor, long span, ScalarType type, int size)
    {
        if (checked(span * size) > int.MaxValue) throw new InvalidDataException("it has a tensor of more than 2 GiB");
        bool plain = span == tensor.Shape.Aggregate(1L, (a, n) => a * n) && IsContiguous(tensor);
        Tensor numbers = empty(plain ? tensor.Shape : [span], type).DetachFromDisposeScope();
        try
        {
            if (span > 0) data.ReadExactly(numbers.bytes);
            if (plain) return numbers;
            using Tensor view = numbers.as_strided(tensor.Shape, tensor.Strides);
            Tensor copy = view.contiguous().DetachFromDisposeScope();
            numbers.Dispose();
            return copy;
        }
        catch
        {
            numbers.Dispose();
            throw;
        }
    }

    private static bool IsContiguous(PickledTensor tensor)
    {
        long step = 1;
        for (int i = tensor.Shape.Length - 1; i >= 0; step *= tensor.Shape[i], i--)
            if (tensor.Shape[i] != 1 && tensor.Strides[i] != step) return false;
        return true;
    }

    private static void Skip(Stream data, long bytes)
    {
        byte[] buffer = new byte[Math.Min(bytes, 1 << 16)];
        for (; bytes > 0; bytes -= buffer.Length > bytes ? bytes : buffer.Length)
            data.ReadExactly(buffer.AsSpan(0, (int)Math.Min(bytes, buffer.Length)));
    }

    /// <summary>Stays open when the part that is read from it is closed.</summary>
    private sealed class NotOwned(Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override int Read(Span<byte> buffer) => inner.Read(buffer);
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
