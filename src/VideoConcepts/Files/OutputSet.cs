using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VideoConcepts.Files;

/// <summary>A file that is read, and what it is to the command.</summary>
internal readonly record struct InputFile(string Role, string Path);

/// <summary>
/// Files that a command is about to write, with the one rule for what stands in their places:
/// <list type="bullet">
/// <item>an input of the command, by its real path, is never written over;</item>
/// <item>a file that this program did not make is never written over;</item>
/// <item>what the same command made of the same sources is replaced;</item>
/// <item>what another command made, or the same of another source, or what was changed since, is replaced only on
/// request.</item>
/// </list>
/// The JSON file of the set carries the <see cref="Origin"/> of all.
/// </summary>
internal sealed class OutputSet
{
    private const long LargestJson = 1 << 30; // bytes; a larger one is none of this program's

    private readonly Origin _origin;
    private readonly string _record;
    private readonly bool? _force;
    private bool _whole;
    // hashes of the files that stand there
    private readonly Dictionary<string, string> _before = new(StringComparer.Ordinal);
    // files of the record before that this command does not write
    private IEnumerable<KeyValuePair<string, string>> _kept = [];
    // files of the results of another origin that are replaced
    private IEnumerable<KeyValuePair<string, string>> _stale = [];

    private OutputSet(Origin origin, string record, bool? force) =>
        (_origin, _record, _force) = (origin, RealPath.Of(record), force);

    /// <summary>Looks at what is there; writes nothing.</summary>
    /// <param name="origin">The command and its sources.</param>
    /// <param name="record">The JSON file that carries the origin.</param>
    /// <param name="others">Paths of the files beside it.</param>
    /// <param name="inputs">Files that the command reads.</param>
    /// <param name="force">Whether results of another origin are replaced; null: never, and the command has no such
    /// option.</param>
    /// <param name="isEarlier">Recognises the JSON file of a version that kept no origin.</param>
    /// <param name="whole">Whether files of the results before go that the new ones do not have, unless they were
    /// changed.</param>
    /// <exception cref="BadInputException">Something stands there that may not be written over; nothing was
    /// changed.</exception>
    public static OutputSet Claim(Origin origin, string record, IReadOnlyList<string> others,
        IEnumerable<InputFile> inputs, bool? force = null, Func<JsonObject, bool>? isEarlier = null,
        bool whole = false)
    {
        var set = new OutputSet(origin, record, force) { _whole = whole };
        string[] targets = [record, .. others];
        RefuseInputs(targets, inputs);
        if (targets.Select(RealPath.Of).Distinct(HostSystem.PathComparer).Count() < targets.Length)
            throw new BadInputException($"{record}: two results would get this one name; choose another one.");
        string[] there = [.. targets.Where(IsTaken)];
        if (there.Length == 0) return set;
        JsonObject? json = ReadJson(record);
        if (Origin.FromJson(json?[Origin.Key]) is { } recorded)
            set.Compare(recorded, there, [.. others.Select(other => Path.GetFileName(other))]);
        else if (json is null || isEarlier?.Invoke(json) != true) throw Foreign(there[0], origin.Command);
        else set.Remember(there);
        return set;
    }

    /// <summary>An input is never the place of an output.</summary>
    /// <exception cref="BadInputException">It is, or an output is a folder, a pipe or a device.</exception>
    public static void RefuseInputs(IReadOnlyList<string> targets, IEnumerable<InputFile> inputs)
    {
        InputFile[] read = [.. inputs];
        foreach (string target in targets)
        {
            foreach (InputFile input in read)
                if (FileStatus.IsSame(target, input.Path) || FileStatus.IsSame(AsideFile.PathOf(target), input.Path))
                    throw new BadInputException(
                        $"{target}: this is "
                        + (RealPath.IsSame(target, input.Path) ? "" : $"{input.Path}, ")
                        + $"{input.Role}, which is read here and would be lost; choose another place for the results.");
            if (FileStatus.Of(target) is { Kind: not FileKind.Regular })
                throw new BadInputException(
                    $"{target}: this is a "
                    + $"{(Directory.Exists(target) ? "folder" : "pipe or a device, not a file")}; name a file.");
        }
    }

    /// <summary>The error for a file that this program did not make.</summary>
    public static BadInputException Foreign(string target, string command) =>
        new($"{target}: is there already, and {command} did not make it; move it away or choose another place.");

    /// <summary>Whether something has a name, a link that leads nowhere included.</summary>
    public static bool IsTaken(string path) => FileStatus.Of(path, follow: false) is not null;

