using System.Runtime.InteropServices;

namespace VideoConcepts.Search;

/// <summary>
/// The native part of USearch: hierarchical navigable small worlds (Malkov and Yashunin, 2018) of inner products. The
/// package's own class adds vectors one by one, and neither reserves nor adds from several threads, which the native
/// part does.
/// </summary>
internal sealed partial class Usearch : IDisposable
{
    private const string Library = "libusearch_c";
    private const int InnerProduct = 2, Float32 = 1, Float16 = 3;

    private nint _index;

    /// <param name="width">Numbers of a vector.</param>
    /// <param name="neighbours">Of a vector in the graph.</param>
    /// <param name="effort">Vectors that are looked at for a new one's neighbours.</param>
    public unsafe Usearch(int width, int neighbours, int effort)
    {
        var options = new Options
        {
            Metric = InnerProduct,
            Quantization = Float16,
            Dimensions = (nuint)width,
            Connectivity = (nuint)neighbours,
            EffortOfAdding = (nuint)effort,
            EffortOfSearch = (nuint)effort,
        };
        _index = Init(&options, out nint error);
        Check(error);
    }

    /// <summary>Makes room for so many vectors.</summary>
    public void Reserve(long count)
    {
        Reserve(_index, (nuint)count, out nint error);
        Check(error);
    }

    /// <summary>Adds a vector; from any thread.</summary>
    public unsafe void Add(long key, ReadOnlySpan<float> vector)
    {
        nint error;
        fixed (float* numbers = vector) Add(_index, (ulong)key, numbers, Float32, out error);
        Check(error);
    }

    /// <summary>The nearest of as many vectors as are asked for: the more, the better the first of them.</summary>
    public unsafe (long Moment, float Product)[] Nearest(ReadOnlySpan<float> query, int count)
    {
        var keys = new ulong[count];
        var distances = new float[count];
        nint error;
        int found;
        fixed (float* numbers = query)
        fixed (ulong* key = keys)
        fixed (float* distance = distances)
            found = (int)Search(_index, numbers, Float32, (nuint)count, key, distance, out error);
        Check(error);
        return [.. Enumerable.Range(0, found).Select(i => ((long)keys[i], 1 - distances[i]))];
    }

    public void Save(string path)
    {
        Save(_index, path, out nint error);
        Check(error);
    }

    /// <summary>Reads a file as it is needed.</summary>
    public void View(string path)
    {
        View(_index, path, out nint error);
        Check(error);
    }

    public void Dispose()
    {
        if (_index == 0) return;
        Free(_index, out _);
        _index = 0;
    }

    private static void Check(nint error)
    {
        if (error != 0) throw new IOException($"the index: {Marshal.PtrToStringUTF8(error)}");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Options
    {
        public int Metric;
        public nint Function;
        public int Quantization;
        public nuint Dimensions, Connectivity, EffortOfAdding, EffortOfSearch;
        public byte Several;
    }

    [LibraryImport(Library, EntryPoint = "usearch_init")]
    private static unsafe partial nint Init(Options* options, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_reserve")]
    private static partial void Reserve(nint index, nuint capacity, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_add")]
    private static unsafe partial void Add(nint index, ulong key, float* vector, int kind, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_search")]
    private static unsafe partial nuint Search(nint index, float* query, int kind, nuint count, ulong* keys,
        float* distances, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_save", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void Save(nint index, string path, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_view", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void View(nint index, string path, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_free")]
    private static partial void Free(nint index, out nint error);
}
