using Parquet;
using Parquet.Schema;

namespace VideoConcepts.Search;

/// <summary>Rows as one Parquet file, in groups of some thousand: columns of the table, and a list of numbers for each
/// part.</summary>
internal sealed class ParquetRows : IExportRows
{
    private const int RowsOfAGroup = 8192;

    private readonly DataField<long> _id = new("id");
    private readonly DataField _video = new("video", typeof(string), isNullable: false),
        _tag = new("tag", typeof(string), isNullable: true);
    private readonly DataField<int> _first = new("first_frame"), _last = new("last_frame");
    private readonly DataField<double> _start = new("start"), _end = new("end");
    private readonly ExportPart[] _parts;
    private readonly DataField[] _numbers;
    private readonly List<float>[] _values;
    private readonly List<(LibraryVideo Video, Moment Moment)> _rows = [];
    private readonly FileStream _file;
    private readonly ParquetWriter _writer;

    public ParquetRows(string path, ExportPart[] parts)
    {
        _parts = parts;
        _values = [.. parts.Select(_ => new List<float>())];
        ListField[] lists = [.. parts.Select(part =>
            new ListField(part.Name, new DataField("element", typeof(float), isNullable: false)))];
        var schema = new ParquetSchema([_id, _video, _tag, _first, _last, _start, _end, .. lists]);
        _numbers = [.. lists.Select(list => (DataField)list.Item)];
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        _writer = ParquetWriter.CreateAsync(schema, _file).GetAwaiter().GetResult();
    }

    public void Add(LibraryVideo video, IReadOnlyList<Moment> moments, MomentBlock block)
    {
        _rows.AddRange(moments.Select(moment => (video, moment)));
        for (int i = 0; i < _parts.Length; i++) _values[i].AddRange(_parts[i].Of(block));
        if (_rows.Count >= RowsOfAGroup) WriteAsync().GetAwaiter().GetResult();
    }

    public void Finish(long count)
    {
        if (_rows.Count > 0) WriteAsync().GetAwaiter().GetResult();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();

    private async Task WriteAsync()
    {
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        await Column(group, _id, m => m.Id).ConfigureAwait(false);
        await group.WriteAsync(_video, [.. _rows.Select(row => row.Video.Path)]).ConfigureAwait(false);
        await group.WriteAsync(_tag, [.. _rows.Select(row => row.Video.Tag!)]).ConfigureAwait(false);
        await Column(group, _first, m => m.FirstFrame).ConfigureAwait(false);
        await Column(group, _last, m => m.LastFrame).ConfigureAwait(false);
        await Column(group, _start, m => m.Start).ConfigureAwait(false);
        await Column(group, _end, m => m.End).ConfigureAwait(false);
        for (int i = 0; i < _parts.Length; i++)
        {
            int size = _parts[i].Size;
            int[] depth = [.. Enumerable.Range(0, _values[i].Count).Select(at => at % size == 0 ? 0 : 1)];
            int[] there = new int[depth.Length];
            there.AsSpan().Fill(_numbers[i].MaxDefinitionLevel); // no list is missing or empty
            await group.WriteAllPartsAsync<float>(_numbers[i], _values[i].ToArray(), there, depth,
                CancellationToken.None).ConfigureAwait(false);
            _values[i].Clear();
        }
        group.CompleteValidate();
        _rows.Clear();
    }

    private Task Column<T>(ParquetRowGroupWriter group, DataField field, Func<Moment, T> of) where T : struct =>
        group.WriteAsync<T>(field, _rows.Select(row => of(row.Moment)).ToArray());
}
