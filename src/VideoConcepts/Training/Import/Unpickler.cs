using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace VideoConcepts.Training.Import;

/// <summary>A class or function that a pickle names.</summary>
internal sealed record PickledName(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>Numbers of a file that tensors are views of.</summary>
/// <param name="Type">Its class, which says what the numbers are.</param>
/// <param name="Key">Its name in the file.</param>
/// <param name="Count">How many numbers it says it has.</param>
internal sealed record PickledStorage(PickledName Type, string Key, long Count);

/// <summary>A tensor as the pickle describes it; its numbers are elsewhere in the file.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);

/// <summary>
/// Reads the pickles that torch.save writes of a state_dict, protocols 0 to 5. It knows dictionaries, lists, tuples,
/// numbers, texts and tensors, refuses every other class or function by name, and never runs code.
/// </summary>
internal sealed class Unpickler(Stream stream)
{
    // a state_dict takes some 30 a tensor; this bounds memory whatever the file says
    private const int MostOperations = 1_000_000;
    private static readonly object Mark = new();
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];

    /// <summary>All that the pickles referred to, by key.</summary>
    public Dictionary<string, PickledStorage> Storages { get; } = [];

    /// <summary>The next object. The stream stands behind its pickle afterwards.</summary>
    /// <exception cref="InvalidDataException">Not a pickle, or one that holds more than a state_dict.</exception>
    public object? Read()
    {
        _stack.Clear();
        _memo.Clear();
        for (int i = 0; i < MostOperations; i++)
        {
            int code = stream.ReadByte();
            if (code == '.') return _stack.Count == 1 ? Pop() : throw Malformed("it ends too early");
            Do(code);
        }
        throw Malformed($"more than {MostOperations} operations");
    }

    // A table of the format: one line per operation.
    private void Do(int code)
    {
        switch (code)
        {
            case 0x80: Take(1); break;                                                      // PROTO
            case 0x95: Take(8); break;                                                      // FRAME
            case '(': Push(Mark); break;
            case '0': Pop(); break;
            case '1': PopMark(); break;
            case '2': Push(Peek()); break;
            case 'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case 'I': Push(Integer(Line())); break;
            case 'L': Push(Integer(Line().TrimEnd('L'))); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case 'K': Push((long)Take(1)[0]); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 0x8a: Push(Long(Take(Take(1)[0]))); break;
            case 'F':
                Push(double.TryParse(Line(), CultureInfo.InvariantCulture, out double real) ? real
                    : throw Malformed("a number is not one"));
                break;
            case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case 'X': Push(Text(Length4())); break;
            case 0x8c: Push(Text(Take(1)[0])); break;
            case 0x8d: Push(Text(BinaryPrimitives.ReadInt64LittleEndian(Take(8)))); break;
            case 'V': Push(Line()); break;
            case 'T': Push(Text(Length4())); break;
            case 'U': Push(Text(Take(1)[0])); break;
            case 'B': Push(Take(Length4())); break;
            case 'C': Push(Take(Take(1)[0])); break;
            case ']': Push(new List<object?>()); break;
            case 'a': Append([Pop()]); break;
            case 'e': Append(PopMark()); break;
            case 'l': Push(PopMark()); break;
            case ')': Push(Array.Empty<object?>()); break;
            case 't': Push(PopMark().ToArray()); break;
            case 0x85: Push(PopLast(1)); break;
            case 0x86: Push(PopLast(2)); break;
            case 0x87: Push(PopLast(3)); break;
            case '}': Push(new Dictionary<object, object?>()); break;
            case 'd': List<object?> pairs = PopMark(); Push(new Dictionary<object, object?>()); SetItems(pairs); break;
            case 's': SetItems([.. PopLast(2)]); break;
            case 'u': SetItems(PopMark()); break;
            case 'c': Push(new PickledName(Line(), Line())); break;
            case 0x93:
                object?[] name = PopLast(2);
                Push(new PickledName(Is<string>(name[0]), Is<string>(name[1])));
                break;
            case 'R': object?[] call = PopLast(2); Push(Call(Is<PickledName>(call[0]), Is<object?[]>(call[1]))); break;
            case 'b': Pop(); break; // BUILD: attributes such as _metadata
            case 'Q': Push(Storage(Is<object?[]>(Pop()))); break;
            case 'h': Push(Remembered(Take(1)[0])); break;
            case 'j': Push(Remembered(Length4())); break;
            case 'g': Push(Remembered(Integer(Line()))); break;
            case 'q': _memo[Take(1)[0]] = Peek(); break;
            case 'r': _memo[Length4()] = Peek(); break;
            case 'p': _memo[Convert.ToInt64(Integer(Line()), CultureInfo.InvariantCulture)] = Peek(); break;
            case 0x94: _memo[_memo.Count] = Peek(); break;
            case < 0: throw Malformed("it is cut short");
            default:
                throw Malformed(string.Create(
                    CultureInfo.InvariantCulture, $"operation 0x{code:x2}, which no state_dict needs"));
        }
    }

    /// <summary>The few functions that a state_dict calls.</summary>
    private static object? Call(PickledName function, object?[] arguments) => (function.ToString(), arguments) switch
    {
        ("collections.OrderedDict", []) => new Dictionary<object, object?>(),
        ("collections.OrderedDict", [List<object?> pairs]) => Pairs(pairs),
        ("torch._utils._rebuild_tensor", [PickledStorage s, long offset, object?[] shape, object?[] strides, ..]) =>
            new PickledTensor(s, offset, Integers(shape), Integers(strides)),
        ("torch._utils._rebuild_tensor_v2", [PickledStorage s, long offset, object?[] shape, object?[] strides, ..]) =>
            new PickledTensor(s, offset, Integers(shape), Integers(strides)),
        ("torch._utils._rebuild_parameter", [PickledTensor tensor, ..]) => tensor,
        ("torch.Size", [object?[] sizes]) => sizes,
        _ => throw new InvalidDataException(
            $"it calls {function}, which a state_dict does not need and which is not run; "
            + "in Python, save the state_dict alone: torch.save(model.state_dict(), path)"),
    };

    private static Dictionary<object, object?> Pairs(List<object?> pairs)
    {
        Dictionary<object, object?> made = [];
        foreach (object? pair in pairs)
            if (pair is object?[] and [{ } key, var value]) made[key] = value;
            else throw Malformed("a dictionary of something else than pairs");
        return made;
    }

    private PickledStorage Storage(object?[] id) =>
        id is ["storage", PickledName type, string key, string, long count, ..] && (id.Length == 5 || id[5] is null)
            ? Storages[key] = new PickledStorage(type, key, count)
            : throw Malformed("a reference to something else than numbers of this file");

    private void SetItems(List<object?> pairs)
    {
        var target = Is<Dictionary<object, object?>>(Peek());
        if (pairs.Count % 2 != 0) throw Malformed("a key without a value");
        for (int i = 0; i < pairs.Count; i += 2) target[pairs[i] ?? throw Malformed("a key is None")] = pairs[i + 1];
    }

    private void Append(List<object?> items) => Is<List<object?>>(Peek()).AddRange(items);

    private object? Remembered(object key) =>
        _memo.TryGetValue(Convert.ToInt64(key, CultureInfo.InvariantCulture), out object? value)
            ? value : throw Malformed("it refers to what it has not read");

    private void Push(object? value) => _stack.Add(value);

    private object? Peek() => _stack.Count > 0 && _stack[^1] != Mark
        ? _stack[^1] : throw Malformed("its stack is empty");

    private object? Pop()
    {
        object? top = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object?[] PopLast(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--) items[i] = Pop();
        return items;
    }

    private List<object?> PopMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        if (mark < 0) throw Malformed("a mark is missing");
        List<object?> items = _stack.GetRange(mark + 1, _stack.Count - mark - 1);
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private byte[] Take(long count)
    {
        if (count < 0 || count > stream.Length - stream.Position) throw Malformed("it is cut short");
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private string Text(long length) => Encoding.UTF8.GetString(Take(length));

    private long Length4() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private string Line()
    {
        var line = new StringBuilder();
        for (int c; (c = stream.ReadByte()) != '\n'; line.Append((char)c))
            if (c < 0 || line.Length > 1000) throw Malformed("a line does not end");
        return line.ToString();
    }

    // Little-endian two's complement; longer ones, such as the file's magic number, keep their low 8 bytes.
    private static object Long(byte[] bytes)
    {
        Span<byte> eight = stackalloc byte[8];
        if (bytes.Length is > 0 and < 8 && bytes[^1] >= 0x80) eight.Fill(0xff);
        bytes.AsSpan(0, Math.Min(8, bytes.Length)).CopyTo(eight);
        return BinaryPrimitives.ReadInt64LittleEndian(eight);
    }

    private static object Integer(string text) => text switch
    {
        "00" => false,
        "01" => true,
        _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n)
            ? n : throw Malformed("a number is not one"),
    };

    private static long[] Integers(object?[] numbers) => [.. numbers.Select(n => Is<long>(n))];

    private static T Is<T>(object? value) => value is T t ? t
        : throw Malformed($"{value?.GetType().Name ?? "None"} where {typeof(T).Name} belongs");

    private static InvalidDataException Malformed(string what) => new($"its pickle cannot be read: {what}");
}
