using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace VideoConcepts.Data;

/// <summary>Rows whose frames and shots are to be had without making an entry of them.</summary>
internal interface IShots
{
    Shots ShotsAt(int row);
}

/// <summary>
/// The rows of a list in little memory: of each the UTF-8 text of its path, as far as it is not the folder that all
/// have in common, and 10 bytes; few videos have cuts. An entry is made anew each time that one is asked for.
/// Thread-safe.
/// </summary>
internal sealed class PackedVideos : IReadOnlyList<VideoEntry>, IShots
{
    // Blocks of rows, so that a list grows without a second copy of itself and has no largest size.
    private const int BlockRows = 1 << 10;

    private readonly string _file, _common;
    private readonly List<Block> _blocks = [];
    private readonly ConcurrentDictionary<int, ImmutableArray<int>> _cuts = []; // by row

    private PackedVideos(string file, string common) => (_file, _common) = (file, common);

    public int Count { get; private set; }

    public VideoEntry this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            Block block = _blocks[index / BlockRows];
            int at = index % BlockRows, from = at == 0 ? 0 : block.Rows[at - 1].End;
            ref readonly Row row = ref block.Rows[at];
            string text = Encoding.UTF8.GetString(block.Text, from, row.End - from);
            return new VideoEntry(Path.IsPathRooted(text) ? text : _common + text, row.Frames,
                row.Label < 0 ? null : row.Label, _file, block.Lines?[at] ?? block.FirstLine + at)
            { Cuts = CutsAt(index) };
        }
    }

    public Shots ShotsAt(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count);
        return new Shots(_blocks[row / BlockRows].Rows[row % BlockRows].Frames, CutsAt(row));
    }

    private ImmutableArray<int> CutsAt(int row) => _cuts.TryGetValue(row, out ImmutableArray<int> cuts) ? cuts : [];

    /// <summary>The rows with cuts, a line each of the row and its cuts; empty without any.</summary>
    public string CutsText() => string.Concat(_cuts.OrderBy(row => row.Key)
        .Select(row => $"{row.Key}:{string.Join(',', row.Value)}\n"));

    /// <summary>Looks beside the frames of all videos for their cuts, several at a time.</summary>
    /// <exception cref="BadInputException">Of the first row whose file of cuts is none.</exception>
    public void FindCuts()
    {
        (int Row, BadInputException Fault)? first = null;
        Parallel.For(0, Count, row =>
        {
            try
            {
                if (CutsFile.Read(this[row].Path) is { IsEmpty: false } cuts) _cuts[row] = cuts;
            }
            catch (BadInputException fault)
            {
                lock (_cuts)
                    if (first is null || row < first.Value.Row) first = (row, fault);
            }
        });
        if (first is { } found) throw found.Fault;
    }

    public IEnumerator<VideoEntry> GetEnumerator()
    {
        for (int row = 0; row < Count; row++) yield return this[row];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <param name="End">Of the path in the block's text.</param>
    /// <param name="Frames">As in <see cref="VideoEntry"/>.</param>
    /// <param name="Label">-1: none.</param>
    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private readonly record struct Row(int End, int Frames, short Label);

    /// <param name="Text">Paths, one after the other.</param>
    /// <param name="Rows">The rows.</param>
    /// <param name="FirstLine">Line of the first row.</param>
    /// <param name="Lines">Lines of all; null: they follow one another.</param>
    private sealed record Block(byte[] Text, Row[] Rows, int FirstLine, int[]? Lines);

    /// <summary>Takes row after row.</summary>
    /// <param name="file">The list that they come from.</param>
    /// <param name="folder">A folder that most of the paths lie in; empty: paths are taken as they are.</param>
    public sealed class Builder(string file, string folder)
    {
        private readonly PackedVideos _videos = new(file, folder.Length == 0 || Path.EndsInDirectorySeparator(folder)
            ? folder : folder + Path.DirectorySeparatorChar);
        private readonly Row[] _rows = new Row[BlockRows];
        private readonly int[] _lines = new int[BlockRows];
        private byte[] _text = new byte[BlockRows * 64];
        private int _open; // rows of the block under way

        public int Count => (_videos._blocks.Count * BlockRows) + _open;

        /// <summary>Adds a row; see <see cref="VideoEntry"/>.</summary>
        public void Add(string directory, int frames, int? label, int line)
        {
            string common = _videos._common;
            ReadOnlySpan<char> path = directory;
            if (common.Length > 0 && path.StartsWith(common, StringComparison.Ordinal)
                && !Path.IsPathRooted(path[common.Length..])) path = path[common.Length..];
            int end = _open == 0 ? 0 : _rows[_open - 1].End, longest = end + Encoding.UTF8.GetMaxByteCount(path.Length);
            if (_text.Length < longest) Array.Resize(ref _text, Math.Max(longest, 2 * _text.Length));
            end += Encoding.UTF8.GetBytes(path, _text.AsSpan(end));
            _rows[_open] = new Row(end, frames, checked((short)(label ?? -1)));
            _lines[_open++] = line;
            if (_open == BlockRows) Close();
        }

        /// <summary>The rows; nothing is added after.</summary>
        public PackedVideos Build()
        {
            if (_open > 0) Close();
            return _videos;
        }

        private void Close()
        {
            bool follow = true;
            for (int i = 1; i < _open; i++) follow &= _lines[i] == _lines[0] + i;
            _videos.Count += _open;
            _videos._blocks.Add(new Block(_text[..(_rows[_open - 1].End)], _rows[.._open], _lines[0],
                follow ? null : _lines[.._open]));
            _open = 0;
        }
    }
}