    /// <summary>Writes the JSON file with its origin, then the others; each appears whole or not at all.</summary>
    public void Write(JsonObject json, params IReadOnlyList<(string Path, byte[] Bytes)> others)
    {
        Record(json, others.Select(file => (file.Path, FileHash.OfBytes(file.Bytes))));
        foreach ((string path, byte[] bytes) in others)
            AsideFile.Write(RealPath.Of(path), stream => stream.Write(bytes));
    }

    /// <summary>Likewise for files that are too large for the memory: all are written aside before any gets its name.
    /// </summary>
    /// <param name="json">The JSON file.</param>
    /// <param name="others">The files, and what writes each of them to the path that it is told.</param>
    public void WriteAside(JsonObject json, IReadOnlyList<(string Path, Action<string> WriteTo)> others)
    {
        (string Path, string Aside)[] files = [.. others.Select(file => RealPath.Of(file.Path))
            .Select(path => (path, AsideFile.PathOf(path)))];
        try
        {
            for (int i = 0; i < files.Length; i++) others[i].WriteTo(files[i].Aside);
            Record(json, others.Zip(files).Select(file => (file.First.Path, FileHash.Of(file.Second.Aside))));
            foreach ((string path, string aside) in files) File.Move(aside, path, overwrite: true);
        }
        finally
        {
            foreach ((_, string aside) in files) File.Delete(aside);
        }
    }

    // The record comes first, and knows the files before, too: what a crash leaves behind it is then still this
    // program's.
    private void Record(JsonObject json, IEnumerable<(string Path, string Hash)> others)
    {
        var files = new OrderedDictionary<string, string>(_kept);
        foreach ((string path, string hash) in others) files[Path.GetFileName(path)] = hash;
        var replaced = _before.Where(file => files.GetValueOrDefault(file.Key) != file.Value).OrderBy(file => file.Key,
            StringComparer.Ordinal).ToDictionary();
        json[Origin.Key] = (_origin with { Files = files, Replaced = replaced.Count > 0 ? replaced : null }).ToJson();
        RemoveStale();
        AsideFile.WriteText(_record, json.ToJsonString(Indented) + "\n");
    }

    /// <summary>
    /// What was made from another source goes with its record, or it would be taken for a part of the new results.
    /// </summary>
    private void RemoveStale()
    {
        foreach ((string name, string hash) in _stale)
            if (Path.Combine(Path.GetDirectoryName(_record)!, name) is var file && File.Exists(file)
                && FileHash.Of(file) == hash) File.Delete(file);
    }

    /// <summary>A text as the bytes of a file.</summary>
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    internal static JsonSerializerOptions Indented { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    /// <summary>A file of others may name a thing twice; only a reading that refuses it does so at once.</summary>
    internal static JsonDocumentOptions NamesOnce { get; } = new() { AllowDuplicateProperties = false };

    /// <summary>A file's JSON object, or null where there is none.</summary>
    internal static JsonObject? ReadJson(string path)
    {
        try
        {
            return FileStatus.Of(path) is { Kind: FileKind.Regular, Length: < LargestJson }
                ? JsonNode.Parse(File.ReadAllText(path), documentOptions: NamesOnce) as JsonObject : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Why results of this origin may not be replaced by those of another; null: they may.</summary>
    internal static string? Objection(Origin now, Origin recorded)
    {
        if (recorded.Command != now.Command) return $"was made by {recorded.Command}, not by {now.Command}";
        return now.FirstOther(recorded) is { } other
            ? $"was made from another source ({other.Role}{(other.Path is null ? "" : $" {other.Path}")})" : null;
    }

    private void Compare(Origin recorded, IEnumerable<string> there, string[] others)
    {
        string? objection = Objection(_origin, recorded);
        if (_force != true && objection is not null) throw Refused(_record, objection);
        IEnumerable<KeyValuePair<string, string>> besides = (recorded.Files ?? new Dictionary<string, string>())
            .Where(f => !others.Contains(f.Key));
        if (objection is null && !_whole) _kept = [.. besides];
        else _stale = [.. besides];
        Remember(there);
        foreach (string file in there.Where(file => !RealPath.IsSame(file, _record)))
        {
            string name = Path.GetFileName(file);
            if (!recorded.Knows(name)) throw Foreign(file, _origin.Command);
            if (_force != true && !recorded.Wrote(name, _before[name]))
                throw Refused(file, $"was changed since {recorded.Command} wrote it");
        }
    }

    private void Remember(IEnumerable<string> there)
    {
        foreach (string file in there.Where(file => !RealPath.IsSame(file, _record) && File.Exists(file)))
            _before[Path.GetFileName(file)] = FileHash.Of(file);
    }

    private BadInputException Refused(string file, string objection) =>
        new($"{file}: {objection}; choose another place{(_force is null ? "" : ", or replace it with ‹force›")}.");
}
